"""What is measured next: an encoder, the tasks, and where their data lie."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from explorer.context import AppContext
from explorer.encoder_choice import EncoderChoice
from explorer.test_sets import ask_senteval, ask_triplets
from explorer.theme import px, space, themes
from explorer.views.encoders.scores_board import Board
from explorer.widgets import Button, Choice, Menu
from models.data.nli import BUNDLED
from models.data.senteval import TRANSFER_TASKS
from models.data.sts import STS_TASKS
from models.evaluation.text_material import GEOMETRY, TASKS, TRIPLETS

#: Title and tasks of what can be measured in one go, the quickest first.
KINDS = {
    "quick": ("STS-B, quick", ("STSB", GEOMETRY, TRIPLETS)),
    "sts": ("STS tasks", (*STS_TASKS, GEOMETRY, TRIPLETS)),
    "transfer": ("Transfer tasks", TRANSFER_TASKS),
    "all": ("All tasks", TASKS),
}


class ScoresBar(QWidget):
    """``wanted`` carries the card of an encoder and the tasks to measure it by."""

    wanted = Signal(object, object)

    def __init__(self, context: AppContext, board: Board) -> None:
        super().__init__()
        self._board, self._settings = board, context.settings
        self.encoders = EncoderChoice(context, self)
        self.kind = Choice()
        self.kind.setAccessibleName("Tasks")
        for name, (title, _) in KINDS.items():
            self.kind.addItem(title, name)
        self.go = Button("Measure", "primary", "play")
        self.data = Button("Test sets", "normal", "database")
        self._build()
        self.go.clicked.connect(self._measure)
        self.data.clicked.connect(self._data_menu)
        self.encoders.loaded.connect(lambda _: self.settle())
        self.kind.activated.connect(lambda _: self.settle())
        board.changed.connect(self.settle)
        themes().changed.connect(self._fit)
        self._fit()
        self.settle()

    def _build(self) -> None:
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._grows = (self.encoders.choice, self.encoders.pooling, self.kind)
        for part in self._grows:
            part.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._row.addWidget(part, 3 if part is self.kind else 4)
        self._row.addWidget(self.go)
        self._row.addStretch(0)
        self._row.addWidget(self.data)

    def _data_menu(self) -> None:
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("SentEval folder …").triggered.connect(self.ask_folder)
        menu.addSeparator()
        menu.addAction("File of triplets …").triggered.connect(self._ask_triplets)
        bundled = menu.addAction("Bundled triplets")
        bundled.setEnabled(self._board.triplets != BUNDLED)
        bundled.triggered.connect(self._board.use_bundled_triplets)
        menu.popup(self.data.mapToGlobal(QPoint(0, self.data.height() + space(1))))

    def ask_folder(self) -> None:
        """Asks for the folder of the tasks."""
        if ask_senteval(self, self._settings):
            self._board.refresh(anew=True)

    def _ask_triplets(self) -> None:
        if ask_triplets(self, self._settings):
            self._board.refresh(anew=True)

    @property
    def tasks(self) -> tuple[str, ...]:
        """What is chosen to be measured."""
        return KINDS[self.kind.currentData()][1]

    def _measure(self) -> None:
        if self.encoders.encoder is not None:
            self.wanted.emit(self.encoders.encoder.card, self.tasks)

    def settle(self) -> None:
        """What can be done now."""
        board, survey = self._board, self._board.survey
        there = () if survey is None else tuple(t for t in self.tasks if t in survey.data)
        encoder = self.encoders.encoder
        entry = None if encoder is None else board.entry(encoder.card.key)
        done = entry is not None and all(t in entry.scores or t in entry.pending for t in there)
        self.go.setEnabled(encoder is not None and bool(there) and not done)
        self.go.setToolTip(_why(encoder is not None, bool(there), done))

    def _fit(self, _theme: object = None) -> None:
        self._row.setSpacing(space(2))
        for part, width in zip(self._grows, (420, 210, 260), strict=True):
            part.setMaximumWidth(px(width))


def _why(loaded: bool, there: bool, done: bool) -> str:
    """Why nothing can be measured; empty where it can."""
    if not loaded:
        return "The encoder is being loaded."
    if not there:
        return "The files of these tasks are not there."
    return "All of this is measured already." if done else ""
