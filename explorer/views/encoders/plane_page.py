"""Plane: alignment against uniformity with one point per encoder, coloured by STS-B."""

from pathlib import Path

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from explorer.context import AppContext
from explorer.encoder_choice import EncoderChoice
from explorer.jobs import Job
from explorer.latest import Latest
from explorer.plane import Place, Plane
from explorer.test_sets import senteval_folder
from explorer.theme import px, space, themes
from explorer.views.encoders.plane_chart import NamedPlane
from explorer.views.encoders.plane_rows import PlaneList, PlaneRow
from explorer.views.encoders.scores_rows import Entry, entry_of, remembered
from explorer.widgets import Button, Card, EmptyState, Label
from models.comparison.plane import Known, recall
from models.encoders.card import EncoderCard
from models.errors import InputError
from models.remote import remote

_SETTINGS, _SCORES, _COMPARE = "plane", "scores", "compare"
_NOTE = (
    "Gao et al. 2021, figure 3. Alignment: mean squared distance of the pairs that people judged "
    "above 4. Uniformity: of all their sentences (t = 2). Both at length 1; low and left is best "
    "where STS-B, the colour, follows. The two alone do not tell a good encoder: random vectors "
    "are uniform, and vectors in one place aligned."
)
_PAIRS = "STS-B (*.csv *.tsv *.txt);;All files (*)"


