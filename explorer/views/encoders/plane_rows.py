"""The encoders on the plane as a list: name, STS-B, alignment, uniformity."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.views.encoders.scores_rows import Entry
from explorer.widgets import Card, ElidedLabel, IconButton, Label, ScrollPage
from models.comparison.plane import Figures
from models.printed import number


@dataclass(frozen=True)
class PlaneRow:
    """An encoder, its figures if they are known, and whether it was added here."""

    entry: Entry
    figures: Figures | None
    own: bool

    @property
    def title(self) -> str:
        return f"{self.entry.name}, {self.entry.about}"

    @property
    def words(self) -> str:
        """The figures as they are printed."""
        found = self.figures
        if found is None:
            return "not measured on these pairs"
        uniformity = number(found.uniformity)
        return f"alignment {found.alignment:.3f}, uniformity {uniformity}"


class PlaneList(ScrollPage):
    """``removed`` carries the key of an encoder that is to go."""

    removed = Signal(str)

    def __init__(self) -> None:
        super().__init__("Encoders on the plane")
        self.rows: tuple[PlaneRow, ...] = ()
        self.lines: list[PlaneLine] = []
        self._card = Card(padding=3)
        head = QHBoxLayout()
        head.addWidget(Label("Encoder", "caption"), 1)
        head.addWidget(Label("STS-B", "caption"))
        self._card.column.addLayout(head)
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.addWidget(self._card)
        self._column.addStretch(1)
        self.setWidget(body)
        themes().changed.connect(self._fit)
        self._fit()

    def show_rows(self, rows: Sequence[PlaneRow]) -> None:
        """Shows these, the best on STS-B first, those without figures last."""
        best = sorted(rows, key=lambda row: -row.figures.spearman if row.figures else 1.0)
        self.rows = tuple(best)
        for at, row in enumerate(best):
            if at == len(self.lines):
                line = PlaneLine()
                line.remove.clicked.connect(lambda _=False, n=at: self._remove(n))
                self.lines.append(line)
                self._card.column.addWidget(line)
            self.lines[at].show_row(row)
            self.lines[at].show()
        for spare in self.lines[len(best) :]:
            spare.hide()

    def _remove(self, at: int) -> None:
        self.removed.emit(self.rows[at].entry.key)

    def _fit(self, _theme: object = None) -> None:
        self._column.setContentsMargins(0, 0, space(2), space(3))


class PlaneLine(QWidget):
    """One encoder: its name with its score, over its other figures."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ElidedLabel("")
        self.score = Label("")
        self.words = Label("", "caption", wrap=True)
        self.remove = IconButton("close", "", size=12)
        upper, lower = QHBoxLayout(), QHBoxLayout()
        upper.addWidget(self.title, 1)
        upper.addWidget(self.score)
        lower.addWidget(self.words, 1)
        lower.addWidget(self.remove)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(upper)
        self._column.addLayout(lower)

    def show_row(self, row: PlaneRow) -> None:
        """Shows ``row``; only one that was added here can be taken away here."""
        self.title.setText(row.title)
        self.score.setText("–" if row.figures is None else f"{row.figures.spearman:.2f}")
        self.words.setText(row.words)
        self.remove.set_label(f"Take {row.title} off the plane")
        self.remove.setVisible(row.own)
