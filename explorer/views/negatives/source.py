"""Which questions are studied, and over which passages."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from explorer.context import AppContext
from explorer.theme import space, themes
from explorer.widgets import Choice, IconButton, Label
from models.data.dpr_questions import BUNDLED, QuestionSource
from models.project import Project

_SETTINGS, _FILES, _BY_CORPUS, _MOST = "negatives", "files", "by corpus", 8
_KINDS = "Questions (*.json *.jsonl *.ndjson *.csv *.tsv *.tab *.txt *.parquet);;All files (*)"
_SIZES = (("at most 2,000", 2000), ("at most 10,000", 10_000), ("all of them", 0))
_OWN, _OPEN = "own", "open"
#: What may be dropped here.
SUFFIXES = (".json", ".jsonl", ".ndjson")


class SourceRow(QWidget):
    """``changed`` tells that other questions or passages are wanted.

    For the sample its own questions are chosen; for another corpus those that were asked of it
    last, and none before.
    """

    changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._settings = context.settings
        self._project: Project | None = None
        self.box, self.corpus, self.size = Choice(), Choice(), Choice()
        self.box.setAccessibleName("Questions")
        self.corpus.setAccessibleName("Searched in")
        self.size.setAccessibleName("How many questions and passages")
        self.box.setPlaceholderText("No questions chosen")
        self.size.setToolTip(
            "So many questions and passages, drawn at random with seed 0; right ones always"
        )
        for title, count in _SIZES:
            self.size.addItem(title, count)
        self.size.hide()
        self.file = IconButton("file", "SQuAD or DPR JSON, or JSON lines with questions …", size=16)
        self.folder = IconButton("folder", "A folder of SQuAD's or BEIR's …", size=16)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for part, share in (
            (Label("Questions", "muted"), 0),
            (self.box, 4),
            (self.file, 0),
            (self.folder, 0),
            (Label("Searched in", "muted"), 0),
            (self.corpus, 4),
            (self.size, 2),
        ):
            self._row.addWidget(part, share)
        for box in (self.box, self.corpus, self.size):
            box.activated.connect(lambda _: self.changed.emit())
        self.file.clicked.connect(self.ask_file)
        self.folder.clicked.connect(self._ask_folder)
        themes().changed.connect(self._fit)
        self._fit()
        self.set_project(context.session.project)
        context.session.project_changed.connect(self._follow)

    @property
    def wanted(self) -> QuestionSource | None:
        """What is chosen; None while no questions are."""
        name = self.box.currentData()
        if name is None:
            return None
        if self.corpus.currentData() == _OPEN and self._project is not None:
            return QuestionSource(str(name), str(self._project.folder))
        return QuestionSource(str(name))

    @property
    def most(self) -> int | None:
        """Questions, and passages, at most."""
        return self.size.currentData() or None

    @property
    def key(self) -> object:
        """The same for the same questions over the same passages."""
        open_ = self.corpus.currentData() == _OPEN and self._project is not None
        return self.wanted, self.most, self._project.vectors_key if open_ else ""

    @property
    def corpus_name(self) -> str:
        """The open corpus, by name."""
        return "a corpus" if self._project is None else self._project.manifest.name

    def set_project(self, project: Project | None) -> None:
        """Offers the open corpus, and chooses its questions."""
        self._project = project
        chosen: str | None = None
        if project is not None:
            sample = project.manifest.recipe.sources == (BUNDLED,)
            chosen = BUNDLED if sample else self._remembered(project)
        self._list(chosen, own=project is None)

    def choose(self, name: str, own: bool = False) -> None:
        """Chooses the sample's questions or those of a file or folder."""
        self._list(name, own=own)
        self.changed.emit()

    def accept(self, wanted: QuestionSource, most: int) -> None:
        """``wanted`` could be read, with so many questions or passages: it is remembered."""
        self.size.setVisible(most > int(_SIZES[0][1]))
        if wanted.source == BUNDLED:
            return
        files = [wanted.source, *(path for path in self._files() if path != wanted.source)]
        known = self._settings.view(_SETTINGS).get(_BY_CORPUS)
        by_corpus = dict(known) if isinstance(known, dict) else {}
        if wanted.corpus:
            by_corpus[wanted.corpus] = wanted.source
        self._settings.update_view(_SETTINGS, **{_FILES: files[:_MOST], _BY_CORPUS: by_corpus})

    def ask_file(self) -> None:
        """Asks for a file of questions."""
        name, _ = QFileDialog.getOpenFileName(self, "Questions", "", _KINDS)
        if name:
            self.choose(name, own=self.corpus.currentData() == _OWN)

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "A folder of questions")
        if name:
            self.choose(name, own=self.corpus.currentData() == _OWN)

    def _follow(self, project: Project | None) -> None:
        self.set_project(project)
        self.changed.emit()

    def _list(self, chosen: str | None, own: bool) -> None:
        self.box.clear()
        self.box.addItem("The sample's questions", BUNDLED)
        for path in dict.fromkeys([*([chosen] if chosen else []), *self._files()]):
            if path != BUNDLED:
                self.box.addItem(Path(path).name or path, path)
        self.box.setCurrentIndex(-1 if chosen is None else self.box.findData(chosen))
        self.corpus.clear()
        self.corpus.addItem("Passages of the questions", _OWN)
        if self._project is not None:
            self.corpus.addItem(f"Open corpus: {self.corpus_name}", _OPEN)
            self.corpus.setCurrentIndex(0 if own else 1)

    def _files(self) -> list[str]:
        files = self._settings.view(_SETTINGS).get(_FILES, [])
        known = [each for each in files if isinstance(each, str)] if isinstance(files, list) else []
        return [path for path in known if Path(path).exists()]

    def _remembered(self, project: Project) -> str | None:
        known = self._settings.view(_SETTINGS).get(_BY_CORPUS)
        path = known.get(str(project.folder)) if isinstance(known, dict) else None
        return path if isinstance(path, str) and Path(path).exists() else None

    def _fit(self, _theme: object = None) -> None:
        self._row.setSpacing(space(2))
