"""The choice of what to measure: the open corpus, a run, a file of vectors."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from explorer.theme import Theme, px, space, themes
from explorer.views.geometry.measuring import (
    CORPUS,
    Source,
    corpus_source,
    file_source,
    run_key,
    run_source,
)
from explorer.widgets import Button, Choice, Label
from models.project import Project
from models.training.shelf import RunCard

_FILES = "Vectors (*.npy)"


class SourceBar(QWidget):
    """``changed`` carries the source to measure from now on, or None."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.current: Source | None = None
        self._corpus: Source | None = None
        self._runs: dict[str, Source] = {}
        self._files: dict[str, Source] = {}
        self.name = Label("Measure", "muted")
        self.choice = Choice()
        self.choice.setAccessibleName("What to measure")
        self.choice.setPlaceholderText("Choose what to measure")
        self.file = Button("Vectors …", "normal", "file")
        self.file.setToolTip("Measure vectors in a .npy file")
        self.pairs = Button("Positives …", "normal", "pairs")
        self.pairs.setToolTip("A second .npy file, of which row i is the positive of row i")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for part in (self.name, self.choice, self.file, self.pairs):
            self._row.addWidget(part)
        self._row.addStretch(1)
        self.choice.activated.connect(self._chosen)
        self.file.clicked.connect(self._open)
        self.pairs.clicked.connect(self._open_positives)
        themes().changed.connect(self._fit)
        self._fit(themes().current)
        self._offer()

    def set_project(self, project: Project | None) -> None:
        """Offers the open corpus, and measures it unless something else was chosen."""
        self._corpus = None if project is None else corpus_source(project)
        self._offer()

    def set_runs(self, cards: Sequence[RunCard]) -> None:
        """Offers these runs; one that has gone on since it was measured is measured again."""
        self._runs = {run_key(card.folder): run_source(card) for card in cards}
        self._offer()

    def choose(self, key: str) -> None:
        """Measures the entry called ``key``, if there is one."""
        self._take(self._known().get(key))
        self._offer()

    def _known(self) -> dict[str, Source]:
        corpus = {} if self._corpus is None else {CORPUS: self._corpus}
        return corpus | self._runs | self._files

    def _offer(self) -> None:
        """Lists all there is and keeps to what is chosen, or else to the corpus."""
        known = self._known()
        self.choice.clear()
        for source in known.values():
            self.choice.addItem(source.title, source.key)
        key = CORPUS if self.current is None else self.current.key
        source = known.get(key, self._corpus)
        self.choice.setCurrentIndex(-1 if source is None else self.choice.findData(source.key))
        self.choice.setEnabled(bool(known))
        self._take(source)

    def _take(self, source: Source | None) -> None:
        old, new = (s and (s.key, s.stamp) for s in (self.current, source))
        self.pairs.setVisible(source is not None and source.key in self._files)
        if old != new:
            self.current = source
            self.changed.emit(source)

    def _chosen(self, _at: int) -> None:
        self.choose(self.choice.currentData())

    def _open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Vectors to measure", "", _FILES)
        if name:
            self._add(file_source(Path(name)))

    def _open_positives(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Their positives, row by row", "", _FILES)
        if name and self.current is not None and self.current.path is not None:
            self._add(file_source(self.current.path, Path(name)))

    def _add(self, source: Source) -> None:
        self._files[source.key] = source
        self.choose(source.key)

    def _fit(self, _theme: Theme) -> None:
        self._row.setSpacing(space(2))
        self.choice.setFixedWidth(px(380))
