"""What is trained, on what and how long; paths and numbers become a recipe."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.theme import space
from explorer.widgets import Choice, IconButton, Label, LabelledSlider, NumberField, Segmented
from models.training.recipes import simclr, supcon
from models.training.recipes.images import ImageRecipe

_METHODS = {"simclr": simclr, "supcon": supcon}
_SOURCES = (("shapes", "Generated shapes"), ("digits", "Handwritten digits"))
_HEADS = ((128, "128, as in the paper"), (3, "3: the real sphere S²"), (2, "2: the ring S¹"))


class TrainingForm(QWidget):
    """A recipe by hand; ``changed`` follows every change."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.method = Segmented((("simclr", "SimCLR"), ("supcon", "SupCon")), "Method")
        self.source = Choice()
        self.source.setAccessibleName("Images")
        for key, title in _SOURCES:
            self.source.addItem(title, key)
        self.folder = IconButton("folder", "A folder of classes of images …", size=16)
        self.file = IconButton("file", "A file: Parquet, CIFAR-10 or IDX …", size=16)
        self.preset = Choice()
        self.preset.setAccessibleName("Preset")
        self.preset.addItem("Two minutes on a laptop", "laptop")
        self.preset.addItem("As in the paper", "paper")
        self.head = Choice()
        self.head.setAccessibleName("Dimensions of the head")
        for size, title in _HEADS:
            self.head.addItem(title, size)
        self.unit = "steps"
        self.unit_name = Label("Steps", "caption")
        self.length = NumberField("Length of the run", 1, 1_000_000, 600)
        self.batch = NumberField("Batch", 2, 8192, 256)
        self.seed = NumberField("Seed", 0, 999_999, 0)
        self.temperature = LabelledSlider("Temperature", 0.05, 1.0, 0.5, 0.05, "τ = {:.2f}".format)
        self._build()
        self.method.changed.connect(self._preset)
        self.preset.activated.connect(self._preset)
        for box in (self.source, self.head):
            box.activated.connect(lambda _: self.changed.emit())
        for spin in (self.length, self.batch, self.seed):
            spin.valueChanged.connect(lambda _: self.changed.emit())
        self.folder.clicked.connect(self._choose_folder)
        self.file.clicked.connect(self._choose_file)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space(2))
        column.addWidget(self.method)
        column.addWidget(Label("Images", "caption"))
        places = QHBoxLayout()
        places.setSpacing(0)
        places.addWidget(self.source, 1)
        places.addWidget(self.folder)
        places.addWidget(self.file)
        column.addLayout(places)
        for title, box in (("Preset", self.preset), ("Dimensions of the head", self.head)):
            column.addWidget(Label(title, "caption"))
            column.addWidget(box)
        grid = QGridLayout()
        grid.setHorizontalSpacing(space(2))
        names = (self.unit_name, Label("Batch", "caption"), Label("Seed", "caption"))
        spins = (self.length, self.batch, self.seed)
        for place, (name, spin) in enumerate(zip(names, spins, strict=True)):
            grid.addWidget(name, 0, place)
            grid.addWidget(spin, 1, place)
        column.addLayout(grid)
        column.addWidget(self.temperature)

    def recipe(self) -> ImageRecipe:
        """The preset with what was changed by hand."""
        plain: ImageRecipe = _METHODS[self.method.value].PRESETS[self.preset.currentData()]
        settings = replace(
            plain.settings,
            batch=self.batch.value(),
            seed=self.seed.value(),
            epochs=self.length.value() if self.unit == "epochs" else None,
            steps=self.length.value() if self.unit == "steps" else None,
        )
        net = replace(plain.net, head=(plain.net.head[0], self.head.currentData()))
        temperature = round(self.temperature.value, 3)
        return replace(plain, settings=settings, net=net, temperature=temperature)

    def add_source(self, path: str) -> None:
        """Offers a path, and chooses it."""
        if self.source.findData(path) < 0:
            self.source.addItem(path.rsplit("/", 1)[-1] or path, path)
        self.source.setCurrentIndex(self.source.findData(path))
        self.changed.emit()

    def _preset(self, _chosen: object = None) -> None:
        plain = _METHODS[self.method.value].PRESETS[self.preset.currentData()]
        settings = plain.settings
        self.batch.setValue(settings.batch)
        self.unit = "steps" if settings.steps else "epochs"
        self.unit_name.setText(self.unit.capitalize())
        self.length.setValue(settings.steps or settings.epochs or 1)
        self.temperature.set_value(plain.temperature)
        self.changed.emit()

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Images: a folder for each class")
        if name:
            self.add_source(name)

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Images: Parquet, CIFAR-10 or IDX")
        if name:
            self.add_source(name)
