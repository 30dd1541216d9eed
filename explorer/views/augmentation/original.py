"""The image as it is, with the crop boxes of its views."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme import px, themes
from explorer.views.augmentation.painting import crisp, frame, outline, picture


class Original(QWidget):
    """Shows one crop box when told to, and all of them while the pointer is over it."""

    hovered = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Original image")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.boxes: NDArray[np.float32] = np.empty((0, 4), np.float32)
        self.shown: tuple[int, ...] = ()
        self._image: QImage | None = None
        self._scaled: QPixmap | None = None
        themes().changed.connect(self._rescale)

    def show_image(self, pixels: NDArray[np.uint8]) -> None:
        """(H, W, 3), square."""
        self._image = picture(pixels)
        self._rescale()

    def show_boxes(self, boxes: NDArray[np.float32]) -> None:
        """(V, 4) top, left, height, width in pixels of the image."""
        self.boxes = boxes
        self.update()

    def mark(self, rows: tuple[int, ...]) -> None:
        """Draws the boxes of these views."""
        if rows != self.shown:
            self.shown = rows
            self.update()

    def rect_of(self, row: int) -> QRectF:
        """Where the box of view ``row`` lies in this widget."""
        top, left, height, width = self.boxes[row].tolist()
        scale = self.width() / max(1, self._image.width() if self._image else 1)
        return QRectF(left * scale, top * scale, width * scale, height * scale)

    def sizeHint(self) -> QSize:
        return QSize(px(200), px(200))

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        theme = themes().current
        if self._scaled is not None:
            painter.drawPixmap(0, 0, self._scaled)
        frame(painter, QRectF(self.rect()), theme.line, 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.rect())
        inner = QRectF(self.rect()).adjusted(px(2), px(2), -px(2), -px(2))
        rows = [row for row in self.shown if row < len(self.boxes)]
        if rows:
            for row in rows:
                outline(painter, self.rect_of(row).intersected(inner))
        elif self.underMouse():
            for row in range(len(self.boxes)):
                outline(painter, self.rect_of(row).intersected(inner), strong=False)

    def resizeEvent(self, event: object) -> None:
        self._rescale()

    def enterEvent(self, event: object) -> None:
        self.update()
        self.hovered.emit(True)

    def leaveEvent(self, event: object) -> None:
        self.update()
        self.hovered.emit(False)

    def _rescale(self, _theme: object = None) -> None:
        if self._image is not None:
            self._scaled = crisp(self._image, self.width(), self.devicePixelRatioF())
        self.update()