class PlanePage(QWidget):
    """Shows what is known of all encoders on one set of pairs, and measures more of them."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        self.path = self._remembered_path()
        self.known: Known | None = None
        self.job: Job | None = None
        self._listed: object = None
        self.encoder = EncoderChoice(context, self)
        self.measure = Button("Measure on STS-B", "primary", "play")
        self.folder = Button("SentEval folder …", "normal", "folder")
        self.file = Button("File …", "normal", "file")
        self.file.setToolTip("A file of STS-B")
        self.about = Label("", "muted", wrap=True)
        self.chart = NamedPlane()
        self.note = Label(_NOTE, "caption", wrap=True)
        self.list = PlaneList()
        self.reading = Latest(context.jobs, "Reading scores", self)
        self.nothing = EmptyState(
            "chart",
            "Alignment against uniformity",
            "Each encoder becomes a point, coloured by STS-B. Choose a SentEval folder or a file "
            "of STS-B's test pairs to measure them on; they belong to their publishers and do not "
            "come with this program.",
            (("SentEval folder …", self._ask_folder), ("File of STS-B …", self._ask_file)),
        )
        self._build()
        self._connect()
        self._fit()
        self._show(None)

    def _build(self) -> None:
        self._bar = QHBoxLayout()
        for part, share in (
            (self.encoder.choice, 4),
            (self.encoder.pooling, 3),
            (self.measure, 0),
            (self.folder, 0),
            (self.file, 0),
        ):
            self._bar.addWidget(part, share)
        self._card = Card(padding=3)
        self._card.column.addWidget(self.chart, 1)
        self._card.column.addWidget(self.note)
        self._left = QVBoxLayout()
        self._left.addWidget(self._card)
        self._row = QHBoxLayout()
        self._row.addLayout(self._left, 1)
        self._row.addWidget(self.list)
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._bar)
        self._column.addWidget(self.about)
        self._column.addLayout(self._row, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(body)

    def _connect(self) -> None:
        self.measure.clicked.connect(self._measure)
        self.folder.clicked.connect(self._ask_folder)
        self.file.clicked.connect(self._ask_file)
        self.encoder.loaded.connect(lambda _: self._settle())
        self.list.removed.connect(self._remove)
        self.reading.arrived.connect(self._show)
        self.reading.failed.connect(self._unread)
        themes().changed.connect(self._fit)

    # Which encoders, on which pairs

    @property
    def entries(self) -> tuple[tuple[Entry, bool], ...]:
        """Every encoder that was scored or measured here, and whether it was added here alone."""
        scored = remembered(self.context.settings.view(_SCORES).get("rows"))
        own = remembered(self.context.settings.view(_SETTINGS).get("rows"))
        known = {entry.key for entry in scored}
        mine = [entry for entry in own if entry.key not in known]
        return (*((entry, False) for entry in scored), *((entry, True) for entry in mine))

    def choose(self, path: Path) -> None:
        """Measures on the pairs at ``path`` from now on."""
        self.path = path
        self.context.settings.update_view(_SETTINGS, path=str(path))
        self._stack.setCurrentIndex(1)
        self.refresh()

    def refresh(self) -> None:
        """Reads what is known of the encoders by now."""
        path, keys = self.path, [entry.key for entry, _ in self.entries]
        self._stack.setCurrentIndex(0 if path is None else 1)
        if path is not None:
            self.reading.ask(lambda: recall(path, keys), path)

    def _remembered_path(self) -> Path | None:
        settings = self.context.settings
        own, compared = settings.view(_SETTINGS).get("path"), settings.view(_COMPARE).get("stsb")
        chosen = [Path(each) for each in (own, compared) if isinstance(each, str) and each]
        places = (*chosen, senteval_folder(settings))
        return next((each for each in places if each is not None and each.exists()), None)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.path = self.path or self._remembered_path()
        self.refresh()

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "The SentEval folder")
        if name:
            self.choose(Path(name))

    def _ask_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "STS-B", "", _PAIRS)
        if name:
            self.choose(Path(name))

    # Measuring

    def _measure(self) -> None:
        encoder, path = self.encoder.encoder, self.path
        if encoder is None or path is None or self.job is not None:
            return
        work = remote(
            "models.comparison.plane:place",
            "The measurement",
            "memory may have run out; what was embedded is kept",
            source=encoder.card.source,
            pooling=encoder.card.conventions.pooling,
            path=path,
        )
        title = f"Measuring {encoder.card.name} on STS-B"
        self.job = self.context.jobs.start(title, work, done=self._measured, failed=self._failed)
        self.job.ended.connect(self._over)
        self._settle()

    def _measured(self, card: EncoderCard) -> None:
        own = remembered(self.context.settings.view(_SETTINGS).get("rows"))
        kept = [entry for entry in own if entry.key != card.key]
        self._keep([*kept, entry_of(card)])
        self.refresh()

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, InputError):
            self.about.setText(str(error))
        else:
            self.context.notices.report(error)

    def _over(self) -> None:
        self.job = None
        self._settle()

    def _remove(self, key: str) -> None:
        """Its scores are known again when it comes back."""
        own = remembered(self.context.settings.view(_SETTINGS).get("rows"))
        self._keep([entry for entry in own if entry.key != key])
        self._show(self.known)

    def _keep(self, entries: list[Entry]) -> None:
        self.context.settings.update_view(_SETTINGS, rows=[entry.plain() for entry in entries])

    def _settle(self) -> None:
        self.measure.setText("Measuring …" if self.job is not None else "Measure on STS-B")
        self.measure.setEnabled(self.job is None and self.encoder.encoder is not None)

    # What is shown

    def _show(self, known: Known | None) -> None:
        self.known = known
        figures = {} if known is None else {each.key: each for each in known.figures}
        rows = [PlaneRow(entry, figures.get(entry.key), own) for entry, own in self.entries]
        self.list.setVisible(bool(rows))
        self.list.show_rows(rows)
        places = [
            Place(row.title, row.figures.alignment, row.figures.uniformity, row.figures.spearman)
            for row in rows
            if row.figures is not None
        ]
        self.chart.show_value(Plane((), tuple(places), None, None))
        self.chart.names.update()
        self._settle()
        if known is not None:
            self.about.setText(_about(known, len(rows), self.path))

    def _unread(self, error: BaseException) -> None:
        self._show(None)
        self._failed(error)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self, _theme: object = None) -> None:
        self._bar.setSpacing(space(2))
        self._left.setContentsMargins(0, 0, 0, space(3))
        self._column.setSpacing(space(2))
        self._row.setSpacing(space(4))
        self.list.setFixedWidth(min(max(px(300), round(0.36 * self.width())), px(480)))


def _about(known: Known, rows: int, path: Path | None) -> str:
    where = "" if path is None else f" in {path.name}"
    if not known.figures:
        return f"{known.pairs:,} pairs{where}. Measure an encoder, and it appears on the plane."
    alike = known.figures[0].alike
    shown = f"{len(known.figures)} of {rows}" if len(known.figures) < rows else f"{rows}"
    noun = "encoder" if rows == 1 else "encoders"
    return (
        f"{shown} {noun}, measured on {known.pairs:,} pairs{where}, of which {alike:,} are judged "
        "above 4."
    )
