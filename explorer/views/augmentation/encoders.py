"""Whose opinion is asked: the bundled encoder, any run, or a network that has learnt nothing."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.context import AppContext
from explorer.folders import runs_folder
from explorer.latest import Latest
from explorer.widgets import Choice
from models.augment.fresh import fresh_encoder
from models.encoders.image_folder import CONFIG, ImageEncoder, bundled_image_encoder
from models.events import Progress, Work
from models.training.recipes.catalog import BUNDLED, load_image_encoder
from models.training.shelf import RunCard, list_runs

FRESH = "fresh"


class Encoders(QObject):
    """A choice that keeps up with the runs. What fails to load leaves the one before."""

    loaded = Signal(object)

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self.context = context
        self.encoder: ImageEncoder | None = None
        self.choice = Choice()
        self.choice.setAccessibleName("Encoder")
        if (bundled_image_encoder() / CONFIG).is_file():
            self.choice.addItem("Bundled encoder", BUNDLED)
        self.choice.addItem("Untrained network", FRESH)
        self._fixed = self.choice.count()
        self._cards: dict[str, RunCard] = {}
        self._shown: tuple[str, int] | None = None  # name and step of what was loaded
        self._wanted: Path | None = context.session.run
        self.listing = Latest(context.jobs, "Looking for runs", self)
        self.loading = Latest(context.jobs, "Loading the encoder", self)
        self.choice.activated.connect(lambda _: self.load())
        self.listing.arrived.connect(self._listed)
        self.listing.failed.connect(context.notices.report)
        self.loading.arrived.connect(self._loaded)
        self.loading.failed.connect(self._failed)

    @property
    def is_trained(self) -> bool:
        """Whether the one that is loaded has learnt anything."""
        return self._shown is not None and self._shown[0] != FRESH

    def refresh(self) -> None:
        """Reads again which runs there are, and loads what is chosen if that has changed."""
        folder, opened = runs_folder(), self.context.session.run
        self.listing.ask(lambda: list_runs(folder, opened), folder)

    def want(self, folder: Path | None) -> None:
        """Chooses the run in ``folder`` as soon as it is known to have been saved."""
        self._wanted = folder

    def load(self) -> None:
        """Loads what is chosen unless it is there already."""
        name = self.choice.currentData()
        if name is not None and self._key(name) != self._shown:
            key = self._key(name)
            self.loading.ask(lambda: _loading(key), key)

    def _listed(self, cards: tuple[RunCard, ...]) -> None:
        chosen = self.choice.currentData()
        self._cards = {
            str(card.folder): card for card in cards if card.trail and card.kind == "image"
        }
        while self.choice.count() > self._fixed:
            self.choice.removeItem(self._fixed)
        for name, card in self._cards.items():
            self.choice.addItem(card.title, name)
        if self._wanted is not None and str(self._wanted) in self._cards:
            chosen, self._wanted = str(self._wanted), None
        self.choice.setCurrentIndex(max(0, self.choice.findData(chosen)))
        self.load()

    def _key(self, name: str) -> tuple[str, int]:
        return name, self._cards[name].step if name in self._cards else 0

    def _loaded(self, found: tuple[tuple[str, int], ImageEncoder]) -> None:
        self._shown, self.encoder = found
        self.loaded.emit(self.encoder)

    def _failed(self, error: BaseException) -> None:
        if self._shown is not None:
            self.choice.setCurrentIndex(max(0, self.choice.findData(self._shown[0])))
        self.context.notices.report(error)


def _loading(key: tuple[str, int]) -> Work[tuple[tuple[str, int], ImageEncoder]]:
    yield Progress("Loading the encoder")
    name, _ = key
    encoder = (yield from fresh_encoder()) if name == FRESH else load_image_encoder(name)
    return key, encoder
