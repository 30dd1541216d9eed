"""The question that is studied: which one, how many negatives, and the seed of the dice."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.widgets import ElidedLabel, IconButton, Label, NumberField, SearchField
from models.negative_study.gathered import Gathered
from models.negative_study.pick import Spec

_PARTS = {
    "train": "in the part that runs learn from",
    "dev": "in the part that settings are chosen by",
    "held": "held out of training",
}
_SEEDS = 10_000


class QuestionRow(QWidget):
    """``stepped`` carries +1 or −1; ``searched`` what was typed; ``changed``: another spec."""

    stepped = Signal(int)
    searched = Signal(str)
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.before = IconButton("chevron-left", "Previous question (Ctrl+Page up)")
        self.after = IconButton("chevron-right", "Next question (Ctrl+Page down)")
        self.words = SearchField("Search questions", "Search in the questions")
        self.words.setProperty("role", "")  # as high as the fields beside it
        self.text = ElidedLabel("", "heading")
        self.about = ElidedLabel("", "caption")
        self.each = NumberField("Negatives of each kind", 1, 16, 4)
        self.each.setToolTip("Negatives of each kind")
        self.seed = NumberField("Seed", 0, _SEEDS - 1, 0)
        self.seed.setToolTip("Seed of what is drawn: the batch, and random passages")
        self.dice = IconButton("dice", "Draw another batch")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self._lines.addWidget(self.text)
        self._lines.addWidget(self.about)
        for part in (self.before, self.after, self.words):
            self._row.addWidget(part)
        self._row.addLayout(self._lines, 1)
        for part in (Label("Each", "muted"), self.each, Label("Seed", "muted"), self.seed):
            self._row.addWidget(part)
        self._row.addWidget(self.dice)
        self.before.clicked.connect(lambda: self.stepped.emit(-1))
        self.after.clicked.connect(lambda: self.stepped.emit(1))
        self.words.textEdited.connect(self.searched)
        self.each.editingFinished.connect(self._tell)
        self.seed.editingFinished.connect(self._tell)
        self.dice.clicked.connect(self._throw)
        self._told = self.spec
        themes().changed.connect(self._fit)
        self._fit()

    @property
    def spec(self) -> Spec:
        """How many negatives, and the seed."""
        return Spec(self.each.value(), self.seed.value())

    def show_question(self, gathered: Gathered | None, place: int) -> None:
        """Shows the question at ``place``; none without a set."""
        for part in (self.before, self.after, self.words, self.dice):
            part.setEnabled(gathered is not None)
        if gathered is None:
            self.text.setText("")
            self.about.setText("")
            return
        question = gathered.questions[place]
        self.text.setText(question.text)
        answers = " / ".join(question.answers)
        what = [f"{place + 1:,} of {len(gathered.questions):,}"]
        what.append(f"answer: {answers}" if answers else "no answer given")
        what.append(_PARTS[gathered.parts[place]])
        self.about.setText(" · ".join(what))

    def _throw(self) -> None:
        self.seed.setValue((self.seed.value() + 1) % _SEEDS)
        self._tell()

    def _tell(self) -> None:
        if self.spec != self._told:
            self._told = self.spec
            self.changed.emit()

    def _fit(self, _theme: object = None) -> None:
        self._row.setSpacing(space(2))
        self.words.setFixedWidth(px(180))
        self.each.setFixedWidth(px(46))
        self.seed.setFixedWidth(px(62))
