"""The two models that back-translation takes, from the user's disk."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QVBoxLayout, QWidget

from explorer.settings import SettingsStore
from explorer.theme import space, themes
from explorer.widgets import ElidedLabel, IconButton, Label
from models.augment.back_translation import BackTranslation

_SETTINGS = "augmentation"
_SIDES = (("there", "There", "into another language"), ("back", "Back", "back from it"))
_ABOUT = (
    "Two folders of models such as MarianMT, which translate out of the sentence's language and "
    "back into it."
)


class Translators(QWidget):
    """``changed`` follows every choice; folders are remembered."""

    changed = Signal()

    def __init__(self, settings: SettingsStore) -> None:
        super().__init__()
        self._settings = settings
        self.folders: dict[str, Path] = {}
        self.names: dict[str, ElidedLabel] = {}
        self.open: dict[str, IconButton] = {}
        self.clear: dict[str, IconButton] = {}
        self._grid = QGridLayout()
        for row, (side, title, about) in enumerate(_SIDES):
            self.names[side] = ElidedLabel("no model chosen", "muted")
            self.open[side] = IconButton("folder", f"A model that translates {about} …", size=16)
            self.clear[side] = IconButton("close", f"Do without the model {side}", size=14)
            self._grid.addWidget(Label(title), row, 0)
            self._grid.addWidget(self.names[side], row, 1)
            self._grid.addWidget(self.clear[side], row, 2)
            self._grid.addWidget(self.open[side], row, 3)
            self.open[side].clicked.connect(lambda _=False, side=side: self._choose(side))
            self.clear[side].clicked.connect(lambda _=False, side=side: self.take(side, None))
        self._grid.setColumnStretch(1, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(Label("Back-translation"))
        self._column.addWidget(Label(_ABOUT, "caption", wrap=True))
        self._column.addLayout(self._grid)
        themes().changed.connect(self._fit)
        self._fit()
        for side in self.names:
            known = settings.view(_SETTINGS).get(side)
            if isinstance(known, str) and known and Path(known).is_dir():
                self.folders[side] = Path(known)
        self._show()

    def spec(self) -> BackTranslation | None:
        """Both models; None until both are chosen."""
        there, back = self.folders.get("there"), self.folders.get("back")
        return None if there is None or back is None else BackTranslation(there, back)

    def take(self, side: str, folder: Path | None) -> None:
        """Takes the model in ``folder`` for one of the two ways, or none."""
        if folder is None:
            self.folders.pop(side, None)
        else:
            self.folders[side] = folder
        self._settings.update_view(_SETTINGS, **{side: "" if folder is None else str(folder)})
        self._show()
        self.changed.emit()

    def _choose(self, side: str) -> None:
        name = QFileDialog.getExistingDirectory(self, "The folder of a translation model")
        if name:
            self.take(side, Path(name))

    def _show(self) -> None:
        for side, label in self.names.items():
            folder = self.folders.get(side)
            label.setText("no model chosen" if folder is None else folder.name)
            self.clear[side].setEnabled(folder is not None)

    def _fit(self, _theme: object = None) -> None:
        self._grid.setHorizontalSpacing(space(2))
        self._grid.setVerticalSpacing(0)
        self._column.setSpacing(space(1))
