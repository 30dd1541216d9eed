"""A widget with a camera: mouse, wheel and keys move it, and a timer runs while anything moves."""

import math
from collections import deque

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from explorer.canvas.camera import Camera, facing, home
from explorer.canvas.motion import Motion, Pose

_CLICK, _RECENT = 4.0, 80
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_KEY_ZOOM = 1.25
#: The depth from which a point of the globe counts as in front, 1 being the very middle.
_IN_FRONT = 0.45


class GestureWidget(QWidget):
    """Turns events into camera moves; tells its subclass what was pointed at, and when to draw."""

    #: The turning by itself was switched on or off, by Space too.
    spinning_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.camera = Camera()
        self.motion = Motion(self.camera)
        self._animations = True
        self._lasso_mode = False
        self._lasso: list[QPointF] = []
        self._pressed: QPointF | None = None
        self._dragging = False
        self._trail: deque[tuple[int, QPointF]] = deque(maxlen=8)
        self._keyboard_focus = False
        self._to_face: NDArray[np.floating] | None = None
        self._timer = QTimer(self, interval=16, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._clock = QElapsedTimer()
        self._clock.start()

    # What a subclass does.

    def _changed(self, scene: bool) -> None:
        """The camera moved (``scene``), or only something in the overlay did."""
        raise NotImplementedError

    def _point_at(self, position: QPointF | None) -> None:
        """The cursor rests at ``position`` without a drag; None when it has left."""
        raise NotImplementedError

    def _click(self, position: QPointF | None) -> None:
        """A click at ``position``, or Enter (None)."""
        raise NotImplementedError

    def _enclose(self, path: list[QPointF]) -> None:
        """A lasso was closed."""
        raise NotImplementedError

    def _clear(self) -> None:
        """Esc."""
        raise NotImplementedError

    # Motion.

    @property
    def animations(self) -> bool:
        """Whether anything may move by itself; off for reduced motion."""
        return self._animations

    @animations.setter
    def animations(self, on: bool) -> None:
        self._animations, self.motion.calm = on, not on
        if not on:
            self.motion.finish()
        self._changed(True)
        self._wake()

    def set_spinning(self, on: bool) -> None:
        """Turns the globe slowly by itself, for as long as motion is allowed."""
        if on != self.motion.spinning:
            self.motion.spinning = on
            self.spinning_changed.emit(on)
        self._wake()

    def set_lasso(self, on: bool) -> None:
        """Whether a plain drag draws a lasso; Shift + drag always does."""
        self._lasso_mode = on
        self.setCursor(Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor)

    def reset_view(self) -> None:
        """Back to the first look."""
        globe = self.camera.globe > 0.5
        rotation = home() if globe else np.eye(3)
        pose = Pose(rotation, 1.0, np.zeros(2), self.camera.globe, self.camera.extent.copy())
        if self.motion.progress == 1:
            self.motion.morph(pose, self._animations and self.isVisible())
            self._changed(True)
            self._wake()

    @property
    def moving(self) -> bool:
        """Whether the next frame follows at once."""
        return self._dragging or self._timer.isActive()

    def face(self, position: NDArray[np.floating]) -> None:
        """Turns the globe until ``position`` (3,) is in front.

        Nothing moves where it is in front already, nor while the user holds the globe; a morph
        is first let to its end.
        """
        self._to_face = position if self.motion.progress < 1 else None
        held = self._to_face is not None or self._pressed is not None
        depth = float(self.camera.rotation[2] @ position)
        if self.camera.globe < 1 or held or depth > _IN_FRONT:
            return
        shift = self.camera.shift.copy()
        pose = Pose(facing(position), self.camera.zoom, shift, 1.0, self.camera.extent.copy())
        self.motion.morph(pose, self._animations and self.isVisible())
        self._changed(True)
        self._wake()

    def _wake(self) -> None:
        if self.motion.moves and self.isVisible() and not self._timer.isActive():
            self._clock.restart()
            self._timer.start()

    def _tick(self) -> None:
        self._changed(self.motion.advance(min(0.1, self._clock.restart() / 1000)))
        if self._to_face is not None and self.motion.progress == 1:
            self.face(self._to_face)
        if not self.motion.moves:
            self._timer.stop()
            self._changed(False)

    # Events.

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._wake()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        self._let_go_of_all()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._changed(True)

    def _fit(self) -> None:
        self.camera.width, self.camera.height = max(1, self.width()), max(1, self.height())

    def focusInEvent(self, event: QFocusEvent) -> None:
        by_keys = (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
            Qt.FocusReason.ShortcutFocusReason,
        )
        self._keyboard_focus = event.reason() in by_keys
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._keyboard_focus = False
        super().focusOutEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.motion.stop()
        self._pressed, self._dragging = event.position(), False
        self._trail.clear()
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if self._lasso_mode or shift:
            self._lasso = [event.position()]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.position()
        if self._pressed is None:
            self._point_at(here)
            return
        if not self._dragging:
            moved = here - self._pressed
            if math.hypot(moved.x(), moved.y()) < _CLICK:
                return
            self._dragging = self.motion.held = True
            self._point_at(None)
            self._trail.append((self._clock.elapsed(), self._pressed))
            if not self._lasso:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._lasso:
            self._lasso.append(here)
            self._changed(False)
        elif self.motion.progress == 1:
            self._drag(self._trail[-1][1], here)
            self._changed(True)
        self._trail.append((self._clock.elapsed(), here))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            super().mouseReleaseEvent(event)
            return
        path, self._lasso, self._pressed = self._lasso, [], None
        dragged, self._dragging, self.motion.held = self._dragging, False, False
        self.set_lasso(self._lasso_mode)
        if not dragged:
            self._click(event.position())
        elif path:
            self._enclose(path)
        elif self._animations and self.motion.progress == 1:
            self._let_go()
        self._changed(False)
        self._wake()

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps and self.motion.progress == 1:
            self._zoom(event.position(), 1.22**steps)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, middle = event.key(), QPointF(self.width() / 2, self.height() / 2)
        if key in _ARROWS and self.motion.progress == 1:
            self._nudge(*_ARROWS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(middle, _KEY_ZOOM)
        elif key == Qt.Key.Key_Minus:
            self._zoom(middle, 1 / _KEY_ZOOM)
        elif key == Qt.Key.Key_Home:
            self.reset_view()
        elif key == Qt.Key.Key_Space:
            self.set_spinning(not self.motion.spinning)
        elif key == Qt.Key.Key_Escape:
            self._let_go_of_all()
            self._clear()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._click(None)
        else:
            super().keyPressEvent(event)

    def _let_go_of_all(self) -> None:
        self._pressed, self._lasso = None, []
        self._dragging = self.motion.held = False

    def _drag(self, before: QPointF, here: QPointF) -> None:
        if self.camera.globe < 0.5:
            self.camera.pan(here.x() - before.x(), here.y() - before.y())
            return
        a, b = self.camera.ball(before.x(), before.y()), self.camera.ball(here.x(), here.y())
        self.camera.rotate(np.cross(a, b), math.acos(min(1.0, float(a @ b))))

    def _let_go(self) -> None:
        """The scene keeps the speed that the last moments of the drag had."""
        now = self._clock.elapsed()
        recent = [(when, where) for when, where in self._trail if now - when <= _RECENT]
        if len(recent) < 2 or recent[-1][0] == recent[0][0]:
            return
        seconds = (recent[-1][0] - recent[0][0]) / 1000
        first, last = recent[0][1], recent[-1][1]
        if self.camera.globe < 0.5:
            moved = (last - first) / seconds
            self.motion.slide(moved.x(), moved.y())
        else:
            a, b = self.camera.ball(first.x(), first.y()), self.camera.ball(last.x(), last.y())
            self.motion.glide(np.cross(a, b), math.acos(min(1.0, float(a @ b))) / seconds)

    def _zoom(self, at: QPointF, factor: float) -> None:
        if self._animations and self.isVisible():
            self.motion.zoom(at.x(), at.y(), factor)
        else:
            self.camera.zoom_at(at.x(), at.y(), factor)
            self._changed(True)
        self._wake()

    def _nudge(self, right: int, down: int) -> None:
        """One arrow key: the camera moves that way, so the scene moves the other."""
        globe, step = self.camera.globe > 0.5, 0.22 / max(1.0, self.camera.zoom)
        if globe:
            axis = np.array([-down, -right, 0.0], np.float64)
            if self._animations:
                self.motion.glide(axis, step * 3)
            else:
                self.camera.rotate(axis, step)
        elif self._animations:
            self.motion.slide(-right * 240, -down * 240)
        else:
            self.camera.pan(-right * 80, -down * 80)
        self._changed(True)
        self._wake()
