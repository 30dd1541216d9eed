"""Which image is looked at: from a set, or a file or folder of the user's own."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from explorer.context import AppContext
from explorer.latest import Latest
from explorer.theme import space, themes
from explorer.views.augmentation.thumbnails import Thumbnails
from explorer.widgets import Choice, ElidedLabel, IconButton
from models.augment.pictures import open_pictures
from models.data.images import ImageSet

_SOURCES = (("shapes", "Generated shapes"), ("digits", "Handwritten digits"))
#: Side at which the user's own images are first shown: more than a network sees, less than a photo.
OWN_SIDE = 128
SET_SIDE = 32


class ImagePicker(QWidget):
    """``changed`` follows when another image is there; a source that fails leaves what was."""

    changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        self.images: ImageSet | None = None
        self.row = 0
        self.source = Choice()
        self.source.setAccessibleName("Images")
        for key, title in _SOURCES:
            self.source.addItem(title, key)
        self.folder = IconButton("folder", "A folder of your images …", size=16)
        self.file = IconButton("file", "An image, or a file of images …", size=16)
        self.previous = IconButton("chevron-left", "Previous image", size=16)
        self.next = IconButton("chevron-right", "Next image", size=16)
        self.caption = ElidedLabel("", "caption")
        self.strip = Thumbnails()
        self.reading = Latest(context.jobs, "Reading images", self, quiet=False)
        self._build()
        self.source.activated.connect(lambda _: self.open(self.source.currentData()))
        self.folder.clicked.connect(self._choose_folder)
        self.file.clicked.connect(self._choose_file)
        self.previous.clicked.connect(lambda: self.choose(self.row - 1))
        self.next.clicked.connect(lambda: self.choose(self.row + 1))
        self.strip.chosen.connect(self.choose)
        self.reading.arrived.connect(self._arrived)
        self.reading.failed.connect(self._failed)

    def _build(self) -> None:
        places = QHBoxLayout()
        places.setSpacing(0)
        places.addWidget(self.source, 1)
        places.addWidget(self.folder)
        places.addWidget(self.file)
        self._steps = QHBoxLayout()
        self._steps.setSpacing(0)
        self._steps.addWidget(self.caption, 1)
        self._steps.addWidget(self.previous)
        self._steps.addWidget(self.next)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(places)
        self._column.addLayout(self._steps)
        self._column.addWidget(self.strip, 1)
        themes().changed.connect(self._fit)
        self._fit()

    def open(self, source: str, side: int | None = None) -> None:
        """Reads the images of ``source`` as squares of ``side`` pixels."""
        if side is None:
            side = SET_SIDE if source in dict(_SOURCES) else OWN_SIDE
        self.reading.ask(lambda: open_pictures(source, side), (source, side))

    def resize_to(self, side: int) -> None:
        """The same images at another size."""
        if self.images is not None:
            self.open(self.images.source, side)

    def choose(self, row: int) -> None:
        """Looks at image ``row``."""
        if self.images is not None and 0 <= row < len(self.images):
            self.row = row
            self._tell()
            self.changed.emit()

    def _arrived(self, images: ImageSet) -> None:
        same = self.images is not None and self.images.source == images.source
        self.row = min(self.row, len(images) - 1) if same else 0
        self.images = images
        if self.source.findData(images.source) < 0:
            self.source.addItem(images.name, images.source)
        self.source.setCurrentIndex(self.source.findData(images.source))
        self.strip.show_images(images.pixels)
        self._tell()
        self.changed.emit()

    def _failed(self, error: BaseException) -> None:
        shown = self.images.source if self.images is not None else _SOURCES[0][0]
        self.source.setCurrentIndex(self.source.findData(shown))
        self.context.notices.report(error)

    def _tell(self) -> None:
        if self.images is None:
            return
        label = int(self.images.labels[self.row])
        name = f", {self.images.classes[label]}" if label >= 0 and self.images.classes else ""
        self.caption.setText(f"Image {self.row + 1} of {len(self.images)}{name}")
        self.previous.setEnabled(self.row > 0)
        self.next.setEnabled(self.row < len(self.images) - 1)
        self.strip.choose(self.row)

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "A folder of images")
        if name:
            self.open(str(Path(name)))

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "An image, or a file of images")
        if name:
            self.open(str(Path(name)))

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(2))
