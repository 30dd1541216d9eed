"""Named figures in columns: numbers at the right under their heads, the best in bold."""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QWidget

from explorer.theme import px, space, themes
from explorer.widgets.text import ElidedLabel, Label, Role

_LEAST = 48  # pixels of a column at text size 100 %
_CROWDED = 4  # columns that need every pixel
_TABULAR = QFont.Tag("tnum")  # some faces have a narrow 1 otherwise


@dataclass(frozen=True)
class FigureLine:
    """One line of a grid; a head is a line too.

    Attributes:
        name: at the left.
        figures: as they are printed, one a column; none makes the name a head of its own.
        key: what ``FigureGrid.cells`` calls the figures; None: they are not asked for.
        best: places of figures in bold.
        muted: places of figures that matter less.
        about: the name's tool tip.
        published: in italics, for it was not measured here.
        apart: a little room above.
    """

    name: str
    figures: tuple[str, ...] = ()
    key: Hashable = None
    role: Role = "body"
    best: Collection[int] = ()
    muted: Collection[int] = ()
    about: str = ""
    published: bool = False
    apart: bool = False


def highest(rows: Sequence[Sequence[float | None]]) -> list[frozenset[int]]:
    """Of each row the places at which no other has a higher figure; None is no figure."""
    columns = zip(*rows, strict=True)
    tops = [max((x for x in column if x is not None), default=None) for column in columns]
    return [
        frozenset(at for at, x in enumerate(row) if x is not None and x == tops[at]) for row in rows
    ]


class FigureGrid(QWidget):
    """``cells`` holds the figures of each line by its key; all follow the size of text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells: dict[Hashable, tuple[Label, ...]] = {}
        self._labels: list[Label] = []
        self._gaps: list[int] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)
        themes().changed.connect(self._fit)
        self._fit()

    def show_lines(self, lines: Sequence[FigureLine]) -> None:
        """Replaces all that is shown."""
        for label in self._labels:
            self._grid.removeWidget(label)
            label.hide()  # it goes only once the event loop is back
            label.deleteLater()
        for row in self._gaps:
            self._grid.setRowMinimumHeight(row, 0)
        self._labels, self._gaps, self.cells = [], [], {}
        self._columns = max((len(line.figures) for line in lines), default=0)
        row = 0
        for line in lines:
            if line.apart:
                self._gaps.append(row)
                row += 1
            self._put_line(row, line)
            row += 1
        self._fit()

    def _put_line(self, row: int, line: FigureLine) -> None:
        # An elided label's tool tip is its own, to tell all of a long name.
        name = Label(line.name, line.role) if line.about else ElidedLabel(line.name, line.role)
        if line.about:
            name.setToolTip(f"<span>{line.about}</span>")
        self._put(name, row, 0, line.published)
        cells = []
        for place, text in enumerate(line.figures):
            cell = Label(text, "muted" if place in line.muted else line.role)
            cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._put(cell, row, place + 1, line.published, place in line.best)
            cells.append(cell)
        if line.key is not None:
            self.cells[line.key] = tuple(cells)

    def _put(self, label: Label, row: int, column: int, italic: bool, bold: bool = False) -> None:
        font = QFont()
        font.setFeature(_TABULAR, 1)
        if bold:
            font.setBold(True)
        if italic:
            font.setItalic(True)
        label.setFont(font)
        self._grid.addWidget(label, row, column)
        self._labels.append(label)

    def _fit(self, _theme: object = None) -> None:
        self._grid.setHorizontalSpacing(space(2.5))
        self._grid.setVerticalSpacing(space(1))
        for row in self._gaps:
            self._grid.setRowMinimumHeight(row, space(1))
        for column in range(1, self._grid.columnCount()):
            roomy = column <= self._columns < _CROWDED
            self._grid.setColumnMinimumWidth(column, px(_LEAST) if roomy else 0)
