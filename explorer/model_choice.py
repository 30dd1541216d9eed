"""Which encoder a view looks through: those that ship, and all runs that have trained one."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from explorer.context import AppContext
from explorer.folders import runs_folder
from explorer.latest import Latest
from explorer.widgets import Choice
from models.events import Work
from models.training.shelf import RunCard, list_runs


class ModelChoice(QObject):
    """A choice that keeps up with the runs while it is in sight, and again when it comes there.

    What fails to load leaves the one before.

    Args:
        fixed: name and title of what is always there.
        mine: which runs are offered.
        loading: loads what has this name.
    """

    loaded = Signal(object)

    def __init__(
        self,
        context: AppContext,
        parent: QObject,
        fixed: Sequence[tuple[str, str]],
        mine: Callable[[RunCard], bool],
        loading: Callable[[str], Work[Any]],
    ) -> None:
        super().__init__(parent)
        self.context = context
        self.encoder: Any = None
        self.choice = Choice()
        self.choice.setAccessibleName("Encoder")
        self._mine, self._load = mine, loading
        self._fixed = list(fixed)
        self._cards: dict[str, RunCard] = {}
        self._shown: tuple[object, ...] | None = None  # the key of what was loaded
        self._wanted: str | None = None
        self.listing = Latest(context.jobs, "Looking for runs", self)
        self.loading = Latest(context.jobs, "Loading the encoder", self)
        self.choice.activated.connect(lambda _: self.load())
        self.listing.arrived.connect(self._listed)
        self.listing.failed.connect(context.notices.report)
        self.loading.arrived.connect(self._loaded)
        self.loading.failed.connect(self._failed)
        self.choice.shown.connect(self.refresh)
        context.session.runs_changed.connect(self._follow)
        context.session.run_changed.connect(self._follow)
        self._offer()

    @property
    def name(self) -> str:
        """What is chosen."""
        return str(self.choice.currentData() or "")

    @property
    def loaded_name(self) -> str:
        """What is loaded; empty while nothing is."""
        return "" if self._shown is None else str(self._shown[0])

    def refresh(self) -> None:
        """Reads again which runs there are, and loads what is chosen if that has changed."""
        folder, opened = runs_folder(), self.context.session.run
        self.listing.ask(lambda: list_runs(folder, opened), folder)

    def _follow(self, _run: object = None) -> None:
        if self.choice.isVisible():  # otherwise it is done when it is shown
            self.refresh()

    def want(self, folder: Path | None) -> None:
        """Chooses the run in ``folder`` as soon as it is known to have been saved."""
        self._wanted = None if folder is None else str(folder)

    def select(self, name: str) -> None:
        """Chooses what is called ``name``, if that is offered, and loads it."""
        at = self.choice.findData(name)
        if at >= 0:
            self.choice.setCurrentIndex(at)
            self.load()

    def load(self) -> None:
        """Loads what is chosen unless it is there already."""
        name = self.choice.currentData()
        if name is not None and self._key(name) != self._shown:
            key, work = self._key(name), self._load
            self.loading.ask(lambda: _keyed(key, work(name)), key)

    def _add(self, name: str, title: str) -> None:
        """Offers one more that is always there."""
        if name not in dict(self._fixed):
            self._fixed.append((name, title))
            self._offer()

    def _listed(self, cards: tuple[RunCard, ...]) -> None:
        self._cards = {str(card.folder): card for card in cards if card.trail and self._mine(card)}
        self._offer()
        self.load()

    def _offer(self) -> None:
        """Lists all there is; what is chosen stays, unless something else was wanted."""
        chosen = self.choice.currentData()
        offered = [*self._fixed, *((name, card.title) for name, card in self._cards.items())]
        self.choice.clear()
        for name, title in offered:
            self.choice.addItem(title, name)
        if self._wanted in dict(offered):
            chosen, self._wanted = self._wanted, None
        self.choice.setCurrentIndex(max(0, self.choice.findData(chosen)))

    def _key(self, name: str) -> tuple[object, ...]:
        """A run that has gone on is another encoder than before."""
        return name, self._cards[name].step if name in self._cards else 0

    def _loaded(self, found: tuple[tuple[object, ...], Any]) -> None:
        self._shown, self.encoder = found
        self.loaded.emit(self.encoder)

    def _failed(self, error: BaseException) -> None:
        if self._shown is not None:
            self.choice.setCurrentIndex(max(0, self.choice.findData(self._shown[0])))
        self.context.notices.report(error)


def _keyed(key: tuple[object, ...], work: Work[Any]) -> Work[tuple[tuple[object, ...], Any]]:
    encoder = yield from work
    return key, encoder
