"""How much the vectors count in a hybrid: chosen on one half of the questions, or by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.charts import Chart, stroke
from explorer.theme import Theme, px, space, themes
from explorer.widgets import Button, Choice, Label, LabelledSlider
from models.evaluation.comparison import Entry
from models.evaluation.curves import By, asked
from models.evaluation.fusing import WEIGHTS
from models.evaluation.judged import Judged

_ABOUT = (
    "The hybrid adds the scaled similarity of the vectors, times the weight, to the scaled score "
    "of BM25, times what is left of one. Solid: the half of the questions by which a weight may "
    "be chosen; questions of one article stay in one half. Dashed: the other half, which tells "
    "what the choice is worth."
)


@dataclass(frozen=True, eq=False)
class Mixed:
    """Mean reciprocal rank by weight over both halves, and the weights to mark."""

    dev: NDArray[np.float64]
    rest: NDArray[np.float64]
    best: float | None
    weight: float


class WeightChart(Chart):
    """The dev half solid, the other dashed; a ring at the best weight, a line at the present."""

    def __init__(self) -> None:
        super().__init__("Hybrid by weight", "weight of the vectors", "MRR@10 × 100", 190)

    def draw(self, value: Mixed, theme: Theme) -> None:
        other = stroke(theme.muted, 2, style=Qt.PenStyle.DashLine)
        self.addItem(pg.InfiniteLine(value.weight, pen=stroke(theme.text, 1)))
        self.addItem(pg.PlotCurveItem(np.array(WEIGHTS), value.rest, pen=other))
        self.addItem(pg.PlotCurveItem(np.array(WEIGHTS), value.dev, pen=stroke(theme.accent, 2)))
        if value.best is not None:
            at = WEIGHTS.index(value.best)
            ring = {"symbol": "o", "size": px(10), "brush": None}
            pen = stroke(theme.text, 1.5)
            self.addItem(pg.ScatterPlotItem([value.best], [value.dev[at]], pen=pen, **ring))
        ends = np.concatenate([value.dev, value.rest])
        ends = ends[np.isfinite(ends)]
        low, high = (float(ends.min()), float(ends.max())) if len(ends) else (0.0, 100.0)
        room = max(high - low, 1.0)
        self.setXRange(0, 1, padding=0.03)
        self.setYRange(low - 0.08 * room, high + 0.12 * room, padding=0)

    def _dress(self, theme: Theme) -> None:
        self.getPlotItem().layout.setContentsMargins(1, px(7), px(12), 1)
        super()._dress(theme)


class HybridPage(QWidget):
    """``weighed`` carries the id of an encoder and the weight of its vectors."""

    weighed = Signal(str, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = Choice()
        self.choice.setAccessibleName("Encoder in the hybrid")
        self.chart = WeightChart()
        self.slider = LabelledSlider("Weight of the vectors", 0, 1, 0.75, 0.05, "{:.2f}".format)
        self.use = Button("Use the best", icon="target")
        self.told = Label("", wrap=True)
        self.about = Label(_ABOUT, "caption", wrap=True)
        self._entries: tuple[Entry, ...] = ()
        self._judged: Judged | None = None
        self._by: By = "gold"
        self._best: float | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for part in (self.choice, self.chart, self.slider, self.use, self.told, self.about):
            self._column.addWidget(part)
        self._column.addStretch(1)
        self.choice.activated.connect(lambda _: self._draw())
        self.slider.changed.connect(self._slide)
        self.use.clicked.connect(self._use)
        themes().changed.connect(self._fit)
        self._fit()

    def show_entries(self, entries: Sequence[Entry], judged: Judged | None, by: By) -> None:
        """Offers the hybrids among these."""
        self._entries, self._judged, self._by = tuple(entries), judged, by
        dense = [entry for entry in entries if entry.sweep is not None]
        chosen = self.choice.currentData()
        self.choice.clear()
        for entry in dense:
            self.choice.addItem(f"BM25 + {entry.name}", entry.id)
        self.choice.setCurrentIndex(max(0, self.choice.findData(chosen)))
        self.choice.setVisible(len(dense) > 1)
        for part in (self.chart, self.slider, self.use):
            part.setVisible(bool(dense))
        self._draw()

    def _pair(self) -> tuple[Entry | None, Entry | None]:
        """The encoder that is chosen, and its hybrid."""
        known = {entry.id: entry for entry in self._entries}
        name = self.choice.currentData()
        return known.get(name), known.get(f"+{name}")

    def _draw(self) -> None:
        dense, mixed = self._pair()
        if dense is None or mixed is None or dense.sweep is None or self._judged is None:
            self.told.setText("A hybrid takes BM25 and an encoder; none is measured yet.")
            self.chart.show_value(None)
            return
        assert mixed.weight is not None
        judged, by = self._judged, self._by
        dev = dense.sweep.scores(by, dev=True)
        rest = dense.sweep.scores(by, dev=False)
        self._best = dense.sweep.best(by)
        if not self.slider.slider.isSliderDown():
            self.slider.set_value(mixed.weight)
        self.chart.show_value(Mixed(dev, rest, self._best, mixed.weight))
        self.use.setEnabled(self._best is not None and self._best != mixed.weight)
        if self._best is None:
            self.told.setText("There are too few questions to choose a weight by.")
            return
        counted = asked(judged, by)
        chosen, left = (
            int((counted & dense.sweep.dev).sum()),
            int((counted & ~dense.sweep.dev).sum()),
        )
        best = WEIGHTS.index(self._best)
        self.use.setText(f"Use the best, {self._best:.2f}")
        self.told.setText(
            f"{chosen:,} questions choose {self._best:.2f}. On the other {left:,}, MRR@10 is "
            f"{rest[best]:.1f} with it, {rest[0]:.1f} by BM25's ranking of the candidates and "
            f"{rest[-1]:.1f} by the vectors' alone."
        )

    def _slide(self, weight: float) -> None:
        name = self.choice.currentData()
        if name:
            self.weighed.emit(name, round(weight, 2))

    def _use(self) -> None:
        if self._best is not None:
            self.slider.set_value(self._best)
            self._slide(self._best)

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(3))
