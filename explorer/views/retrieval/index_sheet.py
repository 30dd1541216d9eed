"""FAISS indexes on the vectors at hand: recall against latency, measured, and a choice."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from explorer.context import AppContext
from explorer.jobs import Job
from explorer.theme import px, space
from explorer.views.retrieval.index_chart import IndexChart
from explorer.views.retrieval.index_work import MOST, Measured, measuring
from explorer.widgets import Button, Label
from explorer.widgets.overlay import Overlay
from models.events import Progress, Skipped
from models.retrieval.index_spec import suggested_index
from models.retrieval.measure import IndexMeasure

_NAMES = {
    "flat": "Flat (exact)",
    "sq8": "SQ8, 8 bits a number",
    "hnsw": "HNSW graph",
    "ivf": "IVF lists",
    "ivfpq": "IVF-PQ, compressed",
}
_COLUMNS = ("Index", "recall@10", "p50 ms", "p95 ms", "MB", "build s")


class IndexSheet(Overlay):
    """Measures each kind once, then lets one be used; nothing is embedded again."""

    def __init__(self, window: QWidget, context: AppContext) -> None:
        super().__init__(window, 760, "FAISS indexes")
        self._context = context
        self._job: Job | None = None
        self.measures: tuple[IndexMeasure, ...] = ()
        self._suggested = ""
        self._skipped: dict[str, str] = {}  # kinds that could not be built, and why
        self.suggestion = Label("", wrap=True)
        self.note = Label("", "muted", wrap=True)
        self.table = QTableWidget(0, len(_COLUMNS))
        self.table.setHorizontalHeaderLabels(_COLUMNS)
        self.table.setAccessibleName("Measured indexes")
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(len(_COLUMNS)):
            self.table.horizontalHeaderItem(column).setTextAlignment(_alignment(column))
        rows = self.table.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.setSizeAdjustPolicy(QAbstractItemView.SizeAdjustPolicy.AdjustToContents)
        self.whole = Button("Measure on all", "quiet")
        self.whole.setToolTip("Takes minutes, and as much memory as the largest index")
        self.use = Button("Use this index", "primary")
        self.use.setEnabled(False)
        self.close_button = Button("Close", "quiet")
        self.table.itemSelectionChanged.connect(self._selected)
        self.use.clicked.connect(self._use)
        self.whole.clicked.connect(lambda: self._measure(None))
        self.close_button.clicked.connect(self.dismiss)
        self.closed.connect(self._leave)
        self.chart = IndexChart()
        self.chart.hide()
        self._build()

    def _build(self) -> None:
        inner = QVBoxLayout()
        inner.setContentsMargins(space(6), space(5), space(6), space(5))
        inner.setSpacing(space(3))
        inner.addWidget(Label("FAISS indexes on these vectors", "title"))
        inner.addWidget(self.suggestion)
        inner.addWidget(self.note)
        inner.addWidget(self.chart)
        self.table.setMinimumHeight(px(150))
        inner.addWidget(self.table, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.whole)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.use)
        inner.addLayout(buttons)
        self.column.addLayout(inner)

    def begin(self) -> None:
        """Opens the sheet and measures in the background."""
        project = self._context.session.project
        assert project is not None
        count = len(project.passages)
        spec, reason = suggested_index(count, project.manifest.encoder.dimensions)
        self._suggested = spec.kind
        self.suggestion.setText(
            f"Suggested for {count:,} passages: {_NAMES[self._suggested]}. {reason}"
        )
        self._measure(MOST)
        self.open(self.close_button)

    def _measure(self, most: int | None) -> None:
        """On all passages, or on ``most`` of them."""
        project = self._context.session.project
        if project is None:
            return
        self.whole.hide()
        self.note.setText("Measuring …")
        self._skipped = {}
        self._job = self._context.jobs.start(
            "Measuring indexes",
            measuring(project, tuple(_NAMES), most),
            done=self._measured,
            failed=self._context.notices.report,
        )
        self._job.event.connect(self._event)

    def _event(self, event: Any) -> None:
        if isinstance(event, Progress):
            of = f" {event.done:,} of {event.total:,} {event.unit}" if event.total else ""
            self.note.setText(f"{event.stage} …{of}")
        elif isinstance(event, Skipped):
            self._skipped[event.where] = event.why

    def _measured(self, found: Measured) -> None:
        self._job = None
        measures = found.measures
        project = self._context.session.project
        if project is None:
            return
        self.note.setText(" ".join([found.sentence, *self._left_out()]))
        self.whole.setVisible(found.sampled)
        self.whole.setText(f"Measure on all {found.of:,}")
        self.table.setRowCount(len(measures))
        used = project.manifest.recipe.index.kind
        for row, measure in enumerate(measures):
            cells = (
                self._name(measure.spec.kind, used),
                f"{measure.recall:.3f}",
                f"{measure.p50:.3f}",
                f"{measure.p95:.3f}",
                f"{found.bytes_of(measure) / 1e6:,.1f}",
                f"{measure.seconds:.2f}",
            )
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setTextAlignment(_alignment(column))
                self.table.setItem(row, column, item)
        self.measures = measures
        self.chart.show_value(measures)
        self.chart.setVisible(bool(measures))

    def _name(self, kind: str, used: str) -> str:
        marks = [
            mark
            for mark, of in (("in use", used), ("suggested", self._suggested))
            if of == kind and (used != self._suggested or mark == "in use")
        ]
        return " – ".join([_NAMES[kind], *marks])

    def _left_out(self) -> list[str]:
        return [f"{_NAMES[kind]}: {why}" for kind, why in self._skipped.items()]

    def _selected(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        project = self._context.session.project
        chosen = self.measures[rows[0].row()].spec.kind if rows and self.measures else None
        used = project.manifest.recipe.index.kind if project is not None else None
        self.use.setEnabled(chosen is not None and chosen != used)

    def _use(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows:
            self._context.opener.rebuild(index=self.measures[rows[0].row()].spec)
            self.dismiss()

    def _leave(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self.deleteLater()


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
