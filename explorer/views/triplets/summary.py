"""The figures of a whole set, a line an encoder, beside the histogram of margins."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.views.triplets.charts import MarginChart
from explorer.views.triplets.looks import encoder_colors
from explorer.widgets import Card, Chip, ElidedLabel, Label
from models.printed import number, signed
from models.triplet_set import TripletSet
from models.triplet_table import Seen, TripletTable

_HEADS = ("Right order", "Mean margin", "cos E", "cos C")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Summary(QWidget):
    """``chart`` can be lent to another place where there is no room for it here."""

    def __init__(self) -> None:
        super().__init__()
        self.title = Label("", "title")
        self.about = Label("", "caption", wrap=True)
        self.chart = MarginChart()
        self.cells: list[list[Label]] = []
        self.names = [ElidedLabel(""), ElidedLabel("")]
        self.card = Card(padding=3)
        self.room = QVBoxLayout()
        self._build()
        themes().changed.connect(self._fit)
        self._fit()

    def show_table(self, table: TripletTable | None, compared: bool) -> None:
        """Shows what is known of ``table``; ``compared`` keeps a line for the second encoder."""
        if table is None:
            return
        what = table.what
        self.title.setText(f"{len(what):,} triplet{'' if len(what) == 1 else 's'}")
        self.about.setText(_about(what))
        for at, seen in enumerate((table.first, table.second)):
            self.names[at].setText(_name(seen))
            for cell, text in zip(self.cells[at], _figures(seen), strict=True):
                cell.setText(text)
        self._show_second(compared)

    def lend_chart(self, place: QVBoxLayout | None) -> None:
        """Puts the chart into ``place``, or back."""
        (self.room if place is None else place).addWidget(self.chart)
        self.card.setVisible(place is None)

    def _show_second(self, on: bool) -> None:
        for part in (self._marks[1], self.names[1], *self.cells[1]):
            part.setVisible(on)
        self._marks[0].setVisible(on)

    def _build(self) -> None:
        words = QWidget()
        column = self._column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        self._head = QHBoxLayout()
        self._head.addWidget(self.title, 0, Qt.AlignmentFlag.AlignTop)
        self._head.addWidget(self.about, 1, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(self._head)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._marks = [Chip(name, static=True) for name in "AB"]
        for at, head in enumerate(_HEADS):
            label = Label(head, "caption")
            label.setAlignment(_RIGHT)
            self._grid.addWidget(label, 0, at + 2)
        for row, (mark, name) in enumerate(zip(self._marks, self.names, strict=True), 1):
            self._grid.addWidget(mark, row, 0)
            self._grid.addWidget(name, row, 1)
            cells = [Label("–", "heading" if at < 2 else "body") for at in range(len(_HEADS))]
            for at, cell in enumerate(cells):
                cell.setAlignment(_RIGHT)
                self._grid.addWidget(cell, row, at + 2)
            self.cells.append(cells)
        self._grid.setColumnStretch(1, 1)
        column.addLayout(self._grid)
        column.addStretch(1)
        self.room.setContentsMargins(0, 0, 0, 0)
        self.room.addWidget(self.chart)
        self.card.column.addLayout(self.room)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(words, 5)
        self._row.addWidget(self.card, 3)
        self._show_second(False)

    def _fit(self, _theme: object = None) -> None:
        self._row.setSpacing(space(5))
        self._head.setSpacing(space(3))
        self._column.setSpacing(space(1))
        self._grid.setHorizontalSpacing(space(3))
        self._grid.setVerticalSpacing(space(1))
        for mark, color in zip(self._marks, encoder_colors(), strict=True):
            mark.setStyleSheet(f"color: {color}; font-weight: 700;")
        self.names[0].setMinimumWidth(px(60))


def _about(what: TripletSet) -> str:
    """Where they come from, and what is missing."""
    parts = [what.name]
    if what.of > len(what):
        parts.append(f"drawn at random from {what.of:,} with seed 0")
    parts.append(f"in {what.shared.mean():.0%} the contradiction shares more words")
    if what.skips:
        rows = "row was" if what.skips == 1 else "rows were"
        first = what.skipped[0]
        parts.append(f"{what.skips:,} {rows} passed over, the first at {first.where}: {first.why}")
    return "; ".join(parts).rstrip(".") + "."


def _name(seen: Seen | None) -> str:
    if seen is None:
        return "Not measured yet"
    pooling = seen.card.conventions.pooling
    return f"{seen.card.name}, {'[CLS]' if pooling == 'cls' else pooling}"


def _figures(seen: Seen | None) -> tuple[str, ...]:
    if seen is None:
        return ("–",) * len(_HEADS)
    score = seen.score
    return (
        f"{score.ordered:.1f} %",
        signed(score.margin),
        number(float(score.entailed.mean())),
        number(float(score.contradicted.mean())),
    )
