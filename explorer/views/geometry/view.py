"""The Geometry workspace: figures and charts of the open project's vectors."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from explorer.charts import Chart
from explorer.context import AppContext
from explorer.jobs import Job
from explorer.theme import space, themes
from explorer.views.geometry.charts import CosineChart, SpectrumChart
from explorer.views.geometry.temperature import TemperatureCard
from explorer.widgets import Card, EmptyState, Label
from models.events import Work
from models.portrait import Portrait, portray
from models.project import Project
from models.projection.cache import unit


class GeometryView(QWidget):
    """Measured once a project, when the view is first looked at."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        self.portrait: Portrait | None = None
        self._job: Job | None = None
        self.title = Label("", "title")
        self.about = Label("", "muted", wrap=True)
        self.tiles = [_Tile() for _ in range(5)]
        self.cosines = _ChartCard(
            CosineChart(),
            "Filled: these vectors, their mean as a line. Dashed: uniform on the same sphere.",
        )
        self.spectrum = _ChartCard(
            SpectrumChart(), "Dashed: the effective rank (Roy & Vetterli 2007)."
        )
        self.temperature = TemperatureCard(context)
        self._build()
        context.session.project_changed.connect(self._project)
        themes().changed.connect(self._fit)
        self._fit()
        self._project(context.session.project)

    def _build(self) -> None:
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.addWidget(self.title)
        self._column.addWidget(self.about)
        self._tiles = QHBoxLayout()
        for tile in self.tiles:
            self._tiles.addWidget(tile, 1)
        self._column.addLayout(self._tiles)
        self._charts = QGridLayout()
        self._charts.addWidget(self.cosines, 0, 0)
        self._charts.addWidget(self.spectrum, 0, 1)
        self._charts.setColumnStretch(0, 1)
        self._charts.setColumnStretch(1, 1)
        self._column.addLayout(self._charts)
        self._column.addWidget(self.temperature)
        self._column.addStretch(1)
        page = QScrollArea()
        page.setWidgetResizable(True)
        page.setFrameShape(QScrollArea.Shape.NoFrame)
        page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page.setWidget(body)
        nothing = EmptyState(
            "chart",
            "No vectors to measure",
            "Open a corpus, and see how its vectors lie on the hypersphere.",
            (("Open files …", lambda: self.context.commands.run("corpus.open")),),
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(nothing)
        self._stack.addWidget(page)

    def _project(self, project: Project | None) -> None:
        self._stack.setCurrentIndex(0 if project is None else 1)
        self.portrait = None
        for part in (self.cosines, self.spectrum):
            part.chart.show_value(None)
        for tile in self.tiles:
            tile.show_figure("", "", "")
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if project is not None:
            self.title.setText(project.manifest.name)
            self.about.setText("Measuring …")
        if self.isVisible():
            self._measure()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._measure()

    def _measure(self) -> None:
        """Measures the open project unless that is done or under way."""
        project = self.context.session.project
        if project is None or self.portrait is not None or self._job is not None:
            return
        job = self.context.jobs.start(
            "Measuring geometry",
            _portraying(project),
            done=lambda portrait: self._show(portrait) if job is self._job else None,
            failed=self._failed,
        )
        self._job = job

    def _failed(self, error: BaseException) -> None:
        self._job = None
        self.about.setText("")
        self.context.notices.report(error)

    def _show(self, portrait: Portrait) -> None:
        self._job, self.portrait = None, portrait
        project = self.context.session.project
        if project is None:
            return
        sampled = (
            f"all {portrait.of:,} passages"
            if portrait.points == portrait.of
            else f"{portrait.points:,} of {portrait.of:,} passages, drawn at random with seed 0"
        )
        card = project.manifest.encoder
        self.about.setText(
            f"{sampled[0].upper()}{sampled[1:]}, embedded by {card.name} in {portrait.dimensions} "
            f"dimensions ({card.conventions.pooling} pooling) and measured at length 1."
        )
        gap = portrait.uniformity - portrait.optimum
        rank = min(portrait.points, portrait.dimensions)
        bound = f"{portrait.gao_lower:.1f} ≤ λmax"
        if portrait.gao_applies:  # the upper bound presumes that no similarity is negative
            bound += f" ≤ {portrait.gao_upper:,.0f}"
        figures = (
            ("Uniformity", f"{portrait.uniformity:.3f}", f"optimum {portrait.optimum:.3f}"),
            ("Above the optimum", f"{gap:.3f}", "a finite sample may fall below"),
            ("Mean cosine", f"{portrait.mean_cosine:.3f}", "anisotropy; 0 is isotropic"),
            ("Effective rank", f"{portrait.effective_rank:.1f}", f"of at most {rank}"),
            ("Largest eigenvalue", f"{portrait.largest:.1f}", f"{bound} (Gao et al. 2021)"),
        )
        for tile, figure in zip(self.tiles, figures, strict=True):
            tile.show_figure(*figure)
        for part in (self.cosines, self.spectrum):
            part.chart.show_value(portrait)

    def _fit(self, _theme: object = None) -> None:
        side = space(6)
        self._column.setContentsMargins(side, space(5), side, space(3))
        self._column.setSpacing(space(3))
        self._tiles.setSpacing(space(3))
        self._charts.setSpacing(space(3))


class _Tile(Card):
    """One figure with its name and what to hold it against."""

    def __init__(self) -> None:
        super().__init__(padding=3)
        self.name = Label("", "caption")
        self.figure = Label("", "title")
        self.note = Label("", "caption", wrap=True)
        for part in (self.name, self.figure, self.note):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def show_figure(self, name: str, figure: str, note: str) -> None:
        self.name.setText(name)
        self.figure.setText(figure)
        self.note.setText(note)


class _ChartCard(Card):
    """A chart under its name, with a sentence on how to read it."""

    def __init__(self, chart: Chart, note: str) -> None:
        super().__init__(padding=4)
        self.chart = chart
        self.column.addWidget(Label(chart.accessibleName(), "heading"))
        self.column.addWidget(chart)
        self.column.addWidget(Label(note, "caption", wrap=True))


def _portraying(project: Project) -> Work[Portrait]:
    return (yield from portray(unit(project.vectors.array)))
