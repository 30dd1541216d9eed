"""The sheet that makes a project of one's own files."""

import re
from itertools import chain, count
from pathlib import Path

from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from explorer.corpus.encoder_form import EncoderForm
from explorer.corpus.estimate import estimating
from explorer.corpus.sources import SourcesForm
from explorer.jobs import Jobs
from explorer.latest import Latest
from explorer.notices import Notices
from explorer.opening import Opener
from explorer.theme import space
from explorer.widgets import Button, Choice, Label, ScrollPage
from explorer.widgets.overlay import Overlay
from models.data.cut import Cutting
from models.errors import InputError
from models.project import Manifest, Recipe
from models.retrieval.index_spec import IndexSpec, suggested_index

_INDEXES = (
    ("flat", "Flat, exact"),
    ("sq8", "SQ8, small"),
    ("hnsw", "HNSW, fast"),
    ("ivf", "IVF, fast"),
    ("ivfpq", "IVF-PQ, compressed"),
)
_TITLES = (("of cut texts", None), ("always", True), ("never", False))


class CorpusSheet(Overlay):
    """Everything a recipe holds, with defaults that suit most; Index builds it."""

    def __init__(self, window: QWidget, opener: Opener, jobs: Jobs, notices: Notices) -> None:
        super().__init__(window, 720, "Open a corpus")
        self._opener = opener
        self.sources = SourcesForm(jobs, notices)
        self.encoder = EncoderForm(jobs, notices)
        self.words, self.overlap = QSpinBox(), QSpinBox()
        self.words.setRange(0, 2000)
        self.words.setValue(100)
        self.words.setSpecialValueText("whole records")
        self.words.setAccessibleName("Words a passage")
        self.overlap.setRange(0, 1000)
        self.overlap.setAccessibleName("Overlap in words")
        self.titles, self.index = Choice(), Choice()
        self.titles.setAccessibleName("Embed titles")
        self.index.setAccessibleName("FAISS index")
        for text, value in _TITLES:
            self.titles.addItem(text, value)
        for kind, text in _INDEXES:
            self.index.addItem(text, kind)
        self.name, self.folder = QLineEdit(), QLineEdit()
        self.name.setAccessibleName("Name")
        self.folder.setAccessibleName("Project folder")
        self.browse = Button("Browse …")
        self.go = Button("Index", "primary")
        self.cancel = Button("Cancel", "quiet")
        self.suited = Label("", "muted", wrap=True)
        self._named = self._placed = self._indexed = False  # by the user
        self._sizing = Latest(jobs, "Estimating the corpus", self)
        self._sized: tuple[tuple[Path, ...], int] | None = None
        self._build()
        self.sources.changed.connect(self._suit)
        self.encoder.changed.connect(self._suit)
        self.words.valueChanged.connect(self._suit)
        # Not at every key: on the way to 150 there is a 1, which would leave no overlap.
        self.words.editingFinished.connect(lambda: self.overlap.setMaximum(self._most_overlap()))
        self.index.activated.connect(self._index)
        self._sizing.arrived.connect(self._suggest)
        self._sizing.failed.connect(lambda _: self.suited.setText(""))  # told when it is read
        self.name.textEdited.connect(self._name)
        self.folder.textEdited.connect(self._place)
        self.browse.clicked.connect(self._browse)
        self.go.clicked.connect(self._go)
        self.cancel.clicked.connect(self.dismiss)
        self.closed.connect(self._leave)
        self._suit()

    def _build(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(space(6), space(5), space(6), space(3))
        column.setSpacing(space(3))
        column.addWidget(Label("Open a corpus", "title"))
        formats = "txt, md, html, pdf, docx, csv, tsv, jsonl, parquet, psgs_w100.tsv, SQuAD, BEIR"
        column.addWidget(Label(f"Files, or folders of them: {formats}.", "muted", wrap=True))
        column.addWidget(self.sources)
        column.addWidget(Label("Passages", "heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(space(3))
        fields = (
            ("Words a passage", self.words),
            ("Overlap", self.overlap),
            ("Embed titles", self.titles),
            ("FAISS index", self.index),
        )
        for place, (title, field) in enumerate(fields):
            grid.addWidget(Label(title, "muted"), 0, place)
            grid.addWidget(field, 1, place)
            grid.setColumnStretch(place, 1 if place < 2 else 2)
        column.addLayout(grid)
        column.addWidget(self.suited)
        column.addWidget(Label("Encoder", "heading"))
        column.addWidget(self.encoder)
        column.addWidget(Label("Project", "heading"))
        place = QGridLayout()
        place.setHorizontalSpacing(space(3))
        place.addWidget(Label("Name", "muted"), 0, 0)
        place.addWidget(Label("Folder", "muted"), 0, 1)
        place.addWidget(self.name, 1, 0)
        place.addWidget(self.folder, 1, 1)
        place.addWidget(self.browse, 1, 2)
        place.setColumnStretch(0, 1)
        place.setColumnStretch(1, 2)
        column.addLayout(place)
        column.addStretch(1)
        self._scroll = ScrollPage(body=body)
        self._body = body
        buttons = QHBoxLayout()
        buttons.setContentsMargins(space(6), space(3), space(6), space(4))
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        self.column.addWidget(self._scroll, 1)
        self.column.addLayout(buttons)

    def sheet_height(self, room: int) -> int:
        """As much as the form needs, where it is there; the form scrolls in less."""
        buttons = self.go.sizeHint().height() + space(9)
        return min(self._body.sizeHint().height() + buttons, room)

    def begin(self, paths: list[Path]) -> None:
        """Opens the sheet on ``paths``."""
        self.sources.add(paths)
        self.open(self.go if paths else self.sources.add_files)

    def recipe(self) -> Recipe:
        """What the sheet says now."""
        plain = Recipe(
            sources=tuple(str(path) for path in self.sources.paths),
            reading=self.sources.reading(),
            cutting=Cutting(self.words.value(), min(self.overlap.value(), self._most_overlap())),
            titles=self.titles.currentData(),
            index=IndexSpec(kind=self.index.currentData()),
        )
        return self.encoder.apply(plain)

    def _most_overlap(self) -> int:
        return max(0, self.words.value() - 1)

    def _suit(self) -> None:
        self.overlap.setEnabled(self.words.value() > 0)
        paths = self.sources.paths
        if not self._named:
            self.name.setText(paths[0].stem if paths else "")
        name = self.name.text().strip()
        if not self._placed:
            place = _free(self._opener.projects / _slug(name), paths) if name else ""
            self.folder.setText(str(place))
        complete = self.sources.paths and self.encoder.name() and self.folder.text().strip()
        self.go.setEnabled(bool(complete))
        self._size()
        self._fit()

    def _size(self) -> None:
        """Estimates the number of passages anew where files or their cutting have changed."""
        asked = tuple(self.sources.paths), self.words.value()
        if asked != self._sized:
            self._sized = asked
            self._sizing.ask(lambda: estimating(*asked), asked)

    def _suggest(self, passages: int) -> None:
        """Says which index suits so many passages, and takes it unless one was chosen by hand."""
        if not passages:
            self.suited.setText("")
            return
        spec, reason = suggested_index(passages, self.encoder.dimensions)
        if not self._indexed:
            self.index.setCurrentIndex(self.index.findData(spec.kind))
        about = f"About {float(f'{passages:.2g}'):,.0f} passages" if passages > 1 else "One passage"
        self.suited.setText(f"{about}, by the size of the files. {reason}")
        self._fit()

    def _index(self) -> None:
        self._indexed = True

    def _name(self) -> None:
        self._named = True
        self._suit()

    def _place(self) -> None:
        self._placed = True
        self._suit()

    def _browse(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Choose an empty folder for the project")
        if name:
            self.folder.setText(name)
            self._place()

    def _go(self) -> None:
        folder = Path(self.folder.text().strip()).expanduser().absolute()
        self._opener.build(self.recipe(), folder, self.name.text().strip() or folder.name)
        self.dismiss()

    def _leave(self) -> None:
        self.sources.stop()
        self._sizing.forget()
        self.deleteLater()


def _free(folder: Path, sources: list[Path]) -> Path:
    """``folder``, or the first of its numbered namesakes that is no project of other sources."""
    wanted = [str(path) for path in sources]
    names = chain([folder.name], (f"{folder.name}-{number}" for number in count(2)))
    places = (folder.with_name(name) for name in names)
    return next(place for place in places if _sources(place) in (None, wanted))


def _sources(folder: Path) -> list[str] | None:
    try:
        return list(Manifest.read(folder).recipe.sources)
    except InputError:
        return None


def _slug(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "corpus"
