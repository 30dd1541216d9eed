"""The settings of an image run that most people leave as the preset has them."""

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from explorer.views.training.fields import FieldColumn, OptimiserFields, choice
from explorer.widgets import NumberField
from models.augment.spec import PRESETS, SimCLRAugment
from models.training.recipes.images import ImageRecipe

_BACKBONES = (
    ("conv", "Small convolutional, for CPUs"),
    ("resnet18", "ResNet-18, CIFAR stem"),
    ("resnet50", "ResNet-50, CIFAR stem"),
)
_BY_HAND = "by hand"


class MoreSettings(FieldColumn):
    """Network, augmentation and optimiser; ``changed`` follows every change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.backbone = choice("Backbone", _BACKBONES)
        self.hidden = NumberField("Width of the head's hidden layer", 1, 8192, 256)
        self.layers = NumberField("Layers of the head", 1, 8, 2)
        self.augment = choice("Augmentation", (("", "The preset's own"),))
        for name in PRESETS:
            self.augment.addItem(name, name)
        self._by_hand: SimCLRAugment | None = None
        self.size = NumberField("Side of the images in pixels", 8, 512, 32)
        self.probe = NumberField("Images watched", 2, 1000, 128)
        self.optimising = OptimiserFields(self)
        self.add("Backbone", self.backbone)
        self.add_row(("Hidden width", self.hidden), ("Head layers", self.layers))
        self.add("Augmentation", self.augment)
        self.add_row(("Pixels a side", self.size), ("Images watched", self.probe))
        self.column.addWidget(self.optimising)
        self.listen(
            self.backbone,
            self.hidden,
            self.layers,
            self.augment,
            self.size,
            self.probe,
            self.optimising,
        )

    def offer_augment(self, augment: SimCLRAugment) -> None:
        """Offers the augmentation that is set in its own workspace."""
        if self._by_hand is None:
            self.augment.addItem("As set in Augmentation", _BY_HAND)
        self._by_hand = augment
        if self.augment.currentData() == _BY_HAND:
            self.changed.emit()

    def show_recipe(self, recipe: ImageRecipe) -> None:
        """Sets every field to what a preset has."""
        net = recipe.net
        self.backbone.setCurrentIndex(self.backbone.findData(net.backbone))
        self.augment.setCurrentIndex(0)
        self.hidden.setValue(net.head[0])
        self.layers.setValue(net.projection_layers)
        self.size.setValue(recipe.size)
        self.probe.setValue(recipe.probe)
        self.optimising.show_settings(recipe.settings)

    def apply(self, recipe: ImageRecipe) -> ImageRecipe:
        """``recipe`` with these settings."""
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
        return replace(
            recipe,
            settings=self.optimising.apply(recipe.settings),
            net=net,
            augment=augment,
            size=self.size.value(),
            probe=self.probe.value(),
        )
