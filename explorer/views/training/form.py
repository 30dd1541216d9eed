"""A run on images by hand: what is trained, on what and how long."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from explorer.views.training.fields import PRESETS, FieldColumn, LengthFields, Wanted, choice
from explorer.views.training.more import MoreSettings
from explorer.widgets import Button, IconButton, Label, Segmented
from models.training.recipes.catalog import METHODS
from models.training.recipes.families import IMAGES
from models.training.recipes.images import ImageRecipe

_SOURCES = (("shapes", "Generated shapes"), ("digits", "Handwritten digits"))
_HEADS = ((128, "128, as in the paper"), (3, "3: the real sphere S²"), (2, "2: the ring S¹"))
_CATALOG = "models.training.recipes.catalog"


class ImageForm(FieldColumn):
    """A recipe of SimCLR or SupCon; ``changed`` follows every change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.method = Segmented(tuple(IMAGES.titles.items()), "Method", parent=self)
        self.source = choice("Images", _SOURCES)
        self.folder = IconButton("folder", "A folder of classes of images …", size=16)
        self.file = IconButton("file", "A file: Parquet, CIFAR-10 or IDX …", size=16)
        self.preset = choice("Preset", PRESETS)
        self.head = choice("Dimensions of the head", _HEADS)
        self.numbers = LengthFields("images", self)
        self.open_more = Button("All settings", "quiet", "sliders")
        self.open_more.setCheckable(True)
        self.more = MoreSettings(self)
        self.more.hide()
        self._build()
        self.method.changed.connect(self.show_preset)
        self.preset.activated.connect(self.show_preset)
        self.open_more.toggled.connect(self.more.setVisible)
        self.listen(self.source, self.head, self.numbers, self.more)
        self.folder.clicked.connect(self._choose_folder)
        self.file.clicked.connect(self._choose_file)
        self.show_preset()

    def _build(self) -> None:
        self.column.addWidget(self.method)
        self.column.addWidget(Label("Images", "caption"))
        places = QHBoxLayout()
        places.setSpacing(0)
        places.addWidget(self.source, 1)
        places.addWidget(self.folder)
        places.addWidget(self.file)
        self.column.addLayout(places)
        self.add("Preset", self.preset)
        self.add("Dimensions of the head", self.head)
        for part in (self.numbers, self.open_more, self.more):
            self.column.addWidget(part)

    def wanted(self) -> Wanted:
        """The run that these fields describe."""
        recipe = self.recipe()
        source = str(self.source.currentData())
        # An augmentation that nobody chose is fitted to images without colour.
        fit = not self.more.augment.currentData()
        return Wanted(
            method=recipe.method,
            title=IMAGES.titles[recipe.method],
            source=source,
            train=f"{_CATALOG}:train_images",
            estimate=f"{_CATALOG}:estimate_images",
            arguments={
                "recipe": recipe,
                "source": source,
                "limit": self.numbers.most,
                "fit": fit,
            },
        )

    def recipe(self) -> ImageRecipe:
        """The preset with what was changed by hand."""
        plain = self._plain()
        return self.more.apply(
            replace(
                plain,
                settings=self.numbers.apply(plain.settings),
                net=replace(plain.net, head=(plain.net.head[0], self.head.currentData())),
                temperature=round(self.numbers.temperature.value, 3),
            )
        )

    def add_source(self, path: str) -> None:
        """Offers a path, and chooses it."""
        if self.source.findData(path) < 0:
            self.source.addItem(Path(path).name or path, path)
        self.source.setCurrentIndex(self.source.findData(path))
        self.changed.emit()

    def show_preset(self, _chosen: object = None) -> None:
        """Sets every field to what the chosen preset has."""
        plain = self._plain()
        self.numbers.show_settings(plain.settings, plain.temperature)
        self.more.show_recipe(plain)
        self.changed.emit()

    def _plain(self) -> ImageRecipe:
        plain: ImageRecipe = METHODS[self.method.value].PRESETS[self.preset.currentData()]
        return plain

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Images: a folder for each class")
        if name:
            self.add_source(name)

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Images: Parquet, CIFAR-10 or IDX")
        if name:
            self.add_source(name)
