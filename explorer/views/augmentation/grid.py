"""The views side by side; one of them can be looked at, by pointer or arrow keys."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme import px, space, themes
from explorer.views.augmentation.painting import crisp, frame, picture


class ViewGrid(QWidget):
    """``looked_at`` carries the number of a view, or −1; ``marks`` are framed beside it."""

    looked_at = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Views")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.current = -1
        self._marks: tuple[int, ...] = ()
        self._images: list[QImage] = []
        self._scaled: list[QPixmap] = []
        themes().changed.connect(self._rescale)

    def __len__(self) -> int:
        return len(self._images)

    def show_views(self, views: NDArray[np.uint8]) -> None:
        """Shows views (V, H, W, 3)."""
        self._images = [picture(view) for view in views]
        if self.current >= len(views):
            self._look(-1)
        self._rescale()

    def mark(self, rows: tuple[int, ...]) -> None:
        """Frames these views."""
        if rows != self._marks:
            self._marks = rows
            self.update()

    def cell(self, row: int) -> QRect:
        """Where view ``row`` lies."""
        across = max(1, math.ceil(math.sqrt(len(self._images))))
        gap = space(2)
        side = (min(self.width(), self.height()) - (across - 1) * gap) // across
        down, right = divmod(row, across)
        return QRect(right * (side + gap), down * (side + gap), max(side, 1), max(side, 1))

    def at(self, place: QPoint) -> int:
        """The view at ``place``, or −1."""
        return next((r for r in range(len(self)) if self.cell(r).contains(place)), -1)

    def sizeHint(self) -> QSize:
        return QSize(px(430), px(430))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(160), px(160))

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        theme = themes().current
        for row, pixmap in enumerate(self._scaled):
            cell = self.cell(row)
            painter.drawPixmap(cell.topLeft(), pixmap)
            chosen = row == self.current or row in self._marks
            color, width = (theme.accent, px(3)) if chosen else (theme.line, 1)
            frame(painter, QRectF(cell), color, width)

    def resizeEvent(self, event: object) -> None:
        self._rescale()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = self.at(event.position().toPoint())
        if row != self.current:
            self._look(row)

    def leaveEvent(self, event: object) -> None:
        self._look(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        reasons = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if event.reason() in reasons and self.current < 0 and len(self):
            self._look(0)  # so that the keyboard is seen to be here

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._look(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        across = max(1, math.ceil(math.sqrt(len(self))))
        key = Qt.Key
        steps = {key.Key_Left: -1, key.Key_Right: 1, key.Key_Up: -across, key.Key_Down: across}
        step = steps.get(key(event.key()))
        if step is None or not len(self):
            super().keyPressEvent(event)
            return
        row = 0 if self.current < 0 else self.current + step
        if 0 <= row < len(self):
            self._look(row)

    def _look(self, row: int) -> None:
        if row != self.current:
            self.current = row
            self.update()
            self.looked_at.emit(row)

    def _rescale(self, _theme: object = None) -> None:
        side, ratio = self.cell(0).width(), self.devicePixelRatioF()
        self._scaled = [crisp(image, side, ratio) for image in self._images]
        self.update()
