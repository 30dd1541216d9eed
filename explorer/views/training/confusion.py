"""Which class was taken for which: a grid that can be read from two classes to a hundred."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.palettes import rgb
from explorer.theme import Theme, px, themes
from explorer.tokens import contrast

_NAMES = 0.3  # of the width at most, for the names of the true classes
_STRENGTH = 0.6  # below 1, so that a class taken for another one time in twenty is seen
_SEPARATE = 8  # pixels that a cell needs to stand apart from the next
_KEYS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


@dataclass(frozen=True)
class _Grid:
    """Where the cells lie: the corner of the first one, and the side of each in pixels."""

    left: int
    top: int
    side: int


class ConfusionMatrix(QWidget):
    """Rows are the true classes, columns the predicted ones, coloured by their share of the row.

    ``pointed`` carries a sentence about the cell under the pointer or chosen by the arrow keys,
    and "" when there is none.
    """

    pointed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Confusion matrix")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.cell: tuple[int, int] | None = None
        self._classes: tuple[str, ...] = ()
        self._counts: NDArray[np.int64] = np.zeros((0, 0), np.int64)
        self._shares: NDArray[np.float64] = np.zeros((0, 0))
        self._percent = False
        self._image = QImage()
        themes().changed.connect(self._dress)

    def show_counts(self, classes: tuple[str, ...], counts: NDArray[np.int64]) -> None:
        """(C, C) counts of C classes."""
        self._classes, self._counts = classes, counts
        self._shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
        self._point(None)
        self._dress(themes().current)

    def set_percent(self, on: bool) -> None:
        """Writes shares of the row in percent in place of counts."""
        self._percent = on
        self.update()

    def sentence(self, row: int, column: int) -> str:
        """What a cell means."""
        total, count = int(self._counts[row].sum()), int(self._counts[row, column])
        true, taken = self._classes[row], self._classes[column]
        if not total:
            return f"No test image is of {true}."
        what = f"{true} recognised" if row == column else f"{true} taken for {taken}"
        return f"{what}: {count:,} of {total:,} ({count / total:.1%})".replace("%", " %")

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        grid = self._grid(width)
        return grid.top + grid.side * len(self._classes) + 1

    def sizeHint(self) -> QSize:
        return QSize(px(280), self.heightForWidth(px(280)))

    def place(self, row: int, column: int) -> QRect:
        """The pixels of a cell."""
        grid = self._grid(self.width())
        at = QPoint(grid.left + column * grid.side, grid.top + row * grid.side)
        return QRect(at, QSize(grid.side, grid.side))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        grid, count = self._grid(self.width()), len(self._classes)
        x, y = event.position().x() - grid.left, event.position().y() - grid.top
        row, column = int(y // grid.side), int(x // grid.side)
        self._point((row, column) if 0 <= row < count and 0 <= column < count else None)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def focusOutEvent(self, event: QEvent) -> None:
        self._point(None)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _KEYS.get(Qt.Key(event.key()))
        if step is None or not self._classes:
            super().keyPressEvent(event)
            return
        last = len(self._classes) - 1
        row, column = self.cell or (-step[0], -step[1])
        self._point(
            (min(max(row + step[0], 0), last), min(max(column + step[1], 0), last)),
        )

    def paintEvent(self, event: object) -> None:
        if not self._classes:
            return
        theme, grid, count = themes().current, self._grid(self.width()), len(self._classes)
        painter = QPainter(self)
        area = QRect(grid.left, grid.top, grid.side * count, grid.side * count)
        painter.drawImage(area, self._image)
        if grid.side >= _SEPARATE:
            painter.setPen(QPen(QColor(theme.window), 1))
            for line in range(count + 1):
                x, y = grid.left + line * grid.side, grid.top + line * grid.side
                painter.drawLine(x, grid.top, x, area.bottom() + 1)
                painter.drawLine(grid.left, y, area.right() + 1, y)
        painter.setFont(self._font())
        if self._named(grid.side):
            self._paint_names(painter, grid, theme)
        self._paint_numbers(painter, grid, theme)
        if self.cell is not None:
            painter.setPen(QPen(QColor(theme.text), max(2, px(1.5))))
            painter.drawRect(self.place(*self.cell))

    def _paint_names(self, painter: QPainter, grid: _Grid, theme: Theme) -> None:
        metrics = painter.fontMetrics()
        right, middle = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignVCenter
        left, gap, mode = Qt.AlignmentFlag.AlignLeft, px(5), Qt.TextElideMode.ElideRight
        for at, name in enumerate(self._classes):
            current = self.cell is not None and at in (self.cell[0], self.cell[1])
            row, column = self.cell or (-1, -1)
            painter.setPen(QColor(theme.text if current and at == row else theme.muted))
            room = QRect(0, grid.top + at * grid.side, grid.left - gap, grid.side)
            painter.drawText(room, right | middle, metrics.elidedText(name, mode, room.width()))
            painter.setPen(QColor(theme.text if current and at == column else theme.muted))
            painter.save()
            painter.translate(grid.left + at * grid.side, grid.top - gap)
            painter.rotate(-90)
            room = QRect(0, 0, grid.top - gap, grid.side)
            painter.drawText(room, left | middle, metrics.elidedText(name, mode, room.width()))
            painter.restore()

    def _paint_numbers(self, painter: QPainter, grid: _Grid, theme: Theme) -> None:
        """Numbers, where the widest of them has room."""
        metrics = painter.fontMetrics()
        largest = "100" if self._percent else str(self._counts.max())
        if max(metrics.horizontalAdvance(largest), metrics.height() - px(4)) > grid.side - px(2):
            return
        for row, column in np.argwhere(self._counts).tolist():
            back = self._image.pixelColor(column, row).name()
            ink = max((theme.text, theme.surface), key=lambda ink, back=back: contrast(ink, back))
            painter.setPen(QColor(ink))
            share, count = self._shares[row, column], self._counts[row, column]
            text = f"{100 * share:.0f}" if self._percent else str(count)
            painter.drawText(self.place(row, column), Qt.AlignmentFlag.AlignCenter, text)

    def _grid(self, width: int) -> _Grid:
        count = max(1, len(self._classes))
        metrics = QFontMetrics(self._font())
        longest = max((metrics.horizontalAdvance(name) for name in self._classes), default=0)
        left = min(longest + px(9), int(_NAMES * width))
        side = max(1, (width - left - 1) // count)
        if not self._named(side):
            left, side = 0, max(1, (width - 1) // count)
        # Two classes need no more room than ten.
        side = min(side, px(52))
        top = left if self._named(side) else 0
        return _Grid(left, top, side)

    def _named(self, side: int) -> bool:
        return side >= QFontMetrics(self._font()).height() - px(2)

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(px(11))
        return font

    def _point(self, cell: tuple[int, int] | None) -> None:
        if cell != self.cell:
            self.cell = cell
            self.pointed.emit("" if cell is None else self.sentence(*cell))
            self.update()

    def _dress(self, theme: Theme) -> None:
        """Shares as colours, from a well of the theme to its accent."""
        low, high = rgb([theme.raised, theme.accent]).astype(np.float64)
        strength = self._shares[..., None] ** _STRENGTH
        colors = np.rint(low + strength * (high - low)).astype(np.uint8)
        rows, columns = self._shares.shape
        packed = np.ascontiguousarray(colors)
        image = QImage(packed.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
        self._image = image.copy()  # of its own, for the array goes
        self.updateGeometry()
        self.update()
