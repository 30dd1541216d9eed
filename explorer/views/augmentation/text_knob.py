"""A number of the page: a slider, what is published for it, and the way back to that."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.widgets import IconButton, Label, LabelledSlider


class Knob(QWidget):
    """``changed`` comes only from the user; a value that was given comes back to the last digit."""

    changed = Signal()

    def __init__(
        self,
        label: str,
        high: float,
        published: float,
        about: str,
        write: Callable[[float], str] = "{:.0%}".format,
    ) -> None:
        super().__init__()
        self.published = self.value = published
        self.slider = LabelledSlider(label, 0.0, high, published, 0.01, write)
        self.reset = IconButton("rotate", f"{label}: back to {published:.0%}", size=14)
        self.about = Label(about, "caption", wrap=True)
        self._row = QHBoxLayout()
        self._row.addWidget(self.slider, 1)
        self._row.addWidget(self.reset)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._row)
        self._column.addWidget(self.about)
        # Sums of steps are a rounding error away from the numbers that people write.
        self.slider.changed.connect(lambda value: self._take(round(value, 4)))
        self.reset.clicked.connect(lambda: self._take(self.published))
        themes().changed.connect(self._fit)
        self._fit()
        self.set_value(published)

    def set_value(self, value: float) -> None:
        """Shows ``value`` without telling anybody."""
        self.value = value
        self.slider.set_value(value)
        self.reset.setEnabled(value != self.published)

    def _take(self, value: float) -> None:
        self.set_value(value)
        self.changed.emit()

    def _fit(self, _theme: object = None) -> None:
        self._row.setSpacing(space(1))
        self._column.setSpacing(0)
