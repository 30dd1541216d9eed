"""All charts of a run in one column, each under its name and over what it is measured on."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from explorer.charts import Chart
from explorer.theme import space, themes
from explorer.views.training.plots import (
    AlignmentChart,
    CosineChart,
    Curve,
    DistanceChart,
    Figures,
    LossChart,
    NeighbourChart,
    SpectrumChart,
    UniformityChart,
)
from explorer.widgets import Label
from models.geometry import optimal_uniformity
from models.training.events import Measured
from models.training.look import Look


class RunCharts(QWidget):
    """A scrolling column that follows a run or its replay.

    Only charts that are in sight are drawn; the others when they are scrolled to.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loss, self.alignment, self.uniformity = (
            LossChart(),
            AlignmentChart(),
            UniformityChart(),
        )
        self.distances, self.cosines = DistanceChart(), CosineChart()
        self.spectrum, self.knn = SpectrumChart(), NeighbourChart()
        self.notes: dict[Chart, Label] = {}
        self._waiting: dict[Chart, Any] = {}
        self._build()
        self._describe(None)
        themes().changed.connect(self._fit)
        self._fit()

    @property
    def charts(self) -> tuple[Chart, ...]:
        """From top to bottom."""
        return tuple(self.notes)

    def show_run(
        self,
        losses: NDArray[np.float64],
        measured: Sequence[Measured],
        dimensions: int,
        now: int,
    ) -> None:
        """The run so far.

        Args:
            losses: one a step, from step 1 on.
            measured: figures of the probe set.
            dimensions: D of its vectors.
            now: the step that is shown.
        """
        figures = Figures(tuple(measured), optimal_uniformity(max(1, dimensions)), now)
        self._put(self.loss, Curve(losses, now) if len(losses) else None)
        for chart in (self.alignment, self.uniformity):
            self._put(chart, figures if measured else None)
        known = any(m.knn is not None for m in measured)
        self._put(self.knn, figures if known else None)

    def show_look(self, look: Look | None) -> None:
        """The probe set at the step that is shown."""
        for chart in (self.distances, self.cosines, self.spectrum):
            self._put(chart, look)
        self._describe(look)

    def clear(self) -> None:
        """Nothing is shown."""
        for chart in self.charts:
            self._put(chart, None)
        self._describe(None)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw()

    def _put(self, chart: Chart, value: Any) -> None:
        self._waiting[chart] = value
        if self._in_sight(chart):
            chart.show_value(self._waiting.pop(chart))

    def _draw(self) -> None:
        for chart in [chart for chart in self._waiting if self._in_sight(chart)]:
            chart.show_value(self._waiting.pop(chart))

    def _in_sight(self, chart: Chart) -> bool:
        page = self.area.viewport()
        place = QRect(chart.mapTo(page, QPoint()), chart.size())
        return chart.isVisible() and page.rect().intersects(place)

    def _describe(self, look: Look | None) -> None:
        """What each chart is measured on."""
        some = f"{look.pairs:,} positive pairs" if look else "positive pairs"
        view = f"{look.pairs:,} vectors a view" if look else "each view by itself"
        others = f"{look.others:,} pairs" if look else "pairs"
        rows = f"All {2 * look.pairs:,} vectors" if look else "All vectors"
        cosine = f", mean cosine {look.mean_cosine:.3f}" if look else ""
        texts = {
            self.loss: "Of each step's batch; thick, its running mean.",
            self.alignment: f"Mean over {some} at length 1.",
            self.uniformity: f"t = 2, {view}, at length 1.",
            self.knn: "Images never trained on, frozen features.",
            self.distances: f"{some[0].upper()}{some[1:]} at length 1.",
            self.cosines: f"Colour: {some}. Grey: {others} of different images{cosine}. "
            "Dashed: uniform distribution.",
            self.spectrum: f"{rows} at length 1, not centred.",
        }
        for chart, text in texts.items():
            if self.notes[chart].text() != text:
                self.notes[chart].setText(text)

    def _build(self) -> None:
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._blocks: list[QVBoxLayout] = []
        for chart in (
            self.loss,
            self.knn,
            self.alignment,
            self.uniformity,
            self.distances,
            self.cosines,
            self.spectrum,
        ):
            self.notes[chart] = Label("", "caption", wrap=True)
            block = QVBoxLayout()
            block.addWidget(Label(chart.accessibleName(), "heading"))
            block.addWidget(chart)
            block.addWidget(self.notes[chart])
            self._blocks.append(block)
            self._column.addLayout(block)
        self._column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName("Curves of the run")
        self.area.setWidget(body)
        self.area.verticalScrollBar().valueChanged.connect(self._draw)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.area)

    def _fit(self, _theme: object = None) -> None:
        self._column.setContentsMargins(space(1), 0, space(2), space(2))
        self._column.setSpacing(space(5))
        for block in self._blocks:
            block.setSpacing(space(1))
