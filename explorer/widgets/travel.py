"""A way from A to B, gone by hand on a slider or played."""

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QSlider

from explorer.theme import themes
from explorer.widgets.buttons import IconButton

_STEPS, _MILLISECONDS, _STRIDE = 100, 30, 2  # a way takes a second and a half


class Travel(QObject):
    """Owns ``slider`` and the button ``play`` beside it; ``title`` says what playing does."""

    def __init__(self, title: str, parent: QObject) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setAccessibleName("From A to B")
        self.play = IconButton("play", title, checkable=True)
        self._timer = QTimer(self, interval=_MILLISECONDS)
        self._timer.timeout.connect(self._advance)
        self.play.toggled.connect(self._turn)

    @property
    def share(self) -> float:
        """How much of the way is gone, within [0, 1]."""
        return self.slider.value() / _STEPS

    def _turn(self, on: bool) -> None:
        self.play.set_icon("pause" if on else "play")
        if on and self.slider.value() == _STEPS:
            self.slider.setValue(0)
        if on and not themes().animations:
            self.slider.setValue(_STEPS)
            self.play.setChecked(False)
        elif on:
            self._timer.start()
        else:
            self._timer.stop()

    def _advance(self) -> None:
        if self.slider.value() >= _STEPS or not self.slider.isVisible():
            self.play.setChecked(False)
        else:
            self.slider.setValue(self.slider.value() + _STRIDE)
