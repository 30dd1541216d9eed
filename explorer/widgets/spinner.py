"""A sign that something is under way."""

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPen, QShowEvent
from PySide6.QtWidgets import QWidget

from explorer.theme import px, themes
from explorer.tokens import Theme

_FRAME_MS = 33
_TURN_FRAMES = 30


class Spinner(QWidget):
    """An arc that goes round while it is visible; it stands still where animations are off."""

    def __init__(self, size: int = 16, label: str = "Working", parent: QWidget | None = None):
        super().__init__(parent)
        self._size = size
        self._frame = 0
        self.setAccessibleName(label)
        self._timer = QTimer(self, interval=_FRAME_MS)
        self._timer.timeout.connect(self._turn)
        self._fit(themes().current)
        themes().changed.connect(self._fit)

    def showEvent(self, event: QShowEvent) -> None:
        if themes().animations:
            self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    def paintEvent(self, event: object) -> None:
        theme = themes().current
        width = max(self.width() / 9, 1.5)
        inset = width / 2 + 1
        area = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(theme.line), width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawEllipse(area)
        pen.setColor(QColor(theme.accent))
        painter.setPen(pen)
        painter.drawArc(area, round(-5760 * self._frame / _TURN_FRAMES) + 1440, 1600)

    def _turn(self) -> None:
        self._frame = (self._frame + 1) % _TURN_FRAMES
        self.update()

    def _fit(self, theme: Theme) -> None:
        side = px(self._size)
        self.setFixedSize(side, side)
        if not themes().animations:
            self._timer.stop()
        elif self.isVisible():
            self._timer.start()
        self.update()
