"""What lies behind the cell of the table that is looked at."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from explorer.context import AppContext
from explorer.latest import Latest
from explorer.theme import px, space, themes
from explorer.views.encoders.scores_board import Board
from explorer.views.encoders.scores_rows import Entry, Line, task_of
from explorer.views.encoders.scores_sts import StsDetail
from explorer.views.encoders.scores_words import absent, facts
from explorer.widgets import Button, Card, Label
from models.data.sts import Pair
from models.errors import InputError
from models.evaluation.disagreement import Disagreement, disagreement
from models.evaluation.score_table import Column
from models.evaluation.text_material import GEOMETRY, TRIPLETS
from models.evaluation.text_scores import Score, ScoreShelf
from models.events import Progress, Work

_HINT = (
    "Choose a figure. Behind one of an STS task are its pairs, each with what people judged and "
    "the encoder's cosine."
)
_ASIDE = {GEOMETRY: "alignment and uniformity", TRIPLETS: "the triplets"}


class Detail(Card):
    """``wanted`` carries an entry and the task that it is to be measured by."""

    wanted = Signal(object, str)

    def __init__(self, context: AppContext, board: Board) -> None:
        super().__init__(padding=4)
        self._board = board
        self._entry: Entry | None = None
        self._task = ""
        self._shown: tuple[str, str, str] | None = None  # encoder, task and data of the pairs
        self.heading = Label("", "heading", wrap=True)
        self.words = Label(_HINT, "muted", wrap=True)
        self.measure = Button("Measure", "normal", "play")
        self.sts = StsDetail()
        self.reading = Latest(context.jobs, "Reading pairs", self)
        self.reading.arrived.connect(self._arrived)
        self.reading.failed.connect(self._failed)
        self.measure.clicked.connect(lambda: self.wanted.emit(self._entry, self._task))
        self._row = QHBoxLayout()
        self._row.addWidget(self.measure)
        self._row.addStretch(1)
        for part in (self.heading, self.words):
            self.column.addWidget(part)
        self.column.addLayout(self._row)
        self.column.addWidget(self.sts, 1)
        self.column.addStretch(0)
        themes().changed.connect(self._room)
        self.show_cell(None, None)

    def show_cell(self, line: Line | None, column: Column | None) -> None:
        """Shows what is known of a cell; a column of None is the encoder itself."""
        entry = None if line is None else line.entry
        task = "" if column is None else task_of(column)
        score = None if entry is None else entry.scores.get(task)
        self._entry, self._task = entry, task
        self.heading.setText(_heading(line, column))
        self.heading.setVisible(line is not None)
        self.words.setText(_words(line, column, score))
        survey = self._board.survey
        self.measure.setVisible(
            entry is not None
            and column is not None
            and score is None
            and task not in entry.pending
            and survey is not None
            and task in survey.data
        )
        if column is not None:
            self.measure.setText(f"Measure {_ASIDE.get(task, column.title)}")
        pairs = None if survey is None else survey.pairs.get(task)
        if entry is None or score is None or pairs is None:
            self._no_pairs()
            return
        key = (entry.key, task, score.data)
        if key != self._shown:
            self._shown = key
            shelf = self._board.shelf
            self.reading.ask(lambda: _reading(shelf, entry.key, score, pairs), key)
        self.sts.show()
        self._room()

    def _no_pairs(self) -> None:
        self._shown = None
        self.reading.forget()
        self.sts.hide()
        self.sts.show_pairs(None)
        self._room()

    def _arrived(self, found: Disagreement) -> None:
        self.sts.show_pairs(found)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, InputError):
            raise error
        self.sts.hide()
        self.words.setText(str(error))
        self._room()

    def _room(self, _theme: object = None) -> None:
        pairs = not self.sts.isHidden()
        self.setMinimumHeight(px(345) if pairs else 0)
        fit = QSizePolicy.Policy.Expanding if pairs else QSizePolicy.Policy.Maximum
        self.setSizePolicy(QSizePolicy.Policy.Preferred, fit)
        self.column.setSpacing(space(2))


def _reading(
    shelf: ScoreShelf, key: str, score: Score, pairs: tuple[Pair, ...]
) -> Work[Disagreement]:
    yield Progress("Reading pairs")
    cosines = shelf.cosines(key, score)
    if cosines is None or len(cosines) != len(pairs):
        raise InputError("The cosines of these pairs could not be kept on the disk.")
    yield Progress("Ranking pairs")
    return disagreement(pairs, cosines)


def _heading(line: Line | None, column: Column | None) -> str:
    if line is None:
        return ""
    return line.row.title if column is None else f"{column.title} · {line.row.title}"


def _words(line: Line | None, column: Column | None, score: Score | None) -> str:
    if line is None:
        return _HINT
    if column is None:
        if line.entry is None:
            return f"Figures that {line.row.about} print. {_HINT}"
        return f"Loaded from {line.entry.source}. {_HINT}"
    return facts(column, score) if score is not None else absent(line, column)
