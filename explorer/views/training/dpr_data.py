"""Where the questions of a run and their passages come from."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from explorer.views.training.fields import FieldColumn, choice
from explorer.views.training.places import offer
from explorer.widgets import IconButton, Label
from models.data.dpr_questions import BUNDLED, QuestionSource
from models.data.drafts import Columns
from models.data.tables import TABLE_SUFFIXES

_OWN = ("", "Own passages")
_KINDS = "SQuAD or DPR JSON, WikiQA TSV, a table of questions and passages, or questions alone"
_USES = (("question", "questions"), ("passage", "passages"), ("negative", "hard negatives"))


class QuestionFields(FieldColumn):
    """A set of questions, their corpus, and of a table its columns; ``changed`` follows every
    change, ``table_chosen`` carries a table whose columns are wanted."""

    table_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = choice("Questions", ((BUNDLED, "The sample"),))
        self.file = IconButton("file", "A file of questions …", size=16)
        self.folder = IconButton("folder", "A folder of SQuAD's or BEIR's …", size=16)
        self.corpus = choice("Searched in", (_OWN,))
        self.passages = IconButton("file", "A file of passages …", size=16)
        self.projects = IconButton("folder", "A folder of passages, or a project's …", size=16)
        self.columns = FieldColumn(self)
        self.uses = {
            use: choice(f"Column of {title}", (("", "by its name"),)) for use, title in _USES
        }
        self._table = ""
        for title, parts in (
            ("Questions", (self.box, self.file, self.folder)),
            ("Searched in", (self.corpus, self.passages, self.projects)),
        ):
            row = QHBoxLayout()
            row.setSpacing(0)
            for part in parts:
                row.addWidget(part, 1 if part is parts[0] else 0)
            self.column.addWidget(Label(title, "caption"))
            self.column.addLayout(row)
        for use, title in _USES:
            self.columns.add(f"Column of {title}", self.uses[use])
        self.columns.listen(*self.uses.values())
        self.columns.hide()
        self.column.addWidget(self.columns)
        self.box.activated.connect(lambda _: self._look())
        self.file.clicked.connect(lambda: self._ask_file(self.add_source, _KINDS))
        self.folder.clicked.connect(lambda: self._ask_folder(self.add_source, "Questions"))
        self.passages.clicked.connect(lambda: self._ask_file(self.add_corpus, "Passages"))
        self.projects.clicked.connect(lambda: self._ask_folder(self.add_corpus, "Passages"))
        self.listen(self.box, self.corpus, self.columns)

    @property
    def source(self) -> str:
        """The set of questions that is chosen."""
        return str(self.box.currentData())

    def questions(self, limit: int | None) -> QuestionSource:
        """All that is chosen here."""
        chosen = {use: str(box.currentData()) or None for use, box in self.uses.items()}
        columns = Columns(**chosen) if self._table == self.source else Columns()
        return QuestionSource(self.source, str(self.corpus.currentData()), columns, limit)

    def add_source(self, path: str) -> None:
        """Offers a file or a folder of questions, and chooses it."""
        offer(self.box, path)
        self._look()
        self.changed.emit()

    def add_corpus(self, path: str, name: str = "") -> None:
        """Offers passages to search in, and chooses them."""
        offer(self.corpus, path)
        if name:
            self.corpus.setItemText(self.corpus.currentIndex(), name)
        self.changed.emit()

    def offer_corpus(self, path: str, name: str) -> None:
        """Offers a project to search in, without choosing it."""
        before = self.corpus.currentIndex()
        offer(self.corpus, path)
        self.corpus.setItemText(self.corpus.currentIndex(), name)
        self.corpus.setCurrentIndex(before)

    def show_columns(self, path: str, columns: tuple[str, ...]) -> None:
        """Names the columns of a table, if it is still the one that is chosen."""
        if path != self.source:
            return
        self._table = path
        for box in self.uses.values():
            while box.count() > 1:
                box.removeItem(1)
            for name in columns:
                box.addItem(name, name)
        self.columns.show()
        self.changed.emit()

    def _look(self) -> None:
        self._table = ""
        self.columns.hide()
        if Path(self.source).suffix.lower() in set(TABLE_SUFFIXES) - {".json"}:
            self.table_chosen.emit(self.source)

    def _ask_file(self, choose: Callable[[str], None], what: str) -> None:
        name, _ = QFileDialog.getOpenFileName(self, what)
        if name:
            choose(name)

    def _ask_folder(self, choose: Callable[[str], None], what: str) -> None:
        name = QFileDialog.getExistingDirectory(self, f"{what}: a folder")
        if name:
            choose(name)
