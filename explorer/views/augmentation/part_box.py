"""One part of the augmentation: a switch, what is published, and its sliders."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.views.augmentation.settings import SOURCE, Part, Setting
from explorer.widgets import Label, LabelledSlider
from models.augment.spec import SimCLRAugment


class PartBox(QWidget):
    """``switched`` and ``moved`` come only from the user; the latter with setting and value."""

    switched = Signal(bool)
    moved = Signal(object, float)

    def __init__(self, part: Part) -> None:
        super().__init__()
        self.part = part
        self.switch = QCheckBox(part.title)
        self.switch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        font = self.switch.font()
        font.setWeight(font.Weight.DemiBold)
        self.switch.setFont(font)
        self.sliders = [self._slider(setting) for setting in part.settings]
        self._grid = QGridLayout()
        for place, slider in enumerate(self.sliders):
            alone = place == len(self.sliders) - 1 and place % 2 == 0
            self._grid.addWidget(slider, place // 2, place % 2, 1, 2 if alone else 1)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.switch)
        self._column.addWidget(Label(part.note, "caption", wrap=True))
        self._column.addLayout(self._grid)
        self.switch.clicked.connect(self.switched)
        themes().changed.connect(self._fit)
        self._fit()

    def show_values(self, values: SimCLRAugment, on: bool) -> None:
        """Sets switch and sliders without telling anybody."""
        self.switch.setChecked(on)
        for slider, setting in zip(self.sliders, self.part.settings, strict=True):
            slider.setEnabled(on)
            slider.set_value(setting.read(values))

    def _slider(self, setting: Setting) -> LabelledSlider:
        slider = LabelledSlider(
            setting.label, setting.low, setting.high, setting.low, setting.step, setting.write
        )
        slider.slider.setAccessibleName(f"{self.part.title}: {setting.label}")
        slider.setToolTip(f"Published: {setting.published} ({SOURCE})")
        # Sums of steps are a rounding error away from the numbers that people write.
        slider.changed.connect(lambda value: self.moved.emit(setting, round(value, 4)))
        return slider

    def _fit(self, _theme: object = None) -> None:
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(space(1))
        self._grid.setHorizontalSpacing(space(4))
        self._grid.setVerticalSpacing(space(1))
