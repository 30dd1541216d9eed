"""Small images at any size: each pixel a sharp square where there is room for it."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from explorer.theme import px, themes


def picture(pixels: NDArray[np.uint8]) -> QImage:
    """(H, W, 3) bytes as an image of its own memory."""
    height, width = pixels.shape[:2]
    whole = np.ascontiguousarray(pixels)
    return QImage(whole.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def crisp(image: QImage, side: int, ratio: float) -> QPixmap:
    """``image`` at ``side`` logical pixels on a screen of ``ratio`` device pixels each.

    Enlarged by a whole number without smoothing, then brought down to size: so every pixel stays
    a square, and all have the same width.
    """
    device = max(1, round(side * ratio))
    times = math.ceil(device / max(image.width(), 1))
    if times > 1:
        image = image.scaled(image.width() * times, image.height() * times)
    target = QSize(device, device)
    smooth = Qt.TransformationMode.SmoothTransformation
    if image.size() != target:
        image = image.scaled(target, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    pixmap = QPixmap.fromImage(image)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def frame(painter: QPainter, box: QRectF, color: str, width: float) -> None:
    """A frame around ``box``, drawn within it."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(QColor(color), width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.drawRect(box.adjusted(width / 2, width / 2, -width / 2, -width / 2))


def outline(painter: QPainter, box: QRectF, strong: bool = True) -> None:
    """A crop box that shows on any image: white between two lines of the accent, or of black."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    edge = QColor(themes().current.accent if strong else "#000000")
    edge.setAlpha(255 if strong else 110)
    core = QColor(255, 255, 255, 255 if strong else 190)
    for color, width in ((edge, px(5 if strong else 3)), (core, px(2 if strong else 1))):
        painter.setPen(QPen(color, width))
        painter.drawRect(box)
