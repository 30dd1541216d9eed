"""The choice of sentences: the open corpus, the bundled sample, a file."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from explorer.context import AppContext
from explorer.views.encoders.layers_work import SentencesSource
from explorer.widgets import Choice
from models.anisotropy.sentences import sentences_of, sentences_of_project
from models.project import Project

_FILE = "file …"
_KINDS = "Sentences (*.txt *.csv *.tsv *.jsonl *.parquet);;All files (*)"
_SETTINGS, _FILES, _MOST = "layers", "files", 8


class SentencesChoice(QObject):
    """``changed`` carries the ``SentencesSource`` that was chosen, and follows the open corpus."""

    changed = Signal(object)

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = context.settings
        self.choice = Choice()
        self.choice.setAccessibleName("Sentences")
        self.current = self._sample = SentencesSource(
            "bundled", "Bundled sample", lambda most: sentences_of("bundled", "the sample", most)
        )
        self._corpus: SentencesSource | None = None
        files = context.settings.view(_SETTINGS).get(_FILES, [])
        known = files if isinstance(files, list) else []
        self._files = [
            _source(Path(name)) for name in known if isinstance(name, str) and Path(name).is_file()
        ]
        self.choice.activated.connect(self._chosen)
        context.session.project_changed.connect(self.set_project)
        self.set_project(context.session.project)

    def set_project(self, project: Project | None) -> None:
        """Offers the open corpus; where the last one was shown, it takes its place."""
        was = self._corpus is not None and self.current is self._corpus
        self._corpus = None
        if project is not None:
            self._corpus = SentencesSource(
                ("corpus", project.folder, project.vectors_key),
                f"Corpus: {project.manifest.name}",
                lambda most: sentences_of_project(project, most),
            )
        if was:
            self._take(self._corpus or self._sample)
        else:
            self._offer()

    def add_file(self, path: Path) -> None:
        """Chooses the sentences of a file, which is remembered."""
        others = [each for each in self._files if each.key != str(path)]
        self._files = [_source(path), *others][:_MOST]
        names = [each.key for each in self._files]
        self._settings.update_view(_SETTINGS, **{_FILES: names})
        self._take(self._files[0])

    def _known(self) -> list[SentencesSource]:
        corpus = [] if self._corpus is None else [self._corpus]
        return [self._sample, *corpus, *self._files]

    def _offer(self) -> None:
        known = self._known()
        self.choice.clear()
        for each in known:
            self.choice.addItem(each.title)
        self.choice.addItem("A file of sentences …", _FILE)
        self.choice.setCurrentIndex([each.key for each in known].index(self.current.key))

    def _take(self, source: SentencesSource) -> None:
        new = source.key != self.current.key
        self.current = source
        self._offer()
        if new:
            self.changed.emit(source)

    def _chosen(self, at: int) -> None:
        known = self._known()
        if at < len(known):
            self._take(known[at])
            return
        self._offer()
        title = "A file of sentences, one a line, or a table"
        name, _ = QFileDialog.getOpenFileName(self.choice, title, "", _KINDS)
        if name:
            self.add_file(Path(name))


def _source(path: Path) -> SentencesSource:
    return SentencesSource(
        str(path), path.name, lambda most: sentences_of(str(path), path.name, most)
    )
