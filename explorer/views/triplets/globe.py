"""A triplet as a triangle on the sphere, under one encoder or two."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.canvas.backdrop import paint_body, paint_grid
from explorer.canvas.camera import Camera
from explorer.theme import px, themes
from explorer.views.triplets.looks import canvas_colors
from explorer.views.triplets.triangle_paint import paint_ghost, paint_moves, paint_triangle
from models.triangle import Triangle

_FRAME_MS, _SECONDS = 16, 0.45


class TripletGlobe(QWidget):
    """Draws the shown triangle, and dashed the one that it is held against.

    Another triangle is reached by turning the sides, which stays on the sphere all the way. The
    globe can be dragged; a double click puts it back.
    """

    #: The globe was turned by hand, or put back.
    turned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("The triplet on the sphere")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.shown: Triangle | None = None
        self.ghost: Triangle | None = None
        self.camera = Camera()
        self.camera.rotation = np.eye(3)
        self._from: Triangle | None = None
        self._progress = 1.0
        self._held: QPointF | None = None
        self._timer = QTimer(self, interval=_FRAME_MS)
        self._timer.timeout.connect(self._advance)
        themes().changed.connect(self.update)
        self.set_tall(px(260))

    def sizeHint(self) -> QSize:
        return QSize(px(320), self.minimumHeight())

    def set_tall(self, pixels: int) -> None:
        """Takes this height, so that what stands below is seen as well."""
        self.setFixedHeight(pixels)

    def show_triangle(self, shown: Triangle | None, ghost: Triangle | None = None) -> None:
        """Moves to ``shown``, at once where animations are off; ``ghost`` is drawn dashed."""
        before = self.drawn
        self.shown, self.ghost = shown, ghost
        moves = shown is not None and before is not None and before != shown
        if moves and themes().animations and self.isVisible():
            self._from, self._progress = before, 0.0
            self._timer.start()
        else:
            self._rest()
        self.setAccessibleDescription("" if shown is None else _words(shown))
        self.update()

    @property
    def drawn(self) -> Triangle | None:
        """What is drawn now, on the way to what is shown."""
        if self.shown is None or self._from is None:
            return self.shown
        t = self._progress
        return self._from.towards(self.shown, t * t * (3 - 2 * t))

    def _advance(self) -> None:
        self._progress = min(1.0, self._progress + _FRAME_MS / 1000 / _SECONDS)
        if self._progress == 1 or not themes().animations:
            self._rest()
        self.update()

    def _rest(self) -> None:
        self._timer.stop()
        self._from, self._progress = None, 1.0

    def hideEvent(self, event: object) -> None:
        self._rest()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = canvas_colors()
        paint_body(painter, self.camera, colors)
        paint_grid(painter, self.camera, colors)
        triangle = self.drawn
        if triangle is None:
            return
        if self.ghost is not None:
            paint_ghost(painter, self.camera, self.ghost)
            paint_moves(painter, self.camera, self.ghost, triangle)
        paint_triangle(painter, self.camera, triangle, self.rect())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.camera.width, self.camera.height = self.width(), self.height()

    # Turning

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is None:
            return
        moved, self._held = event.position() - self._held, event.position()
        far = math.hypot(moved.x(), moved.y())
        if far:
            self.camera.rotate(
                np.array([moved.y(), moved.x(), 0.0]), far / max(self.camera.radius, 1)
            )
            self.turned.emit()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.camera.rotation = np.eye(3)
        self.turned.emit()
        self.update()


def _words(triangle: Triangle) -> str:
    one, other = (math.degrees(angle) for angle in (triangle.entailed, triangle.contradicted))
    return (
        f"The entailment lies {one:.0f}° from the premise, the contradiction {other:.0f}°, and "
        f"{math.degrees(triangle.opened):.0f}° open between them."
    )
