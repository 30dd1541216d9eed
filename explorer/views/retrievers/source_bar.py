"""The questions, and what is compared by them."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from explorer.context import AppContext
from explorer.encoder_choice import EncoderChoice
from explorer.theme import px, space, themes
from explorer.views.retrievers.bench import SETTINGS
from explorer.views.retrievers.wants import Wanted, of_encoder, of_file
from explorer.widgets import Button, Choice
from models.data.dpr_questions import BUNDLED
from models.project import Project

_FILES = (
    "Questions (*.json *.jsonl *.ndjson *.csv *.tsv *.tab *.txt);;All files (*)",
    "Rankings (*.trec *.run *.res *.txt *.tsv *.json);;All files (*)",
)
_FOLDER = "A folder of BEIR …"
_MOST = 8


class SourceBar(QWidget):
    """``wanted`` carries where the questions are; ``added`` a retriever."""

    wanted = Signal(str)
    added = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._settings = context.settings
        self._folder = ""  # of the project that is open
        self.choice = Choice()
        self.choice.setAccessibleName("Questions")
        self.file = Button("Questions …", icon="file")
        self.file.setToolTip("SQuAD JSON, DPR's CSV or JSON, BEIR, JSON Lines, or a table")
        self.encoders = EncoderChoice(context, self)
        self.encoders.choice.setAccessibleName("Encoder to add")
        self.add = Button("Add encoder", icon="plus")
        self.add.setToolTip("Compare this encoder too; it embeds the corpus once")
        self.run = Button("Import ranking …", icon="download")
        self.run.setToolTip("A TREC run, MS MARCO's columns, or the JSON of DPR or Pyserini")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for part, share in (
            (self.choice, 3),
            (self.file, 0),
            (self.encoders.choice, 4),
            (self.encoders.pooling, 2),
            (self.add, 0),
            (self.run, 0),
        ):
            self._row.addWidget(part, share)
        self.choice.activated.connect(lambda _: self._chosen())
        self.file.clicked.connect(self.ask_questions)
        self.add.clicked.connect(self._add)
        self.run.clicked.connect(self.ask_ranking)
        self.encoders.loaded.connect(lambda _: self.add.setEnabled(True))
        self.add.setEnabled(False)
        themes().changed.connect(self._fit)
        self._fit()

    def follow(self, project: Project | None) -> str:
        """Offers the questions of ``project``; returns those that were used last, if any."""
        self._folder = "" if project is None else str(project.folder)
        bundled = project is not None and BUNDLED in project.manifest.recipe.sources
        last = self._last.get(self._folder, BUNDLED if bundled else "")
        self._offer(last, bundled)
        return last

    def open(self, path: Path) -> None:
        """Wants the questions of a file or folder."""
        others = [one for one in self._known if one != str(path)]
        self._settings.update_view(SETTINGS, known=[str(path), *others][:_MOST])
        self._offer(str(path), self.choice.findData(BUNDLED) >= 0)
        self._chosen()

    def add_run(self, name: str, title: str) -> None:
        """Wants the run in folder ``name`` compared."""
        self.added.emit(of_encoder(name, title, ""))

    def ask_questions(self) -> None:
        """Asks for a file."""
        name, _ = QFileDialog.getOpenFileName(self, "Questions", "", _FILES[0])
        if name:
            self.open(Path(name))

    def ask_ranking(self) -> None:
        """Asks for rankings of another program."""
        names, _ = QFileDialog.getOpenFileNames(self, "Rankings", "", _FILES[1])
        for name in names:
            self.added.emit(of_file(Path(name)))

    @property
    def _known(self) -> list[str]:
        value = self._settings.view(SETTINGS).get("known", [])
        return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []

    @property
    def _last(self) -> dict[str, str]:
        value = self._settings.view(SETTINGS).get("questions", {})
        pairs = value.items() if isinstance(value, dict) else ()
        return {folder: name for folder, name in pairs if isinstance(name, str)}

    def _offer(self, chosen: str, bundled: bool) -> None:
        self.choice.clear()
        if bundled:
            self.choice.addItem("Bundled questions", BUNDLED)
        for name in dict.fromkeys([*([chosen] if chosen != BUNDLED else []), *self._known]):
            if name and (name == chosen or Path(name).exists()):
                self.choice.addItem(Path(name).name, name)
        if not chosen:
            self.choice.insertItem(0, "No questions yet", "")
        self.choice.addItem(_FOLDER, _FOLDER)
        self.choice.setCurrentIndex(max(0, self.choice.findData(chosen)))

    def _chosen(self) -> None:
        name = self.choice.currentData()
        if name == _FOLDER:
            last = self._last.get(self._folder, "")
            self.choice.setCurrentIndex(max(0, self.choice.findData(last)))
            folder = QFileDialog.getExistingDirectory(self, "A folder with queries.jsonl and qrels")
            if folder:
                self.open(Path(folder))
            return
        kept = {**self._last, self._folder: name}
        recent = dict(list(kept.items())[-20:])
        self._settings.update_view(SETTINGS, questions=recent)
        self.wanted.emit(name)

    def _add(self) -> None:
        encoders = self.encoders
        if encoders.encoder is None:
            return
        title = encoders.encoder.card.name
        pooling = encoders.pooling.currentData() or ""
        one: Wanted = of_encoder(encoders.loaded_name, title, pooling, encoders.encoder)
        self.added.emit(one)

    def _fit(self, _theme: object = None) -> None:
        self._row.setSpacing(space(2))
        for part, wide in ((self.choice, 120), (self.encoders.choice, 120)):
            part.setMinimumWidth(px(wide))
