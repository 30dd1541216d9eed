"""SimCLR's augmentation by hand, from published presets."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.views.augmentation.part_box import PartBox
from explorer.views.augmentation.settings import PARTS, SOURCE, Setting
from explorer.widgets import Choice, Divider, IconButton, Label, Segmented
from models.augment.spec import PRESETS, SIMCLR_IMAGENET, SimCLRAugment

_AS_TRAINED = "As trained by the chosen encoder"
_COUNTS = (("4", "4"), ("9", "9"), ("16", "16"))
_SIDES = (("32", "32"), ("64", "64"), ("128", "128"), ("224", "224"))


class AugmentForm(QWidget):
    """Presets, switches and sliders; ``changed`` follows every change of what is drawn.

    A specification that was given comes back as it was, to the last digit: only the fields whose
    sliders are moved change. A part that is switched off keeps its values for later.
    """

    changed = Signal()
    side_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preset = Choice()
        self.preset.setAccessibleName("Preset")
        self.preset.setPlaceholderText("By hand")
        for name in PRESETS:
            self.preset.addItem(name, name)
        self.preset.addItem(_AS_TRAINED, _AS_TRAINED)
        self.seed = QSpinBox()
        self.seed.setRange(0, 999_999)
        self.seed.setAccessibleName("Seed")
        self.seed.setMinimumWidth(1)
        self.again = IconButton("dice", "Draw again, with the next seed")
        self.count = Segmented(_COUNTS, "Views", "16")
        self.side = Segmented(_SIDES, "Side of the images in pixels", "32")
        self.boxes = {part.id: PartBox(part) for part in PARTS}
        self._trained: SimCLRAugment | None = None
        self._build()
        self._connect()
        self.set_trained(None)
        self.set_spec(SIMCLR_IMAGENET)
        self._name()

    def _build(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.preset)
        self._row = QHBoxLayout()
        for title, parts in (("Seed", (self.seed, self.again)), ("Views", (self.count,))):
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(Label(title, "caption"))
            column.addStretch(1)
            line = QHBoxLayout()
            line.setSpacing(0)
            for place, part in enumerate(parts):
                line.addWidget(part, 0 if place else 1)
            column.addLayout(line)
            self._row.addLayout(column, 1)
        self._column.addLayout(self._row)
        self._column.addWidget(Label("Side of the images in pixels", "caption"))
        self._column.addWidget(self.side)
        for box in self.boxes.values():
            self._column.addWidget(Divider())
            self._column.addWidget(box)
        self._column.addWidget(Divider())
        self._column.addWidget(Label(f"{SOURCE}; for CIFAR, appendix B.9.", "caption", wrap=True))
        self._column.addStretch(1)
        themes().changed.connect(self._fit)
        self._fit()

    def _connect(self) -> None:
        self.preset.activated.connect(self._chosen)
        self.seed.valueChanged.connect(lambda _: self.changed.emit())
        self.again.clicked.connect(self.draw_again)
        self.count.changed.connect(lambda _: self.changed.emit())
        self.side.changed.connect(lambda side: self.side_changed.emit(int(side)))
        for name, box in self.boxes.items():
            box.switched.connect(lambda on, name=name: self._switch(name, on))
            box.moved.connect(self._move)

    def spec(self) -> SimCLRAugment:
        """What may be drawn now."""
        spec = self._values
        for name, box in self.boxes.items():
            spec = spec if self._on[name] else box.part.left_out(spec)
        return spec

    def set_spec(self, spec: SimCLRAugment) -> None:
        """Shows ``spec``; parts that it leaves out get published values for when they come back."""
        self._values = spec
        self._on = {}
        for name, box in self.boxes.items():
            self._on[name] = not box.part.is_off(spec)
            if not self._on[name]:
                self._values = box.part.restored(self._values)
        self._show()

    def set_trained(self, spec: SimCLRAugment | None) -> None:
        """The augmentation of the chosen encoder, or None if it has not been trained."""
        followed = self.preset.currentData() == _AS_TRAINED
        self._trained = spec
        at = self.preset.findData(_AS_TRAINED)
        model = self.preset.model()
        assert isinstance(model, QStandardItemModel)
        model.item(at).setEnabled(spec is not None)
        if followed and spec is not None:
            self.set_spec(spec)
            self.changed.emit()
        elif followed:
            self._name()

    def set_side(self, side: int) -> None:
        """Shows the side of the images that are there."""
        self.side.set_value(str(side))

    def draw_again(self) -> None:
        """The next seed."""
        self.seed.setValue((self.seed.value() + 1) % (self.seed.maximum() + 1))

    def _chosen(self, _index: int) -> None:
        name = self.preset.currentData()
        spec = self._trained if name == _AS_TRAINED else PRESETS[name]
        if spec is not None:
            self.set_spec(spec)
            self.changed.emit()

    def _switch(self, name: str, on: bool) -> None:
        self._on[name] = on
        self._changed()

    def _move(self, setting: Setting, value: float) -> None:
        self._values = setting.put(self._values, value)
        self._changed()

    def _changed(self) -> None:
        self._show()
        self._name()
        self.changed.emit()

    def _show(self) -> None:
        for name, box in self.boxes.items():
            box.show_values(self._values, self._on[name])

    def _name(self) -> None:
        """Names the preset that stands there now, if it is one."""
        spec = self.spec()
        name = next((name for name, preset in PRESETS.items() if preset == spec), None)
        self.preset.setCurrentIndex(-1 if name is None else self.preset.findData(name))

    def _fit(self, _theme: object = None) -> None:
        self._column.setContentsMargins(0, 0, space(3), space(3))
        self._column.setSpacing(space(2))
        self._row.setSpacing(space(4))
