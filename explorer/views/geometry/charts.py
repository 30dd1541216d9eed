"""The charts of a portrait, each drawn from its figures alone."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from explorer.charts import Chart
from explorer.theme import Theme
from models.portrait import Attention, Portrait

_BARS = 40
_TICKS = (1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 1e-4, 1e-5)


class CosineChart(Chart):
    """The pairs' cosines filled, with the uniform distribution as a dashed line."""

    def __init__(self) -> None:
        super().__init__("Cosines of pairs", "cosine of two passages", "density")

    def draw(self, value: Portrait, theme: Theme) -> None:
        middles = (value.edges[:-1] + value.edges[1:]) / 2
        fill = QColor(theme.accent)
        fill.setAlpha(70)
        pen = pg.mkPen(theme.accent, width=1.5)
        self.plot(middles, value.density, pen=pen, fillLevel=0, brush=fill)
        self.plot(middles, value.uniform_density, pen=_dashed(theme))
        self.addItem(pg.InfiniteLine(value.mean_cosine, pen=pg.mkPen(theme.accent, width=1)))
        seen = middles[(value.density > 0) | (value.uniform_density > 1e-3)]
        low, high = (float(seen[0]), float(seen[-1])) if len(seen) else (-1.0, 1.0)
        self.setXRange(low - 0.05, high + 0.05, padding=0)
        self.setYRange(0, 1.08 * max(value.density.max(), value.uniform_density.max()), padding=0)


class SpectrumChart(Chart):
    """Singular values over the largest, on a logarithmic scale; the effective rank dashed."""

    def __init__(self) -> None:
        super().__init__("Singular values", "singular value, by size", "share of the largest")
        self.setLogMode(False, True)
        self.getAxis("left").setTicks([[(np.log10(tick), f"{tick:g}") for tick in _TICKS]])

    def draw(self, value: Portrait, theme: Theme) -> None:
        values = value.singular_values
        kept = values[values > values[0] * 1e-6]
        ranks = np.arange(1, len(kept) + 1)
        if len(kept):
            self.plot(ranks, kept / kept[0], pen=pg.mkPen(theme.accent, width=2))
        self.addItem(pg.InfiniteLine(value.effective_rank, pen=_dashed(theme)))
        self.setXRange(0, max(len(kept), 2), padding=0.02)


class SoftmaxChart(Chart):
    """The largest shares of the softmax as bars."""

    def __init__(self) -> None:
        super().__init__("Shares at this temperature", "passage, by similarity", "share", 150)

    def draw(self, value: Attention, theme: Theme) -> None:
        shares = np.sort(value.shares)[::-1][:_BARS]
        ranks = np.arange(1, len(shares) + 1)
        look = {"brush": theme.accent, "pen": pg.mkPen(None)}
        self.addItem(pg.BarGraphItem(x=ranks, height=shares, width=0.8, **look))
        self.setXRange(0.2, _BARS + 0.8, padding=0)
        self.setYRange(0, max(float(shares[0]) * 1.08, 1e-3), padding=0)


def _dashed(theme: Theme) -> object:
    return pg.mkPen(theme.muted, width=1.5, style=Qt.PenStyle.DashLine)
