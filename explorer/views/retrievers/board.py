"""Curves above, the table below them, and what both are by."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.statusbar import remaining_text
from explorer.theme import px, space, themes
from explorer.views.retrievers.bench import Bench
from explorer.views.retrievers.curve_chart import CurveChart, Drawn
from explorer.views.retrievers.table import RetrieverTable
from explorer.views.retrievers.table_model import Row, Shown
from explorer.views.retrievers.wants import color_of
from explorer.widgets import Button, Card, Choice, ElidedLabel, IconButton, Label, Segmented
from models.evaluation.comparison import Entry
from models.evaluation.curves import asked

_MEASURES = (
    ("top1", "Top-1"),
    ("top5", "Top-5"),
    ("top20", "Top-20"),
    ("top100", "Top-100"),
    ("mrr10", "MRR@10"),
    ("ndcg10", "nDCG@10"),
)


class Board(QWidget):
    """Shows a bench; ``export_wanted`` asks for its menu of files."""

    export_wanted = Signal()
    missing_wanted = Signal()

    def __init__(self, bench: Bench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bench = bench
        self._drawn: object = None
        self.by = Segmented((("gold", "Gold passage"), ("answer", "Answer match")), "Found means")
        self.log, self.bands = QCheckBox("Log k"), QCheckBox("95 % bands")
        self.bands.setChecked(True)
        self.chart = CurveChart()
        self.measure, self.baseline = Choice(), Choice()
        self.measure.setAccessibleName("Figure to test")
        self.baseline.setAccessibleName("Baseline")
        for name, title in _MEASURES:
            self.measure.addItem(title, name)
        self.measure.setCurrentIndex(2)
        self.remove = IconButton("trash", "Take away the selected retriever")
        self.export = Button("Export", "normal", "export")
        self.table = RetrieverTable()
        self.progress = ElidedLabel("", "muted")
        self.stop, self.go_on = Button("Stop", "quiet", "stop"), Button("Go on", "quiet", "play")
        self.about = Label("", "caption", wrap=True)
        self.trouble = Label("", "danger", wrap=True)
        self.missing = Button("", "quiet", "info")
        self._build()
        self._connect()
        self._fit()
        self.show_trouble("")
        self.show_bench()

    def _build(self) -> None:
        card = Card(padding=3)
        self._head = QHBoxLayout()
        self._head.addWidget(Label("Top-k accuracy", "heading"))
        self._head.addStretch(1)
        for part in (self.log, self.bands, self.by):
            self._head.addWidget(part)
        card.column.addLayout(self._head)
        card.column.addWidget(self.chart)
        self._tools = QHBoxLayout()
        self._tools.addWidget(Label("Test", "muted"))
        self._tools.addWidget(self.measure)
        self._tools.addWidget(Label("against", "muted"))
        self._tools.addWidget(self.baseline)
        self._tools.addWidget(self.progress, 1)
        for part in (self.stop, self.go_on, self.missing, self.remove, self.export):
            self._tools.addWidget(part)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.trouble)
        self._column.addWidget(card)
        self._column.addLayout(self._tools)
        self._column.addWidget(self.table)
        self._column.addWidget(self.about)
        self._column.addStretch(1)
        for choice in (self.measure, self.baseline):
            choice.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _connect(self) -> None:
        bench = self.bench
        self.by.changed.connect(lambda by: bench.choose(by=by))
        for box in (self.log, self.bands):
            box.toggled.connect(lambda _: self._draw())
        self.measure.activated.connect(lambda _: bench.choose(measure=self.measure.currentData()))
        self.baseline.activated.connect(
            lambda _: bench.choose(baseline=self.baseline.currentData())
        )
        self.table.rows.toggled.connect(bench.show)
        self.table.unwanted.connect(self._remove)
        self.table.selectionModel().currentChanged.connect(lambda *_: self._settle())
        self.remove.clicked.connect(lambda: self._remove(self.table.current))
        self.export.clicked.connect(self.export_wanted)
        self.missing.clicked.connect(self.missing_wanted)
        self.stop.clicked.connect(bench.stop)
        self.go_on.clicked.connect(bench.go_on)
        bench.changed.connect(self.show_bench)
        bench.progressed.connect(self._settle)
        themes().changed.connect(self._fit)
        themes().changed.connect(lambda _: self.show_bench())  # BM25's grey is the theme's

    def show_trouble(self, text: str) -> None:
        """Why the project's own vectors cannot be compared; empty where they can."""
        self.trouble.setText(f"The project's own vectors are left out. {text}" if text else "")
        self.trouble.setVisible(bool(text))

    def show_bench(self) -> None:
        """Shows what is known by now."""
        bench, judged = self.bench, self.bench.judged
        self.by.set_value(bench.by)
        if judged is not None:
            self.by.set_option_enabled("gold", bool(judged.has_gold.any()), "No passage is known")
            self.by.set_option_enabled(
                "answer", bool(judged.has_answer.any()), "No answers are known"
            )
            count, missing = int(asked(judged, bench.by).sum()), len(judged.without_gold)
            self.about.setText(_about(count, bench.by))
            self.missing.setText(f"{missing:,} without a right passage")
            self.missing.setVisible(bool(missing) and bench.by == "gold")
        else:
            self.missing.hide()
        self._offer_baselines()
        rows = tuple(self._rows())
        names = {entry.id: entry.name for entry in bench.entries}
        self.table.show_rows(
            Shown(rows, bench.by, bench.measure, names.get(bench.baseline, "BM25"))
        )
        self._draw()
        self._settle()

    def _rows(self) -> list[Row]:
        bench = self.bench
        waiting = [one for one in bench.wanted if bench.entry(one.id) is None]
        count = 0 if bench.judged is None else int(asked(bench.judged, bench.by).sum())
        rows = [
            Row(
                entry.id,
                entry.name,
                _more(entry, count),
                self._color(entry.id),
                entry.id not in bench.hidden,
                entry,
                bench.differences.get(entry.id),
                entry.id == bench.baseline,
            )
            for entry in bench.entries
        ]
        for one in waiting:
            now = bench.now is not None and bench.now.id == one.id
            said = bench.failed.get(one.id) or ("measuring …" if now else "waits")
            rows.append(Row(one.id, one.title, said, self._color(one.id), True, None, None, False))
        return rows

    def _color(self, name: str) -> str:
        ids = [f"{sign}{one.id}" for one in self.bench.wanted for sign in _signs(one.kind)]
        return color_of(name, ids, themes().current.muted)

    def _draw(self) -> None:
        bench = self.bench
        lines = tuple(
            (entry.name, self._color(entry.id), curve, entry.kind == "hybrid")
            for entry in bench.entries
            if entry.id not in bench.hidden and (curve := entry.figures.curve(bench.by))
        )
        drawn = (lines, self.log.isChecked(), self.bands.isChecked())
        if drawn != self._drawn:  # drawing takes a while, and much else changes more often
            self._drawn = drawn
            self.chart.show_value(Drawn(*drawn))

    def _offer_baselines(self) -> None:
        titles = [(entry.name, entry.id) for entry in self.bench.entries]
        box = self.baseline
        if [(box.itemText(at), box.itemData(at)) for at in range(box.count())] != titles:
            box.clear()
            for title, name in titles:
                box.addItem(title, name)
        box.setCurrentIndex(max(0, box.findData(self.bench.baseline)))

    def _remove(self, name: str) -> None:
        if self.bench.is_added(name.removeprefix("+")):
            self.bench.remove(name.removeprefix("+"))

    def _settle(self) -> None:
        bench, job = self.bench, self.bench.job
        self.stop.setVisible(job is not None)
        self.go_on.setVisible(job is None and bench.stopped and bool(bench.unmeasured))
        text = ""
        if job is not None:
            text = _said(job.title, job.progress, job.remaining)
        elif bench.reading.busy:
            text = "Reading questions …"
        elif bench.stopped and bench.unmeasured:
            text = "Stopped; what was embedded is kept."
        self.progress.setText(text)
        self.remove.setEnabled(bench.is_added(self.table.current.removeprefix("+")))
        self.export.setEnabled(bool(bench.entries))

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(2.5))
        self._head.setSpacing(space(3))
        self._tools.setSpacing(space(2))
        self.baseline.setMinimumWidth(px(130))
        self.measure.setMinimumWidth(px(96))


def _signs(kind: str) -> tuple[str, ...]:
    return ("", "+") if kind == "dense" else ("",)


def _more(entry: Entry, count: int) -> str:
    kinds = {"bm25": "words", "dense": "vectors", "file": "imported"}
    kind = f"weight {entry.weight:.2f}" if entry.kind == "hybrid" else kinds[entry.kind]
    return f"{kind} · n {count:,}"


def _about(count: int, by: str) -> str:
    way = "whose passage is in this corpus" if by == "gold" else "that come with answers"
    return (
        f"{count:,} questions {way}; below each figure its 95 % interval, by 2,000 bootstrap "
        "samples of the questions. Bold: the best. Coloured: p below 0.05, not corrected for how "
        "many are tested."
    )


def _said(title: str, progress: object, remaining: float | None) -> str:
    """How far it is and how long it will take; what it is, the status bar has room to tell."""
    total, done = getattr(progress, "total", None), getattr(progress, "done", 0)
    share = f"{done / total:.0%}".replace("%", " %") if total else getattr(progress, "stage", title)
    left = "" if remaining is None else f" · {remaining_text(remaining)}"
    return f"{share}{left}"
