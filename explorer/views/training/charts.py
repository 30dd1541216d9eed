"""The curves of a run."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from explorer.charts import Chart
from explorer.theme import Theme
from models.training.events import Measured


@dataclass(frozen=True, eq=False)
class Curve:
    """Losses of all steps so far; ``now`` is the step that the picture shows."""

    losses: NDArray[np.float64]
    now: int


@dataclass(frozen=True)
class Figures:
    """Measurements so far, and the optimum of uniformity in this dimension."""

    measured: tuple[Measured, ...]
    optimum: float
    now: int


class LossChart(Chart):
    """The loss of each step, and its running mean."""

    def __init__(self) -> None:
        super().__init__("Contrastive loss", "step", "loss", 150)

    def draw(self, value: Curve, theme: Theme) -> None:
        steps = np.arange(1, len(value.losses) + 1)
        self.plot(steps, value.losses, pen=pg.mkPen(theme.edge, width=1))
        width = max(1, len(value.losses) // 40)
        if len(value.losses):
            smooth = np.convolve(value.losses, np.ones(width) / width, "valid")
            self.plot(steps[width - 1 :], smooth, pen=pg.mkPen(theme.accent, width=2))
        self.addItem(pg.InfiniteLine(value.now, pen=pg.mkPen(theme.muted, width=1)))


class GeometryChart(Chart):
    """Alignment against uniformity: a run is a trail, from a ring to a disc."""

    def __init__(self) -> None:
        super().__init__("Alignment and uniformity", "uniformity", "alignment", 190)

    def draw(self, value: Figures, theme: Theme) -> None:
        x = np.array([m.uniformity for m in value.measured])
        y = np.array([m.alignment for m in value.measured])
        self.plot(x, y, pen=pg.mkPen(theme.accent, width=1.5))
        fill = [theme.surface, *[theme.accent] * (len(x) - 1)]
        brushes = [pg.mkBrush(color) for color in fill[: len(x)]]
        pen = pg.mkPen(theme.accent, width=1.5)
        self.plot(x, y, pen=None, symbol="o", symbolSize=6, symbolBrush=brushes, symbolPen=pen)
        shown = [p for p, m in enumerate(value.measured) if m.step <= value.now]
        if shown:
            at = shown[-1]
            here = pg.mkPen(theme.text, width=2)
            self.plot(
                x[at : at + 1],
                y[at : at + 1],
                pen=None,
                symbol="o",
                symbolSize=12,
                symbolBrush=None,
                symbolPen=here,
            )
        self.addItem(pg.InfiniteLine(value.optimum, pen=pg.mkPen(theme.muted, width=1)))
        low = min(value.optimum, float(x.min(initial=0.0)))
        self.setXRange(low - 0.1, max(float(x.max(initial=low)), low) + 0.1, padding=0)
        self.setYRange(0, 1.1 * float(y.max(initial=0.1)), padding=0)


class NeighbourChart(Chart):
    """kNN accuracy on frozen features over the run."""

    def __init__(self) -> None:
        super().__init__("kNN accuracy", "step", "%", 130)

    def draw(self, value: Figures, theme: Theme) -> None:
        known = [(m.step, m.knn) for m in value.measured if m.knn is not None]
        steps, accuracies = [s for s, _ in known], [a for _, a in known]
        pen = pg.mkPen(theme.accent, width=2)
        self.plot(steps, accuracies, pen=pen, symbol="o", symbolSize=4, symbolBrush=theme.accent)
        self.addItem(pg.InfiniteLine(value.now, pen=pg.mkPen(theme.muted, width=1)))
