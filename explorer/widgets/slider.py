"""A number chosen by sliding."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSlider, QWidget

from explorer.theme import space, themes
from explorer.tokens import Theme
from explorer.widgets.text import Label


class LabelledSlider(QWidget):
    """A slider from ``low`` to ``high`` in steps, under its name and present value.

    ``changed`` carries each value while it moves and comes only from the user; ``settled`` the
    last one, once the handle is let go or a key has moved it.
    """

    changed = Signal(float)
    settled = Signal(float)

    def __init__(
        self,
        label: str,
        low: float,
        high: float,
        value: float,
        step: float = 1.0,
        write: Callable[[float], str] = "{:g}".format,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._low, self._step, self._write = low, step, write
        self.name = Label(label)
        self.shown = Label(role="muted")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setRange(0, round((high - low) / step))
        self.slider.setPageStep(max(1, self.slider.maximum() // 10))
        self.slider.setAccessibleName(label)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.addWidget(self.name, 0, 0)
        self._grid.addWidget(self.shown, 0, 1, Qt.AlignmentFlag.AlignRight)
        self._grid.addWidget(self.slider, 1, 0, 1, 2)
        self._grid.setColumnStretch(0, 1)
        self.set_value(value)
        self.slider.valueChanged.connect(self._move)
        self.slider.sliderReleased.connect(lambda: self.settled.emit(self.value))
        self._fit(themes().current)
        themes().changed.connect(self._fit)

    @property
    def value(self) -> float:
        return self._low + self.slider.value() * self._step

    def set_value(self, value: float) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(round((value - self._low) / self._step))
        self.slider.blockSignals(False)
        self._say()

    def _move(self) -> None:
        self._say()
        self.changed.emit(self.value)
        if not self.slider.isSliderDown():
            self.settled.emit(self.value)

    def _say(self) -> None:
        text = self._write(self.value)
        self.shown.setText(text)
        self.slider.setAccessibleDescription(text)

    def _fit(self, theme: Theme) -> None:
        self._grid.setVerticalSpacing(space(1))
        self._grid.setHorizontalSpacing(space(2))
