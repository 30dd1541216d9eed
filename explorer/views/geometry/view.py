"""The Geometry workspace: figures and charts of whatever vectors are chosen."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from explorer.chart_cards import Columns
from explorer.context import AppContext
from explorer.folders import runs_folder
from explorer.latest import Latest
from explorer.theme import space, themes
from explorer.views.geometry import figures
from explorer.views.geometry.cards import ChartCard, Tile
from explorer.views.geometry.charts import CosineChart, DistanceChart, SpectrumChart
from explorer.views.geometry.formulas import ALIGNMENT, CONTRASTIVE, GAO, LIMIT, RANK, UNIFORMITY
from explorer.views.geometry.limit_card import LimitCard
from explorer.views.geometry.measuring import Measurement, Source, about, measuring
from explorer.views.geometry.plane_card import PlaneCard
from explorer.views.geometry.source_bar import SourceBar
from explorer.views.geometry.temperature import TemperatureCard
from explorer.widgets import Card, EmptyState, Label, ScrollPage
from explorer.widgets.formula import Formula
from models.portrait import Portrait
from models.training.shelf import RunCard, list_runs


class GeometryView(QWidget):
    """Measures a choice once, when the view is looked at."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.found: Measurement | None = None
        self._asked: Source | None = None
        self._runs_known = False
        self._steps: list[Callable[[], object]] = []
        self._stepper = QTimer(self, singleShot=True, interval=0)
        self.source = SourceBar()
        self.title = Label("", "title", wrap=True)
        self.about = Label("", "muted", wrap=True)
        self.tiles = [Tile() for _ in range(5)]
        self.cosines = ChartCard(
            CosineChart(),
            "Filled: all pairs, their mean as a line. Amber: positive pairs, where there are any, "
            "drawn to the same height. Dashed: uniform on the same sphere.",
            (UNIFORMITY,),
        )
        self.spectrum = ChartCard(
            SpectrumChart(), "Dashed: the effective rank (Roy & Vetterli 2007).", (RANK, GAO)
        )
        self.distances = ChartCard(
            DistanceChart(),
            "Line: the root of alignment. Dashed: √2, the distance at right angles, around which "
            "all distances gather on a sphere of many dimensions.",
            (ALIGNMENT,),
        )
        self.plane = PlaneCard()
        self.limit = LimitCard(context)
        self.temperature = TemperatureCard(context)
        self.no_pairs = _NoPairs()
        self._measuring = Latest(context.jobs, "Measuring geometry", self, quiet=False)
        self._reading = Latest(context.jobs, "Reading the runs", self)
        self._build()
        self._connect()
        self._fit()
        self.source.set_project(context.session.project)

    @property
    def portrait(self) -> Portrait | None:
        """The figures that are shown."""
        return None if self.found is None else self.found.portrait

    def _build(self) -> None:
        page = ScrollPage(parent=self)
        self._column = QVBoxLayout(page.body)
        self._column.addWidget(self.title)
        self._column.addWidget(self.about)
        self._tiles = QHBoxLayout()
        for tile in self.tiles:
            self._tiles.addWidget(tile, 1)
        self._column.addLayout(self._tiles)
        self._columns = Columns(parent=page.body)
        first = (self.cosines, self.spectrum)
        self._unpaired = (*first, self.plane, self.temperature, self.no_pairs)
        self._paired = (*first, self.distances, self.plane, self.limit, self.temperature)
        for card in (self.distances, self.limit):  # placed when there are pairs
            card.setParent(self._columns)
            card.hide()
        self._columns.show_cards(self._unpaired)
        self._column.addWidget(self._columns)
        self._column.addStretch(1)
        nothing = EmptyState(
            "chart",
            "No vectors to measure",
            "Open a corpus, or choose a training run or a file of vectors above, and see how "
            "they lie on the hypersphere.",
            (("Open files …", lambda: self.context.commands.run("corpus.open")),),
        )
        self._all = QVBoxLayout(self)
        self._all.addWidget(self.source)
        self._stack = QStackedLayout()
        self._stack.addWidget(nothing)
        self._stack.addWidget(page)
        self._all.addLayout(self._stack, 1)

    def _connect(self) -> None:
        session = self.context.session
        self.source.changed.connect(self._choose)
        session.project_changed.connect(self.source.set_project)
        session.runs_changed.connect(self._runs_changed)
        session.run_changed.connect(lambda _: self._runs_changed())
        self._measuring.arrived.connect(self._show)
        self._measuring.failed.connect(self._failed)
        self._reading.arrived.connect(self._read)
        self._reading.failed.connect(self.context.notices.report)
        self._stepper.timeout.connect(self._step)
        themes().changed.connect(self._fit)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._measure()
        if not self._runs_known:
            self._runs_changed()

    # What there is to choose from

    def _runs_changed(self) -> None:
        """Reads the runs again, now or when the view is next looked at."""
        self._runs_known = self.isVisible()
        if self._runs_known:
            opened = self.context.session.run
            self._reading.ask(lambda: list_runs(runs_folder(), opened))

    def _read(self, cards: tuple[RunCard, ...]) -> None:
        self.plane.show_runs(cards)
        self.source.set_runs([card for card in cards if card.trail])

    # What is chosen

    def _choose(self, source: Source | None) -> None:
        self._stack.setCurrentIndex(0 if source is None else 1)
        self._measuring.forget()
        self._clear()
        if source is not None:
            self.title.setText(source.title.partition(": ")[2])
            self.about.setText("Measuring …")
        if self.isVisible():
            self._measure()

    def _clear(self) -> None:
        self.found = self._asked = None
        for tile in self.tiles:
            tile.show_figure("", "", "")
        self._steps = []
        for part in (self.cosines, self.spectrum, self.distances):
            part.show_portrait(None, "")
        self.limit.show_pairs(None)
        self.temperature.show_vectors(None)

    def _measure(self) -> None:
        """Measures what is chosen, once."""
        source = self.source.current
        if source is not None and source is not self._asked:
            self._asked = source
            self._measuring.ask(lambda: measuring(source), source)

    def _failed(self, error: BaseException) -> None:
        self.about.setText("This could not be measured.")
        self.context.notices.report(error)

    def _show(self, found: Measurement) -> None:
        """Shows the figures now and one chart after the other, so that the window never stalls."""
        self.found = found
        portrait = found.portrait
        self.about.setText(about(found))
        for tile, figure in zip(self.tiles, figures.tiles(portrait), strict=True):
            tile.show_figure(*figure)
        paired = portrait.alignment is not None
        self._steps = [
            lambda: self.cosines.show_portrait(portrait, figures.cosines(portrait)),
            lambda: self.spectrum.show_portrait(portrait, figures.gao(portrait)),
            lambda: self.distances.show_portrait(portrait, figures.distances(portrait)),
            lambda: self.plane.show_measured(found),
            lambda: self._columns.show_cards(self._paired if paired else self._unpaired),
            lambda: self.limit.show_pairs(found if paired else None),
            lambda: self.temperature.show_vectors(found),
        ]
        self._stepper.start()

    def _step(self) -> None:
        if self._steps:
            self._steps.pop(0)()
            self._stepper.start()

    def _fit(self, _theme: object = None) -> None:
        side = space(6)
        self._all.setContentsMargins(0, 0, 0, 0)
        self._all.setSpacing(0)
        self.source.layout().setContentsMargins(side, space(4), side, space(1))
        self._column.setContentsMargins(side, space(3), side, space(4))
        self._column.setSpacing(space(3))
        self._tiles.setSpacing(space(3))


class _NoPairs(Card):
    """What cannot be seen without positive pairs, and how to get some."""

    def __init__(self) -> None:
        super().__init__(padding=4)
        self.words = Label(
            "These vectors have no positive pairs, and none are made up. With pairs this place "
            "shows their distances, alignment, and how the contrastive loss comes to its limit "
            "as negatives are added: choose a training run above, whose images have two views "
            "each, or a file of vectors and then one of their positives.",
            wrap=True,
        )
        self.column.addWidget(Label("Alignment and the limit take positive pairs", "heading"))
        self.column.addWidget(self.words)
        for formula in (ALIGNMENT, CONTRASTIVE, LIMIT):
            self.column.addWidget(Formula(*formula))
