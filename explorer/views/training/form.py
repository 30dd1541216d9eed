"""What is trained, on what and how long; paths and numbers become a recipe."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.views.training.more import MoreSettings
from explorer.widgets import (
    Button,
    Choice,
    IconButton,
    Label,
    LabelledSlider,
    NumberField,
    Segmented,
)
from models.training.recipes import simclr, supcon
from models.training.recipes.images import ImageRecipe

_METHODS = {"simclr": simclr, "supcon": supcon}
_SOURCES = (("shapes", "Generated shapes"), ("digits", "Handwritten digits"))
_PRESETS = (("laptop", "Two minutes on a laptop"), ("paper", "As in the paper"))
_HEADS = ((128, "128, as in the paper"), (3, "3: the real sphere S²"), (2, "2: the ring S¹"))


class TrainingForm(QWidget):
    """A recipe by hand; ``changed`` follows every change."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.method = Segmented((("simclr", "SimCLR"), ("supcon", "SupCon")), "Method")
        self.source = _choice("Images", _SOURCES)
        self.folder = IconButton("folder", "A folder of classes of images …", size=16)
        self.file = IconButton("file", "A file: Parquet, CIFAR-10 or IDX …", size=16)
        self.limit = NumberField("At most so many images", 0, 10_000_000, 0)
        self.limit.setSpecialValueText("all")
        self.preset = _choice("Preset", _PRESETS)
        self.head = _choice("Dimensions of the head", _HEADS)
        self.unit = Segmented((("steps", "Steps"), ("epochs", "Epochs")), "Length in")
        self.length = NumberField("Length of the run", 1, 10_000_000, 500)
        self.batch = NumberField("Batch", 2, 65_536, 256)
        self.seed = NumberField("Seed", 0, 999_999, 0)
        self.temperature = LabelledSlider("Temperature", 0.05, 1.0, 0.1, 0.01, "τ = {:.2f}".format)
        self.open_more = Button("All settings", "quiet", "sliders")
        self.open_more.setCheckable(True)
        self.more = MoreSettings()
        self.more.hide()
        self._build()
        self.method.changed.connect(self._preset)
        self.preset.activated.connect(self._preset)
        self.unit.changed.connect(lambda _: self.changed.emit())
        self.open_more.toggled.connect(self.more.setVisible)
        for box in (self.source, self.head):
            box.activated.connect(lambda _: self.changed.emit())
        for field in (self.limit, self.length, self.batch, self.seed):
            field.valueChanged.connect(lambda _: self.changed.emit())
        self.temperature.changed.connect(lambda _: self.changed.emit())
        self.more.changed.connect(self.changed)
        self.folder.clicked.connect(self._choose_folder)
        self.file.clicked.connect(self._choose_file)
        themes().changed.connect(self._fit)
        self._fit()
        self._preset()

    def _build(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.method)
        self._column.addWidget(Label("Images", "caption"))
        self._places = QHBoxLayout()
        self._places.setSpacing(0)
        self._places.addWidget(self.source, 1)
        self._places.addWidget(self.folder)
        self._places.addWidget(self.file)
        self._column.addLayout(self._places)
        for title, box in (("Preset", self.preset), ("Dimensions of the head", self.head)):
            self._column.addWidget(Label(title, "caption"))
            self._column.addWidget(box)
        self._grid = QGridLayout()
        rows = (
            (("Length", self.length), ("Batch", self.batch)),
            (("Images at most", self.limit), ("Seed", self.seed)),
        )
        for row, fields in enumerate(rows):
            for place, (title, field) in enumerate(fields):
                self._grid.addWidget(Label(title, "caption"), 2 * row, place)
                self._grid.addWidget(field, 2 * row + 1, place)
        self._column.addWidget(Label("Length in", "caption"))
        self._column.addWidget(self.unit)
        self._column.addLayout(self._grid)
        self._column.addWidget(self.temperature)
        self._column.addWidget(self.open_more)
        self._column.addWidget(self.more)

    def recipe(self) -> ImageRecipe:
        """The preset with what was changed by hand."""
        plain = self._plain()
        steps, length = self.unit.value == "steps", self.length.value()
        settings = replace(
            plain.settings,
            batch=self.batch.value(),
            seed=self.seed.value(),
            epochs=None if steps else length,
            steps=length if steps else None,
        )
        net = replace(plain.net, head=(plain.net.head[0], self.head.currentData()))
        temperature = round(self.temperature.value, 3)
        chosen = replace(plain, settings=settings, net=net, temperature=temperature)
        return self.more.apply(chosen)

    @property
    def where(self) -> str:
        """The source of the images."""
        return str(self.source.currentData())

    @property
    def most(self) -> int | None:
        """How many images are taken at most; None means all."""
        return self.limit.value() or None

    @property
    def fit(self) -> bool:
        """Whether the augmentation may be fitted to gray images, as nobody chose one."""
        return not self.more.augment.currentData()

    def add_source(self, path: str) -> None:
        """Offers a path, and chooses it."""
        if self.source.findData(path) < 0:
            self.source.addItem(Path(path).name or path, path)
        self.source.setCurrentIndex(self.source.findData(path))
        self.changed.emit()

    def _plain(self) -> ImageRecipe:
        plain: ImageRecipe = _METHODS[self.method.value].PRESETS[self.preset.currentData()]
        return plain

    def _preset(self, _chosen: object = None) -> None:
        plain = self._plain()
        settings = plain.settings
        self.batch.setValue(settings.batch)
        self.unit.set_value("steps" if settings.steps else "epochs")
        self.length.setValue(settings.steps or settings.epochs or 1)
        self.temperature.set_value(plain.temperature)
        self.more.show_recipe(plain)
        self.changed.emit()

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Images: a folder for each class")
        if name:
            self.add_source(name)

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Images: Parquet, CIFAR-10 or IDX")
        if name:
            self.add_source(name)

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(2))
        self._grid.setHorizontalSpacing(space(2))
        self._grid.setVerticalSpacing(space(1))


def _choice(name: str, options: tuple[tuple[object, str], ...]) -> Choice:
    box = Choice()
    box.setAccessibleName(name)
    for key, title in options:
        box.addItem(title, key)
    return box
