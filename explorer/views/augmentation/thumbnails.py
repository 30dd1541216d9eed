"""A strip of small images, of which one is chosen."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme import px, space, themes
from explorer.views.augmentation.painting import crisp, frame, picture

_SIDE = 36


class Thumbnails(QWidget):
    """As many rows as there is room for, moved on so that the chosen image is among them."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Images to choose from")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.current = 0
        self._images: list[QImage] = []
        self._scaled: list[QPixmap] = []
        themes().changed.connect(self._rescale)

    def __len__(self) -> int:
        return len(self._images)

    def show_images(self, pixels: NDArray[np.uint8]) -> None:
        """(N, H, W, 3); the first one is chosen."""
        # Only ever small here, so the rest of their pixels need not be carried around.
        step = max(1, pixels.shape[1] // (2 * _SIDE))
        self._images = [picture(image[::step, ::step]) for image in pixels]
        self.current = 0
        self._rescale()

    def choose(self, row: int) -> None:
        """Frames image ``row``."""
        self.current = row
        self.update()

    def cell(self, row: int) -> QRect:
        """Where image ``row`` lies; out of sight it has no size."""
        across, down = self._room()
        place = row - self._first(across, down)
        if not 0 <= place < across * down:
            return QRect()
        step = px(_SIDE) + space(1)
        return QRect(place % across * step, place // across * step, px(_SIDE), px(_SIDE))

    def sizeHint(self) -> QSize:
        return QSize(px(220), px(_SIDE))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(_SIDE), px(_SIDE))

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        theme = themes().current
        for row, pixmap in enumerate(self._scaled):
            cell = self.cell(row)
            if cell.isEmpty():
                continue
            painter.drawPixmap(cell.topLeft(), pixmap)
            if row == self.current:
                frame(painter, QRectF(cell), theme.accent, px(3 if self.hasFocus() else 2))
            else:
                frame(painter, QRectF(cell), theme.line, 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        where: QPoint = event.position().toPoint()
        for row in range(len(self)):
            if self.cell(row).contains(where):
                self.chosen.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        across, _ = self._room()
        key = Qt.Key
        steps = {key.Key_Left: -1, key.Key_Right: 1, key.Key_Up: -across, key.Key_Down: across}
        step = steps.get(key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif 0 <= self.current + step < len(self):
            self.chosen.emit(self.current + step)

    def _room(self) -> tuple[int, int]:
        step = px(_SIDE) + space(1)
        across = max(1, (self.width() + space(1)) // step)
        return across, max(1, (self.height() + space(1)) // step)

    def _first(self, across: int, down: int) -> int:
        """The first image in sight: whole rows, so that the choice lies in the middle."""
        line, lines = self.current // across, -(-len(self) // across)
        return max(0, min(line - down // 2, lines - down)) * across

    def _rescale(self, _theme: object = None) -> None:
        ratio = self.devicePixelRatioF()
        self._scaled = [crisp(image, px(_SIDE), ratio) for image in self._images]
        self.update()
