"""The choice of points: the open corpus, the bundled sample, a file of sentences, STS-B."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from explorer.context import AppContext
from explorer.test_sets import senteval_folder
from explorer.views.encoders.compare_work import PointsSource
from explorer.widgets import Choice
from models.comparison.points import of_corpus, of_file, of_sample, of_stsb
from models.project import Project

_FILE, _FOLDER, _TABLE = "file …", "stsb folder …", "stsb file …"
_ASKING = (
    (_FILE, "A file of sentences …"),
    (_FOLDER, "STS-B in a SentEval folder …"),
    (_TABLE, "A file of STS-B …"),
)
_SETTINGS, _STSB = "compare", "stsb"
_SENTENCES = "Sentences, one a line (*.txt *.md *.csv *.tsv);;All files (*)"
_PAIRS = "STS-B (*.csv *.tsv *.txt);;All files (*)"


class PointsChoice(QObject):
    """``changed`` carries the ``PointsSource`` that was chosen, and follows the open corpus."""

    changed = Signal(object)

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.choice = Choice()
        self.choice.setAccessibleName("Points")
        self.current: PointsSource | None = None
        self._corpus: PointsSource | None = None
        self._sample = PointsSource("sample", "Bundled sample", of_sample)
        self._added: dict[object, PointsSource] = {}
        known = context.settings.view(_SETTINGS).get(_STSB, "")
        own = Path(known) if isinstance(known, str) and known else None
        for path in (senteval_folder(context.settings), own):
            if path is not None and path.exists():
                self._add(stsb_source(path))
        self.choice.activated.connect(self._chosen)
        context.session.project_changed.connect(self.set_project)
        self.set_project(context.session.project)

    def set_project(self, project: Project | None) -> None:
        """Offers the open corpus; where the last one was shown, it takes its place."""
        self._corpus = None
        if project is not None:
            key = "corpus", project.folder, project.vectors_key
            title = f"Corpus: {project.manifest.name}"
            self._corpus = PointsSource(key, title, lambda most: of_corpus(project, most))
        self._offer()

    def add_file(self, path: Path) -> None:
        """Chooses the sentences of a file."""
        self._take(
            self._add(PointsSource(("file", path), path.name, lambda most: of_file(path, most)))
        )

    def add_stsb(self, path: Path) -> None:
        """Chooses STS-B in a SentEval folder or a file, which is remembered."""
        self._context.settings.update_view(_SETTINGS, **{_STSB: str(path)})
        self._take(self._add(stsb_source(path)))

    def _known(self) -> list[PointsSource]:
        corpus = [] if self._corpus is None else [self._corpus]
        return [*corpus, self._sample, *self._added.values()]

    def _add(self, source: PointsSource) -> PointsSource:
        self._added[source.key] = source
        return source

    def _offer(self) -> None:
        """Lists all there is and keeps to what is chosen, or else to the first."""
        known = self._known()
        kept = [each for each in known if self.current and each.key == self.current.key]
        self.choice.clear()
        for each in known:
            self.choice.addItem(each.title, each.key)
        for key, title in _ASKING:
            self.choice.addItem(title, key)
        self._take((kept or known)[0], listed=True)

    def _take(self, source: PointsSource, listed: bool = False) -> None:
        new = self.current is None or self.current.key != source.key
        self.current = source  # the same corpus may have been opened anew
        if not listed:
            self._offer()
        at = [each.key for each in self._known()].index(source.key)
        self.choice.setCurrentIndex(at)
        if new:
            self.changed.emit(source)

    def _chosen(self, at: int) -> None:
        known = self._known()
        if at < len(known):
            self._take(known[at])
            return
        asked = self.choice.itemData(at)
        assert self.current is not None
        self.choice.setCurrentIndex([each.key for each in known].index(self.current.key))
        if asked == _FOLDER:
            name = QFileDialog.getExistingDirectory(self.choice, "The SentEval folder")
        else:
            title, kinds = (
                ("A file of sentences", _SENTENCES) if asked == _FILE else ("STS-B", _PAIRS)
            )
            name, _ = QFileDialog.getOpenFileName(self.choice, title, "", kinds)
        if name and asked == _FILE:
            self.add_file(Path(name))
        elif name:
            self.add_stsb(Path(name))


def stsb_source(path: Path) -> PointsSource:
    """STS-B at ``path``."""
    title = f"STS-B in {path.name}"
    return PointsSource(("stsb", path), title, lambda most: of_stsb(path, most))
