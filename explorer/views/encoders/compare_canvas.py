"""A map whose camera another map can follow."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent

from explorer.canvas.scene import CanvasColors
from explorer.canvas.widget import PointCanvas
from explorer.theme import Theme, themes


class LinkedCanvas(PointCanvas):
    """``moved`` tells that the camera was moved here; ``follow`` takes another's over."""

    moved = Signal()
    held = Signal()

    def __init__(self, name: str) -> None:
        self._following = False
        self._told: tuple[object, ...] = ()
        super().__init__()
        self.setAccessibleName(name)
        themes().changed.connect(self._dress)
        self._dress(themes().current)

    def follow(self, other: PointCanvas) -> None:
        """Looks from where ``other`` looks from."""
        self._following = True
        mine, its = self.camera, other.camera
        mine.rotation, mine.zoom = its.rotation.copy(), its.zoom
        mine.shift = its.shift.copy()
        self._told = self._look()
        self._changed(True)
        self._following = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.held.emit()
        super().mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.held.emit()
        super().wheelEvent(event)

    def _changed(self, scene: bool) -> None:
        super()._changed(scene)
        look = self._look()
        if look != self._told:
            self._told = look
            if not self._following:
                self.moved.emit()

    def _look(self) -> tuple[object, ...]:
        camera = self.camera
        return camera.rotation.tobytes(), camera.zoom, camera.shift.tobytes()

    def _dress(self, theme: Theme) -> None:
        look = (theme.window, theme.globe, theme.grid, theme.text, theme.accent, theme.muted)
        self.set_theme(CanvasColors(*look))
        self.animations = themes().animations
