"""The surfaces of the page: a chart with its formula, STS-B before and after, their columns."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.chart_cards import ChartRoom
from explorer.charts import Chart
from explorer.theme import px, themes
from explorer.views.encoders.layers_charts import color
from explorer.views.encoders.layers_words import pooling
from explorer.views.encoders.layers_work import Looked, Side
from explorer.widgets import Button, Card, Label
from explorer.widgets.figures import FigureGrid, FigureLine
from explorer.widgets.formula import Formula

_HEAD = ("as they are", "whitened", "whitened by their own")


class ChartCard(Card):
    """A chart under its name, its figures in words, the formula, and how to read it."""

    def __init__(self, chart: Chart, note: str, *formulas: tuple[str, str]) -> None:
        super().__init__(padding=4)
        self.chart = chart
        self.words = Label("", wrap=True)
        self.formulas = [Formula(*formula) for formula in formulas]
        self.note = Label(note, "caption", wrap=True)
        self.column.addWidget(Label(chart.accessibleName(), "heading", wrap=True))
        self.column.addWidget(ChartRoom(chart), 1)
        for part in (self.words, *self.formulas, self.note):
            self.column.addWidget(part)

    def show_value(self, value: object, words: str) -> None:
        """Draws ``value`` and says ``words`` of it."""
        self.chart.show_value(value)
        self.words.setText(words)


class Swatch(QWidget):
    """The colour in which the first encoder is drawn, or the second."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self._place = place
        themes().changed.connect(self._fit)
        self._fit()

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color(self._place, themes().current)))
        painter.drawEllipse(self.rect())

    def _fit(self, _theme: object = None) -> None:
        self.setFixedSize(px(9), px(9))
        self.update()


class CureCard(Card):
    """Spearman's correlation on STS-B with whitening and without."""

    def __init__(self) -> None:
        super().__init__(padding=4)
        self.words = Label("", wrap=True)
        self.note = Label(
            "Spearman × 100 over all pairs. Whitened: fitted on the sentences above. By their own: "
            "fitted on the sentences of STS-B itself, without their judgements. Su et al. (2021) "
            "found that it helps a BERT that was not trained for sentences; where training has "
            "spread the vectors already, it may cost more than it gives.",
            "caption",
            wrap=True,
        )
        self.folder = Button("SentEval folder …", "normal", "folder")
        self.file = Button("File of STS-B …", "normal", "file")
        self.table = FigureGrid()
        self._row = QHBoxLayout()
        for part in (self.folder, self.file):
            self._row.addWidget(part)
        self._row.addStretch(1)
        self.column.addWidget(Label("Does whitening help? STS-B", "heading", wrap=True))
        self.column.addWidget(self.words)
        self.column.addWidget(self.table)
        self.column.addWidget(self.note)
        self.column.addLayout(self._row)

    def show_looked(self, looked: Looked | None) -> None:
        """Shows what is known; None shows nothing."""
        scored = [side for side in looked.sides if side.cure] if looked is not None else []
        head = [FigureLine("", _HEAD, "head", role="caption")] if scored else []
        self.table.show_lines([*head, *map(_line, scored)])
        self.words.setText(_words(looked))
        self.words.setVisible(bool(self.words.text()))


def _line(side: Side) -> FigureLine:
    cure = side.cure
    assert cure is not None
    scores = cure.before, cure.after, cure.own
    best = [at for at, score in enumerate(scores) if score == max(scores)]
    name = f"{side.name}, {pooling(side)}"
    return FigureLine(name, tuple(f"{score:.2f}" for score in scores), name, best=best)


def _words(looked: Looked | None) -> str:
    if looked is None:
        return ""
    if looked.trouble:
        return looked.trouble
    cures = [side.cure for side in looked.sides if side.cure is not None]
    if not cures:
        return (
            "STS-B is not here. Say where it is, and every encoder above is scored on it as it is "
            "and whitened."
        )
    first = cures[0]
    return (
        f"{first.pairs:,} pairs of sentences with human judgements; whitening was fitted on "
        f"{first.fitted:,} sentences, or on the {first.own_fitted:,} of the pairs."
    )


def stack(parts: Sequence[QWidget]) -> tuple[QWidget, QVBoxLayout]:
    """Parts one below another, and the layout that holds them."""
    body = QWidget()
    column = QVBoxLayout(body)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    return body, column
