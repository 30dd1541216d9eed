"""Which encoder of text a view looks through, and how its token states are pooled."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from explorer.context import AppContext
from explorer.model_choice import ModelChoice
from explorer.widgets import Choice
from models.encoders.base import Encoder
from models.events import Progress, Work
from models.text_encoders import load_text, shipped

#: Two that ship: one network before contrastive training and after it.
BEFORE, AFTER = "explorer-mini-mlm", "explorer-mini"
_FOLDER = "folder …"
_SETTINGS, _KNOWN, _MOST = "encoders", "folders", 8
_POOLINGS = (
    ("Own pooling", ""),
    ("mean pooling", "mean"),
    ("[CLS]", "cls"),
    ("max pooling", "max"),
    ("last token", "lasttoken"),
)


class EncoderChoice(ModelChoice):
    """Encoders that ship, runs on texts, and folders of the user's, which are remembered.

    ``loaded`` carries an ``Encoder``. Views place ``choice`` and, where they want it, ``pooling``.
    """

    def __init__(self, context: AppContext, parent: QObject, preferred: str = "") -> None:
        self.pooling = Choice()
        self.pooling.setAccessibleName("Pooling")
        for title, pooling in _POOLINGS:
            self.pooling.addItem(title, pooling)
        super().__init__(
            context, parent, shipped(), lambda card: card.kind != "image", self._loading
        )
        for folder in self._remembered():
            self._add(folder, Path(folder).name)
        self.choice.setCurrentIndex(max(0, self.choice.findData(preferred)))
        self.pooling.activated.connect(lambda _: self.load())

    def load(self) -> None:
        """Loads what is chosen; the last entry asks for a folder first."""
        if self.choice.currentData() == _FOLDER:
            self.choice.setCurrentIndex(max(0, self.choice.findData(self.loaded_name)))
            name = QFileDialog.getExistingDirectory(
                self.choice, "The folder of an encoder or a run on texts"
            )
            if not name:
                return
            self._add(name, Path(name).name)
            self.choice.setCurrentIndex(self.choice.findData(name))
        super().load()

    def swap_with(self, other: "EncoderChoice") -> None:
        """Each looks through the other's encoder, pooled as there; what is loaded stays so."""
        for side, known in ((self, other), (other, self)):
            for name, title in known._fixed:
                side._add(name, title)
        for part in ("pooling", "choice"):
            boxes = [getattr(side, part) for side in (self, other)]
            names = [box.currentData() for box in boxes]
            for box, name in zip(boxes, reversed(names), strict=True):
                box.setCurrentIndex(max(0, box.findData(name)))
        busy = self.loading.busy or other.loading.busy
        if busy or self.encoder is None or other.encoder is None:
            self.load()
            other.load()
            return
        # Both before any of them tells, or there would be a moment with one encoder on both sides.
        mine, theirs = (self._shown, self.encoder), (other._shown, other.encoder)
        (self._shown, self.encoder), (other._shown, other.encoder) = theirs, mine
        for side in (self, other):
            side.loaded.emit(side.encoder)

    def _offer(self) -> None:
        super()._offer()
        self.choice.addItem("A folder on disk …", _FOLDER)

    def _key(self, name: str) -> tuple[object, ...]:
        return *super()._key(name), self.pooling.currentData()

    def _loading(self, name: str) -> Work[Encoder]:
        pooling = self.pooling.currentData()
        return _loading(name, {"pooling": pooling} if pooling else {})

    def _loaded(self, found: tuple[tuple[object, ...], Any]) -> None:
        super()._loaded(found)
        name = self.loaded_name
        if name not in dict(shipped()) and name not in self._cards:
            others = [folder for folder in self._remembered() if folder != name]
            self.context.settings.update_view(_SETTINGS, **{_KNOWN: [name, *others][:_MOST]})

    def _failed(self, error: BaseException) -> None:
        if self._shown is not None:
            self.pooling.setCurrentIndex(max(0, self.pooling.findData(self._shown[2])))
        super()._failed(error)

    def _remembered(self) -> list[str]:
        folders = self.context.settings.view(_SETTINGS).get(_KNOWN, [])
        known = (
            [name for name in folders if isinstance(name, str)] if isinstance(folders, list) else []
        )
        return [name for name in known if Path(name).is_dir()]


def _loading(name: str, overrides: dict[str, Any]) -> Work[Encoder]:
    yield Progress("Loading the encoder")
    return load_text(name, **overrides)
