"""The neighbours of a point under A and under B, side by side, with what changed marked."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.views.encoders.compare_colors import GAINED, KEPT, LOST
from explorer.views.encoders.compare_work import Compared
from explorer.widgets import Label
from explorer.widgets.rows import HoverRow
from models.comparison.neighbours import directions
from models.comparison.points import words

_WIDE = 290  # pixels at text size 100 % from which on two columns stand side by side
_LONGEST = 300  # characters of a text that can matter in one line


class NeighbourRow(HoverRow):
    """A disc for a neighbour under both, a ring for one under this encoder alone; its text."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.row, self.color, self.kept = -1, KEPT, True
        self._figure = ""
        self.clicked.connect(lambda: self.chosen.emit(self.row))

    def show_neighbour(self, row: int, text: str, cosine: float, kept: bool, color: str) -> None:
        """Shows the text of ``row`` with its cosine to the point."""
        self.row, self.kept, self.color = row, kept, color
        self._figure = f"{cosine:.2f}"
        self.setText(text[:_LONGEST])
        fate = "kept" if kept else "under this encoder alone"
        self.setAccessibleName(f"{self.text()} {self._figure}, {fate}")
        plain = self.text().replace("&", "&amp;").replace("<", "&lt;")
        self.setToolTip(f"<span>{plain}</span>")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(80), self.fontMetrics().height() + px(8))

    def paintEvent(self, event: object) -> None:
        theme = themes().current
        painter = QPainter(self)
        self.paint_ground(painter)
        inner = self.rect().adjusted(space(1), 0, -space(1), 0)
        dot, middle = px(8), self.height() / 2
        mark = QRectF(inner.left(), middle - dot / 2, dot, dot)
        painter.setPen(QPen(QColor(self.color), px(2)))
        painter.setBrush(QColor(self.color) if self.kept else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(mark.adjusted(1, 1, -1, -1))
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self._figure)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(theme.muted))
        painter.drawText(inner, right, self._figure)
        painter.setPen(QColor(theme.text))
        inner.setLeft(inner.left() + dot + space(2))
        inner.setRight(inner.right() - width - space(2))
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, max(inner.width(), 0))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, left, text)


class NeighbourColumns(QWidget):
    """``chosen`` carries the row of a neighbour that was clicked."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.headings = Label("Under A", "caption"), Label("Under B", "caption")
        self.rows: tuple[list[NeighbourRow], list[NeighbourRow]] = [], []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._halves = QWidget(), QWidget()
        self._wide: bool | None = None
        self._columns = tuple(QVBoxLayout(half) for half in self._halves)
        for column, heading in zip(self._columns, self.headings, strict=True):
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            column.addWidget(heading)
        themes().changed.connect(self._fit)
        self._fit()

    def show_point(self, compared: Compared, row: int) -> None:
        """The neighbours of ``row``, nearest first."""
        found = compared.comparison
        sides = (
            (found.first[row], found.second[row], compared.x, LOST),
            (found.second[row], found.first[row], compared.y, GAINED),
        )
        for column, (mine, other, vectors, color) in enumerate(sides):
            unit = directions(vectors[[row, *mine]])
            cosines = unit[1:] @ unit[0]
            both = set(other.tolist())
            for at, neighbour in enumerate(mine.tolist()):
                kept = neighbour in both
                text = words(compared.points.texts[neighbour])
                line = self._line(column, at)
                line.show_neighbour(
                    neighbour, text, float(cosines[at]), kept, KEPT if kept else color
                )
                line.show()
            for spare in self.rows[column][len(mine) :]:
                spare.hide()

    def _line(self, column: int, at: int) -> NeighbourRow:
        if at == len(self.rows[column]):
            line = NeighbourRow()
            line.chosen.connect(self.chosen)
            self.rows[column].append(line)
            self._columns[column].addWidget(line)
        return self.rows[column][at]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self, _theme: object = None) -> None:
        wide = self.width() >= px(_WIDE)
        self._grid.setHorizontalSpacing(space(2))
        self._grid.setVerticalSpacing(space(2))
        if wide == self._wide:
            return
        self._wide = wide
        for at, half in enumerate(self._halves):
            top = Qt.AlignmentFlag.AlignTop
            self._grid.removeWidget(half)
            self._grid.addWidget(half, 0 if wide else at, at if wide else 0, top)
            self._grid.setColumnStretch(at, 1 if wide or not at else 0)
