"""The settings of a run that most people leave as the preset has them."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.widgets import Choice, DecimalField, Label, NumberField
from models.augment.spec import PRESETS, SimCLRAugment
from models.training.devices import Device
from models.training.recipes.images import ImageRecipe

_BACKBONES = (
    ("conv", "Small convolutional, for CPUs"),
    ("resnet18", "ResNet-18, CIFAR stem"),
    ("resnet50", "ResNet-50, CIFAR stem"),
)
_OPTIMISERS = (("adamw", "AdamW"), ("sgd", "SGD with momentum"), ("lars", "LARS"))
_BY_HAND = "by hand"
_SCALINGS = (("none", "as it is"), ("linear", "× batch / 256"), ("sqrt", "× √batch"))


class MoreSettings(QWidget):
    """Network, optimiser, schedule, device and augmentation; ``changed`` follows every change."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.backbone = _choice("Backbone", _BACKBONES)
        self.hidden = NumberField("Width of the head's hidden layer", 1, 8192, 256)
        self.layers = NumberField("Layers of the head", 1, 8, 2)
        self.optimiser = _choice("Optimiser", _OPTIMISERS)
        self.rate = DecimalField("Learning rate", 0.000001, 100, 0.001)
        self.scaling = _choice("Scaling of the learning rate", _SCALINGS)
        self.warmup = DecimalField("Warm-up epochs", 0, 10_000, 10)
        self.decay = DecimalField("Weight decay", 0, 1, 0.0001)
        self.device = _choice("Device", (("cpu", "CPU"),))
        self.augment = _choice("Augmentation", (("", "The preset's own"),))
        for name in PRESETS:
            self.augment.addItem(name, name)
        self._by_hand: SimCLRAugment | None = None
        self.size = NumberField("Side of the images in pixels", 8, 512, 32)
        self.probe = NumberField("Images watched", 2, 1000, 128)
        self._build()
        for box in (self.backbone, self.optimiser, self.scaling, self.device, self.augment):
            box.activated.connect(lambda _: self.changed.emit())
        for field in self._numbers():
            field.valueChanged.connect(lambda _: self.changed.emit())
        themes().changed.connect(self._fit)
        self._fit()

    def _numbers(self) -> tuple[NumberField | DecimalField, ...]:
        fields = (self.hidden, self.layers, self.rate, self.warmup, self.decay)
        return (*fields, self.size, self.probe)

    def _build(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._grids: list[QGridLayout] = []
        self._add("Backbone", self.backbone)
        self._pair(("Hidden width", self.hidden), ("Head layers", self.layers))
        self._add("Augmentation", self.augment)
        self._add("Optimiser", self.optimiser)
        self._pair(("Learning rate", self.rate), ("scaled", self.scaling))
        self._pair(("Warm-up epochs", self.warmup), ("Weight decay", self.decay))
        self._add("Device", self.device)
        self._pair(("Pixels a side", self.size), ("Images watched", self.probe))

    def _add(self, title: str, field: QWidget) -> None:
        self._column.addWidget(Label(title, "caption"))
        self._column.addWidget(field)

    def _pair(self, *fields: tuple[str, QWidget]) -> None:
        grid = QGridLayout()
        for place, (title, field) in enumerate(fields):
            grid.addWidget(Label(title, "caption"), 0, place)
            grid.addWidget(field, 1, place)
            grid.setColumnStretch(place, 1)
        self._grids.append(grid)
        self._column.addLayout(grid)

    def offer_augment(self, augment: SimCLRAugment) -> None:
        """Offers the augmentation that is set in its own workspace."""
        if self._by_hand is None:
            self.augment.addItem("As set in Augmentation", _BY_HAND)
        self._by_hand = augment
        if self.augment.currentData() == _BY_HAND:
            self.changed.emit()

    def offer(self, devices: tuple[Device, ...]) -> None:
        """Names the devices of this machine; the quickest is chosen."""
        self.device.clear()
        for device in devices:
            self.device.addItem(f"{device.label} ({device.name})", device.name)

    def show_recipe(self, recipe: ImageRecipe) -> None:
        """Sets every field to what a preset has; the device is the machine's and stays."""
        settings, net = recipe.settings, recipe.net
        for box, value in (
            (self.backbone, net.backbone),
            (self.optimiser, settings.optimiser),
            (self.scaling, settings.scaling),
            (self.augment, ""),
        ):
            box.setCurrentIndex(box.findData(value))
        numbers = (net.head[0], net.projection_layers, settings.rate, settings.warmup_epochs)
        for field, number in zip(
            self._numbers(), (*numbers, settings.decay, recipe.size, recipe.probe), strict=True
        ):
            field.setValue(number)  # type: ignore[arg-type]

    def apply(self, recipe: ImageRecipe) -> ImageRecipe:
        """``recipe`` with these settings."""
        settings = replace(
            recipe.settings,
            optimiser=self.optimiser.currentData(),
            rate=round(self.rate.value(), 6),
            scaling=self.scaling.currentData(),
            warmup_epochs=round(self.warmup.value(), 6),
            decay=round(self.decay.value(), 6),
            device=self.device.currentData(),
        )
        net = replace(
            recipe.net,
            backbone=self.backbone.currentData(),
            head=(self.hidden.value(), recipe.net.head[1]),
            projection_layers=self.layers.value(),
        )
        name = self.augment.currentData()
        augment = PRESETS.get(name, recipe.augment)
        if name == _BY_HAND and self._by_hand is not None:
            augment = self._by_hand
        size, probe = self.size.value(), self.probe.value()
        return replace(recipe, settings=settings, net=net, augment=augment, size=size, probe=probe)

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(2))
        for grid in self._grids:
            grid.setHorizontalSpacing(space(2))


def _choice(name: str, options: tuple[tuple[str, str], ...]) -> Choice:
    box = Choice()
    box.setAccessibleName(name)
    for key, title in options:
        box.addItem(title, key)
    return box
