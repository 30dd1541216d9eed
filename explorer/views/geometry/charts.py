"""The charts of this workspace, each drawn from its figures alone."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from explorer.charts import RoomyChart, stroke
from explorer.palettes import OKABE_ITO
from explorer.theme import Theme, px
from models.geometry import Limit
from models.portrait import Attention, Portrait

_BARS = 40
_TICKS = (1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 1e-4, 1e-5)
_DISTANCES = np.linspace(0, 2, 41)
#: Of all that is about positive pairs; the notes call it amber.
_PAIRS = OKABE_ITO[0]


class CosineChart(RoomyChart):
    """The pairs' cosines filled, the positive pairs' too, the uniform distribution dashed."""

    def __init__(self) -> None:
        super().__init__("Cosines of pairs", "cosine of two vectors", "density")

    def draw(self, value: Portrait, theme: Theme) -> None:
        middles = (value.edges[:-1] + value.edges[1:]) / 2
        pen = stroke(theme.accent, 1.5)
        self.plot(middles, value.density, pen=pen, fillLevel=0, brush=_fill(theme.accent))
        self.plot(middles, value.uniform_density, pen=_dashed(theme))
        self.addItem(pg.InfiniteLine(value.mean_cosine, pen=stroke(theme.accent, 1)))
        positive = np.zeros_like(value.density)
        if value.pair_distances is not None:
            cosines = np.clip(1 - value.pair_distances**2 / 2, -1, 1)
            positive = np.histogram(cosines, value.edges)[0].astype(float)
            # So many pairs lie so close that at one scale all others would lie flat.
            positive *= value.density.max() / max(positive.max(), 1)
            pen = stroke(_PAIRS, 1.5)
            self.plot(middles, positive, pen=pen, fillLevel=0, brush=_fill(_PAIRS))
        tallest = np.maximum.reduce([value.density, value.uniform_density, positive])
        seen = middles[(value.density > 0) | (value.uniform_density > 1e-3) | (positive > 0)]
        low, high = (float(seen[0]), float(seen[-1])) if len(seen) else (-1.0, 1.0)
        self.setXRange(low - 0.05, high + 0.05, padding=0)
        self.setYRange(0, 1.08 * float(tallest.max()) or 1.0, padding=0)


class DistanceChart(RoomyChart):
    """Distances of positive pairs as bars, the root of alignment as a line."""

    def __init__(self) -> None:
        super().__init__("Distances of positive pairs", "distance", "pairs")

    def draw(self, value: Portrait, theme: Theme) -> None:
        if value.pair_distances is None or value.alignment is None:
            return
        counts, edges = np.histogram(value.pair_distances, _DISTANCES)
        look = {"brush": _fill(_PAIRS, 160), "pen": stroke(theme.surface, 1)}
        bars = pg.BarGraphItem(x0=edges[:-1], x1=edges[1:], height=counts, **look)
        self.addItem(bars)
        self.addItem(pg.InfiniteLine(value.alignment**0.5, pen=stroke(theme.text, 1.5)))
        self.addItem(pg.InfiniteLine(2**0.5, pen=_dashed(theme)))
        self.setXRange(0, 2, padding=0.02)
        self.setYRange(0, 1.08 * max(int(counts.max()), 1), padding=0)


class SpectrumChart(RoomyChart):
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
            dots = {"symbol": "o", "symbolSize": px(5), "symbolBrush": theme.accent}
            few = {**dots, "symbolPen": None} if len(kept) < 20 else {}
            self.plot(ranks, kept / kept[0], pen=stroke(theme.accent, 2), **few)
        self.addItem(pg.InfiniteLine(value.effective_rank, pen=_dashed(theme)))
        few_ticks = [[(rank, f"{rank}") for rank in ranks]] if len(kept) < 10 else None
        self.getAxis("bottom").setTicks(few_ticks)
        self.setXRange(0, max(len(kept), 2), padding=0.02)
        least = float(kept[-1] / kept[0]) if len(kept) else 1.0
        self.setYRange(np.log10(min(least, 0.1)), 0, padding=0.05)


class LimitChart(RoomyChart):
    """Loss − log M over the number of negatives, its limit dashed."""

    def __init__(self) -> None:
        super().__init__("The loss and its limit", "negatives M", "loss − log M")
        self.setLogMode(True, False)
        names = ("1", "10", "100", "10³", "10⁴", "10⁵", "10⁶")
        self.getAxis("bottom").setTicks([list(enumerate(names))])

    def draw(self, value: Limit, theme: Theme) -> None:
        look = {"symbol": "o", "symbolSize": px(6), "symbolBrush": theme.accent}
        pen = stroke(theme.accent, 2)
        self.plot(value.counts, value.values, pen=pen, symbolPen=None, **look)
        self.addItem(pg.InfiniteLine(value.limit, angle=0, pen=_dashed(theme)))
        low = min(value.limit, *value.values)
        high = max(value.limit, *value.values)
        margin = max(0.1 * (high - low), 1e-3)
        self.setXRange(0, np.log10(value.counts[-1]), padding=0.03)
        self.setYRange(low - margin, high + margin, padding=0)


@dataclass(frozen=True, eq=False)
class Shares:
    """The softmax of one anchor, the largest share first; with ``paired`` the positive's is before
    them all, whatever it is."""

    attention: Attention
    paired: bool


class SoftmaxChart(RoomyChart):
    """The largest shares of the softmax as bars, the positive's in amber with a plus."""

    def __init__(self) -> None:
        super().__init__("Shares at this temperature", "by similarity", "share")

    def draw(self, value: Shares, theme: Theme) -> None:
        shares = value.attention.shares[: _BARS + 1]
        order = np.argsort(-shares, kind="stable")[:_BARS]
        shares = shares[order]
        tall = max(float(shares[0]), 1e-3)
        colors = [_PAIRS if value.paired and row == 0 else theme.accent for row in order]
        brushes = [pg.mkBrush(color) for color in colors]
        x = np.arange(1, len(shares) + 1)
        bars = pg.BarGraphItem(x=x, height=shares, width=0.8, brushes=brushes, pen=pg.mkPen(None))
        self.addItem(bars)
        for at in np.flatnonzero(order == 0) if value.paired else ():
            plus = pg.TextItem("+", color=theme.text, anchor=(0.5, 1))
            plus.setFont(self.small)
            plus.setPos(at + 1, shares[at])
            self.addItem(plus)
        self.setXRange(0.2, _BARS + 0.8, padding=0)
        self.setYRange(0, tall * 1.2, padding=0)


def _fill(color: str, alpha: int = 70) -> QColor:
    fill = QColor(color)
    fill.setAlpha(alpha)
    return fill


def _dashed(theme: Theme) -> object:
    return stroke(theme.muted, 1.5, style=Qt.PenStyle.DashLine)
