"""Which encoder, what its own files say of it, and what the user overrides."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from explorer.jobs import Jobs
from explorer.notices import Notices
from explorer.theme import space
from explorer.widgets import Button, Choice, Label
from models.encoders.card import EncoderCard
from models.events import Progress, Work
from models.opening import encoder_of
from models.project import Recipe

_KINDS = (
    ("bundled", "all-MiniLM-L6-v2 (bundled)"),
    ("folder", "A model folder on disk, or a run"),
    ("pair", "A question and a context encoder on disk (DPR)"),
    ("hub", "A name on the Hugging Face hub (needs a network)"),
)
_AUTO = "as the model says"
_USUAL = 384  # dimensions of a small encoder, the bundled one's
_CHOICES: dict[str, tuple[str, tuple[tuple[str, Any], ...]]] = {
    "pooling": (
        "Pooling",
        (("mean", "mean"), ("[CLS]", "cls"), ("max", "max"), ("last token", "lasttoken")),
    ),
    "normalize": ("Normalised", (("yes", True), ("no", False))),
    "similarity": ("Similarity", (("cosine", "cosine"), ("dot product", "dot"))),
}


class EncoderForm(QWidget):
    """The encoder's name or folder, its conventions as read, and overrides."""

    changed = Signal()

    def __init__(self, jobs: Jobs, notices: Notices) -> None:
        super().__init__()
        self._jobs, self._notices = jobs, notices
        self.kind = Choice()
        self.kind.setAccessibleName("Encoder")
        for key, title in _KINDS:
            self.kind.addItem(title, key)
        self.first, self.second = QLineEdit(), QLineEdit()
        self.browse_first, self.browse_second = Button("Browse …"), Button("Browse …")
        self.overrides = {name: Choice() for name in _CHOICES}
        self.read = Button("Read its conventions", "quiet", "eye")
        self.card = Label("", "muted", wrap=True)
        #: Of its vectors, as far as is known yet.
        self.dimensions = _USUAL
        self._build()
        self.kind.currentIndexChanged.connect(self._suit)
        self.browse_first.clicked.connect(lambda: self._browse(self.first))
        self.browse_second.clicked.connect(lambda: self._browse(self.second))
        self.read.clicked.connect(self._read)
        for edit in (self.first, self.second):
            edit.textChanged.connect(self._stale)
        for box in self.overrides.values():
            box.currentIndexChanged.connect(self._stale)
        self._suit()

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(space(3))
        for column, (name, (title, choices)) in enumerate(_CHOICES.items()):
            box = self.overrides[name]
            box.setAccessibleName(title)
            box.addItem(_AUTO, None)
            for text, value in choices:
                box.addItem(text, value)
            grid.addWidget(Label(title, "muted"), 0, column)
            grid.addWidget(box, 1, column)
        self._places = [QWidget(), QWidget()]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space(2))
        column.addWidget(self.kind)
        pairs = zip(
            self._places,
            (self.first, self.second),
            (self.browse_first, self.browse_second),
            strict=True,
        )
        for place, edit, browse in pairs:
            row = QHBoxLayout(place)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(edit, 1)
            row.addWidget(browse)
            column.addWidget(place)
        column.addLayout(grid)
        foot = QHBoxLayout()
        foot.addWidget(self.card, 1)
        foot.addWidget(self.read)
        column.addLayout(foot)

    def name(self) -> str:
        """What ``load_text`` takes; empty while it is not complete."""
        kind = self.kind.currentData()
        first, second = self.first.text().strip(), self.second.text().strip()
        if kind == "bundled":
            return "bundled"
        if kind == "pair":
            return f"{first},{second}" if first and second else ""
        return first

    def apply(self, recipe: Recipe) -> Recipe:
        """``recipe`` with this encoder."""
        chosen = {name: box.currentData() for name, box in self.overrides.items()}
        overrides = {name: value for name, value in chosen.items() if value is not None}
        return replace(recipe, encoder=self.name(), overrides=overrides)

    def _suit(self) -> None:
        kind = self.kind.currentData()
        self._places[0].setVisible(kind != "bundled")
        self._places[1].setVisible(kind == "pair")
        self.browse_first.setVisible(kind != "hub")
        hints = {"folder": "Model folder", "pair": "Question encoder", "hub": "owner/name"}
        for edit, hint in ((self.first, hints.get(kind, "")), (self.second, "Context encoder")):
            edit.setPlaceholderText(hint)
            edit.setAccessibleName(hint)
        self._stale()

    def _stale(self) -> None:
        self.card.setText("")
        self.dimensions = _USUAL
        self.read.setEnabled(bool(self.name()))
        self.changed.emit()

    def _browse(self, edit: QLineEdit) -> None:
        name = QFileDialog.getExistingDirectory(self, "Choose a model folder")
        if name:
            edit.setText(name)

    def _read(self) -> None:
        self.card.setText("Reading …")
        recipe = self.apply(Recipe(sources=()))
        self._jobs.start(
            "Reading the encoder", _reading(recipe), done=self._show, failed=self._refused
        )

    def _show(self, card: EncoderCard) -> None:
        self.card.setText(" ".join([sentence(card), *card.notes]))
        self.dimensions = card.dimensions

    def _refused(self, error: BaseException) -> None:
        self.card.setText("")
        self._notices.report(error)


def sentence(card: EncoderCard) -> str:
    """A card's conventions in words."""
    conventions = card.conventions
    length = "normalised" if conventions.normalize else "not normalised"
    pooling = {"cls": "[CLS]", "lasttoken": "last-token"}.get(
        conventions.pooling, conventions.pooling
    )
    return (
        f"{card.name}: {card.dimensions} dimensions, {pooling} pooling, {length}, compared by "
        f"{'cosine' if conventions.similarity == 'cosine' else 'dot product'}, up to "
        f"{conventions.max_length} tokens."
    )


def _reading(recipe: Recipe) -> Work[EncoderCard]:
    yield Progress("Loading the encoder")
    return encoder_of(recipe).card
