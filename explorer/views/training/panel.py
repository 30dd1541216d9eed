"""The left of the workspace: what to train, and the runs there are."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.views.training.dpr_form import DprForm
from explorer.views.training.fields import Wanted
from explorer.views.training.form import ImageForm
from explorer.views.training.reader_form import ReaderForm
from explorer.views.training.text_form import TextForm
from explorer.widgets import Button, Choice, IconButton, Label, ScrollPage, Segmented
from models.training.devices import Device
from models.training.estimate import Estimate
from models.training.shelf import RunCard

_KINDS = (
    ("image", "Images"),
    ("text", "Texts"),
    ("question", "Search"),
    ("reader", "Reader"),
)
_FORMS = {"image": ImageForm, "text": TextForm, "question": DprForm, "reader": ReaderForm}
Form = ImageForm | TextForm | DprForm | ReaderForm


class ControlPanel(QWidget):
    """The form in a column that scrolls; what starts, stops and opens runs stays in sight.

    A form is made when its kind of run is first wanted. ``chosen`` carries the folder of an
    earlier run, or None for a new one; ``table_chosen`` the path of a table of questions whose
    columns are wanted.
    """

    chosen = Signal(object)
    table_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scroll = ScrollPage(parent=self)
        self._forms = self._scroll.body
        self.kind = Segmented(_KINDS, "Train on")
        self.kind.setProperty("compact", True)  # four names in a narrow column
        self._made: dict[str, Form] = {}
        self._devices: tuple[Device, ...] = ()
        self._corpus: tuple[str, str] | None = None
        self.past = Choice()
        self.past.setAccessibleName("Runs")
        self.estimate = Button("Estimate", "normal", "cpu")
        self.guess = Label("", "caption", wrap=True)
        self.go = Button("Train", "primary", "play")
        self.resume = Button("Go on", "primary", "play")
        self.pause = Button("Pause", "normal", "pause")
        self.stop = Button("Stop", "normal", "stop")
        self.new = IconButton("plus", "A new run", size=16)
        self.browse = IconButton("folder", "Open the folder of a run …", size=16)
        self._cards: tuple[RunCard, ...] = ()
        self._build()
        self.past.activated.connect(lambda _: self.chosen.emit(self.folder))
        self.new.clicked.connect(lambda: self.select(None))
        self.browse.clicked.connect(self._browse)
        self.kind.changed.connect(self._turn)
        themes().changed.connect(self._fit)
        self._fit()
        self.show_runs(())

    def _build(self) -> None:
        self._body = QVBoxLayout(self._forms)
        self._body.addStretch(1)
        self.form.show()
        self._runs = QHBoxLayout()
        self._runs.addWidget(Label("Run", "caption"))
        self._runs.addStretch(1)
        self._runs.addWidget(self.new)
        self._runs.addWidget(self.browse)
        self._settings = Label("Settings of a new run", "caption")
        self._buttons = QHBoxLayout()
        for button in (self.estimate, self.go, self.resume, self.pause, self.stop):
            self._buttons.addWidget(button, 1)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._runs)
        self._column.addWidget(self.past)
        self._column.addWidget(self._settings)
        self._column.addWidget(self.kind)
        self._column.addWidget(self._scroll, 1)
        self._column.addWidget(self.guess)
        self._column.addLayout(self._buttons)

    @property
    def form(self) -> ImageForm:
        """Of runs on images."""
        return self._form("image")

    @property
    def text(self) -> TextForm:
        """Of runs on sentences."""
        return self._form("text")

    @property
    def questions(self) -> DprForm:
        """Of runs on questions and passages."""
        return self._form("question")

    @property
    def reader(self) -> ReaderForm:
        """Of runs that train a reader."""
        return self._form("reader")

    def _form(self, kind: str) -> Any:
        """The form of a kind of run, made now if it was not yet; it knows what was offered."""
        if kind not in self._made:
            form = self._made[kind] = _FORMS[kind](self._forms)
            form.hide()
            form.setEnabled(self.kind.isEnabled())
            self._body.insertWidget(self._body.count() - 1, form)
            form.changed.connect(lambda: self.guess.setText(""))
            if isinstance(form, DprForm):
                form.table_chosen.connect(self.table_chosen)
            if self._devices:
                form.more.optimising.offer(self._devices)
            if self._corpus and isinstance(form, TextForm | DprForm):
                form.offer_corpus(*self._corpus)
        return self._made[kind]

    @property
    def folder(self) -> Path | None:
        """The earlier run that is chosen; None means a new one."""
        name = self.past.currentData()
        return Path(name) if name else None

    @property
    def card(self) -> RunCard | None:
        """What is known of the chosen run."""
        return next((card for card in self._cards if card.folder == self.folder), None)

    def show_runs(self, cards: tuple[RunCard, ...]) -> None:
        """Lists the runs, the latest first, under "A new run"; the choice stays."""
        before, self._cards = self.folder, cards
        self.past.clear()
        self.past.addItem("A new run", "")
        for card in cards:
            state = "" if card.finished else f" (step {card.step:,} of {card.steps:,})"
            self.past.addItem(f"{card.title}{state}", str(card.folder))
        self.choose(before)

    def choose(self, folder: Path | None) -> None:
        """Puts the choice on a run, without opening it."""
        at = self.past.findData(str(folder) if folder else "")
        self.past.setCurrentIndex(max(0, at))

    def select(self, folder: Path | None) -> None:
        """Chooses a run as a click would."""
        self.choose(folder)
        self.chosen.emit(self.folder)

    def show_state(self, running: bool, paused: bool, estimating: bool) -> None:
        """What can be done now."""
        card, new = self.card, self.folder is None
        unfinished = card is not None and not card.finished
        self.go.setVisible(not running and not unfinished)
        self.resume.setVisible(not running and unfinished)
        self.estimate.setVisible(not running and new)
        self.estimate.setEnabled(not estimating)
        self.estimate.setText("Trying …" if estimating else "Estimate")
        self.pause.setVisible(running)
        self.stop.setVisible(running)
        for part in (self.kind, *self._made.values()):
            part.setEnabled(not running)
        self.past.setEnabled(not running)
        self.browse.setEnabled(not running)
        self.new.setEnabled(not running and not new)
        self.pause.setText("Go on" if paused else "Pause")
        self.pause.set_icon("play" if paused else "pause")

    def show_estimate(self, guess: Estimate) -> None:
        """Time and memory in a sentence."""
        need = f"{_bytes(guess.memory)} of memory"
        if guess.free is not None:
            need += f", of {_bytes(guess.free)} that are free"
        more = guess.free is not None and guess.memory > guess.free
        advice = " That is more than there is: lower the batch size." if more else ""
        self.guess.setText(
            f"About {_duration(guess.seconds)} for {guess.steps:,} steps of "
            f"{guess.step_seconds:.2g} s, and {need}, beside the data.{advice}"
        )

    def _browse(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Open the folder of a run")
        if name:
            self.chosen.emit(Path(name))

    def offer(self, devices: tuple[Device, ...]) -> None:
        """Names the devices of this machine."""
        self._devices = devices
        for form in self._made.values():
            form.more.optimising.offer(devices)

    def offer_corpus(self, path: str, title: str) -> None:
        """Offers what is open, to take sentences from or to search in."""
        self._corpus = path, title
        for form in self._made.values():
            if isinstance(form, TextForm | DprForm):
                form.offer_corpus(path, title)

    def wanted(self) -> Wanted:
        """The run that the form in sight describes."""
        wanted: Wanted = self._form(self.kind.value).wanted()
        return wanted

    def turn(self, kind: str) -> None:
        """Shows the form of a kind of run."""
        self.kind.set_value(kind)
        self._turn(kind)

    def _turn(self, kind: str) -> None:
        wanted = self._form(kind)
        for form in self._made.values():
            form.setVisible(form is wanted)
        self.guess.setText("")

    def _fit(self, _theme: object = None) -> None:
        self._body.setContentsMargins(0, 0, space(3), 0)
        self._column.setContentsMargins(0, 0, 0, space(3))
        self._column.setSpacing(space(2))
        self._buttons.setSpacing(space(2))
        self._runs.setSpacing(space(1))


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes"
    hours = seconds / 3600
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.0f} days"


def _bytes(count: int) -> str:
    mebi = count / 2**20
    return f"{mebi:,.0f} MiB" if mebi < 1024 else f"{mebi / 1024:.1f} GiB"
