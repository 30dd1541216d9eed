"""The charts of the page: figures by layer, spectra, and cosines of pairs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from explorer.charts import RoomyChart, stroke
from explorer.palettes import OKABE_ITO
from explorer.theme import Theme, px
from explorer.views.encoders.layers_work import Side
from models.anisotropy.estimates import Estimate
from models.anisotropy.layerwise import PUBLISHED, Layer

_DEEP = 12  # layers of BERT-base, of which figures are published
_TICKS = (1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 1e-4, 1e-5)
_DASHED, _DOTTED = Qt.PenStyle.DashLine, Qt.PenStyle.DotLine


def color(place: int, theme: Theme) -> str:
    """Of the first encoder and of the second."""
    return OKABE_ITO[0] if place else theme.accent


@dataclass(frozen=True)
class Line:
    """A figure by layer.

    Attributes:
        values: one a layer, from layer 0 on.
        place: of the encoder, 0 or 1.
        ranges: the low and the high end at each layer, if known.
        dashed: drawn so.
    """

    values: tuple[float, ...]
    place: int
    ranges: tuple[tuple[float, float], ...] = ()
    dashed: bool = False


def estimated(sides: Sequence[Side], of: Callable[[Layer], Estimate | None]) -> tuple[Line, ...]:
    """The lines of an estimate; an encoder without it has none."""
    lines = []
    for place, side in enumerate(sides):
        found = [of(layer) for layer in side.report.layers.layers]
        known = [each for each in found if each is not None]
        if len(known) == len(found):
            ranges = tuple((each.low, each.high) for each in known)
            lines.append(Line(tuple(each.value for each in known), place, ranges))
    return tuple(lines)


def plain(
    sides: Sequence[Side], of: Callable[[Layer], float], dashed: bool = False
) -> tuple[Line, ...]:
    """The lines of a figure without ranges."""
    return tuple(
        Line(tuple(of(layer) for layer in side.report.layers.layers), place, (), dashed)
        for place, side in enumerate(sides)
    )


class LayerChart(RoomyChart):
    """Figures by layer with their ranges; ``published`` adds what the paper reports of others."""

    def __init__(self, name: str, left: str, published: bool = False) -> None:
        self._published = PUBLISHED if published else ()
        super().__init__(name, "layer (0 is the output of the embeddings)", left, 220)

    def draw(self, value: tuple[Line, ...], theme: Theme) -> None:
        depth = max((len(line.values) - 1 for line in value), default=1)
        if self._published:
            depth = max(depth, _DEEP)
        for line in value:
            self._draw_line(line, theme)
        for model, layer, figure in self._published:
            self._draw_published(model, layer, figure, theme)
        step = 1 if depth <= 14 else 2 if depth <= 28 else 4
        ticks = [(n, str(n)) for n in range(0, depth + 1, step)]
        self.getAxis("bottom").setTicks([ticks])
        self.setXRange(0, max(depth, 1), padding=0.03)
        lows = [low for line in value for low, _ in line.ranges]
        values = [each for line in value for each in line.values]
        low = min([0.0, *values, *lows])
        self.setYRange(min(low * 1.1, -0.02), max([1.0, *values]) + 0.03, padding=0)

    def _draw_line(self, line: Line, theme: Theme) -> None:
        shade = color(line.place, theme)
        layers = np.arange(len(line.values))
        if line.ranges:
            ends = [self.plot(layers, end, pen=None) for end in zip(*line.ranges, strict=True)]
            self.addItem(pg.FillBetweenItem(*ends, brush=_fill(shade, 60)))
        pen = stroke(shade, 2, style=_DASHED if line.dashed else Qt.PenStyle.SolidLine)
        dots = {"symbol": "o", "symbolSize": px(5), "symbolBrush": shade, "symbolPen": None}
        self.plot(layers, line.values, pen=pen, **dots)

    def _draw_published(self, model: str, layer: int, figure: float, theme: Theme) -> None:
        pen = stroke(theme.muted, 1.5)
        mark = {"symbol": "d", "symbolSize": px(9), "symbolPen": pen, "symbolBrush": theme.surface}
        self.plot([layer], [figure], pen=None, **mark)
        # At the embeddings the number alone stands below, where curves leave room for it.
        name, anchor = (f"{model} {figure:g}  ", (1, 0.5)) if layer else (f" {figure:g}", (0, 0.1))
        words = pg.TextItem(name, theme.muted, anchor=anchor)
        words.setFont(self.small)
        words.setPos(layer, figure)
        self.addItem(words)


class SpectrumChart(RoomyChart):
    """Singular values over the largest on a logarithmic scale, also after whitening."""

    def __init__(self) -> None:
        super().__init__("Singular values", "singular value, by size", "share of the largest", 220)
        self.setLogMode(False, True)
        self.getAxis("left").setTicks([[(np.log10(tick), f"{tick:g}") for tick in _TICKS]])

    def draw(self, value: tuple[Side, ...], theme: Theme) -> None:
        longest, least = 2, 0.1
        for place, side in enumerate(value):
            shade = color(place, theme)
            for portrait, style in ((side.report.before, None), (side.report.after, _DASHED)):
                if portrait is None:
                    continue
                values = portrait.singular_values
                kept = values[values > values[0] * 1e-6]
                pen = stroke(shade, 2, style=style or Qt.PenStyle.SolidLine)
                self.plot(np.arange(1, len(kept) + 1), kept / kept[0], pen=pen)
                longest = max(longest, len(kept))
                least = min(least, float(kept[-1] / kept[0]))
            rank = side.report.before.effective_rank
            self.addItem(pg.InfiniteLine(rank, pen=stroke(shade, 1.5, style=_DOTTED)))
        self.setXRange(0, longest, padding=0.02)
        self.setYRange(np.log10(max(least, 1e-5)), 0, padding=0.05)


class CosineChart(RoomyChart):
    """Cosines of all pairs of sentences, filled; after whitening dashed."""

    def __init__(self) -> None:
        super().__init__("Cosines of pairs of sentences", "cosine of two sentences", "density", 220)

    def draw(self, value: tuple[Side, ...], theme: Theme) -> None:
        plain = max(float(side.report.before.density.max()) for side in value)
        tallest, ends = 0.0, [0.0]
        for place, side in enumerate(value):
            shade = color(place, theme)
            for portrait, whitened in ((side.report.before, False), (side.report.after, True)):
                if portrait is None:
                    continue
                middles = (portrait.edges[:-1] + portrait.edges[1:]) / 2
                look: dict[str, Any] = {"pen": stroke(shade, 1.5, style=_DASHED)}
                if not whitened:
                    look = {"pen": stroke(shade, 1.5), "fillLevel": 0}
                    look["brush"] = _fill(shade, 70)
                    mean = pg.InfiniteLine(portrait.mean_cosine, pen=stroke(shade, 1))
                    self.addItem(mean)
                self.plot(middles, portrait.density, **look)
                tallest = max(tallest, float(portrait.density.max()))
                seen = middles[portrait.density > 1e-3 * portrait.density.max()]
                ends += [float(seen[0]), float(seen[-1])]
        self.setXRange(max(min(ends) - 0.05, -1), min(max(ends) + 0.05, 1), padding=0)
        # Few sentences whitened by themselves are all equally far apart: one peak of any height.
        self.setYRange(0, 1.08 * min(tallest, 3 * plain), padding=0)


def _fill(shade: str, alpha: int) -> QColor:
    fill = QColor(shade)
    fill.setAlpha(alpha)
    return fill
