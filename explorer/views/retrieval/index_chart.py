"""Recall against latency: a point an index, with its name where there is room for it."""

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF

from explorer.charts import Chart
from explorer.theme import Theme, px, space
from models.retrieval.measure import IndexMeasure

_LEAST = 1e-3  # milliseconds; less cannot be told apart
_TICKS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000, 10_000)
_BESIDE = 0.25  # decades, for the names of the first and the last


class IndexChart(Chart):
    """A point an index, at its recall and median latency."""

    def __init__(self) -> None:
        self._points: list[tuple[float, float]] = []
        self._texts: list[pg.TextItem] = []
        super().__init__(
            "Recall against latency", "median latency of one search, ms", "recall@10", 150
        )
        self.setLogMode(True, False)  # the quickest takes a hundredth of the exact search's time
        self.getViewBox().sigResized.connect(self._place_names)

    def draw(self, value: Sequence[IndexMeasure], theme: Theme) -> None:
        x, y = [max(measure.p50, _LEAST) for measure in value], [m.recall for m in value]
        self._points = [(math.log10(latency), recall) for latency, recall in zip(x, y, strict=True)]
        self.plot(x, y, pen=None, symbol="o", symbolSize=px(9), symbolBrush=theme.accent)
        self._texts = [pg.TextItem(measure.spec.kind, color=theme.text) for measure in value]
        for text, (latency, recall) in zip(self._texts, self._points, strict=True):
            text.setFont(self.small)
            text.setPos(latency, recall)
            self.addItem(text)
        low = min([0.9, *(math.floor(20 * recall) / 20 for recall in y)])
        ticks = (low, (low + 1) / 2, 1.0)  # above 1 there is room for names and no recall
        self.getAxis("left").setTicks([[(recall, f"{recall:.2f}") for recall in ticks]])
        self.getAxis("bottom").setTicks([[(math.log10(tick), f"{tick:g}") for tick in _TICKS]])
        self.getAxis("left").setWidth(px(58))  # pyqtgraph's own guess is too narrow for large text
        self.getAxis("bottom").setHeight(px(38))
        ends = [at for at, _ in self._points] or [0.0]
        self.setXRange(min(ends) - _BESIDE, max(ends) + _BESIDE, padding=0)
        self.setYRange(low - 0.3 * (1 - low), 1 + 0.5 * (1 - low), padding=0)
        self._place_names()

    def _place_names(self) -> None:
        """Puts each name at the first place beside its point where it covers no other."""
        metrics = QFontMetricsF(self.small)
        box = self.getViewBox()
        spots = [box.mapFromView(QPointF(x, y)) for x, y in self._points]
        half = px(9) / 2
        taken = [QRectF(s.x() - half, s.y() - half, 2 * half, 2 * half) for s in spots]
        for name, spot in zip(self._texts, spots, strict=True):
            # What pyqtgraph draws has a margin of a few pixels around the letters.
            width = metrics.horizontalAdvance(name.toPlainText()) + space(2)
            height = metrics.height() + space(1)
            places = [
                QRectF(spot.x() + x, spot.y() + y, width, height)
                for x, y in _beside(width, height, half + 1)
            ]
            seen = (place for place in places if box.boundingRect().contains(place))
            free = (p for p in seen if not any(p.intersects(other) for other in taken))
            area = next(free, places[0])
            name.setAnchor(
                ((spot.x() - area.left()) / width, (spot.y() - area.top()) / height),
            )
            taken.append(area)


def _beside(width: float, height: float, gap: float) -> list[tuple[float, float]]:
    """Where a text of this size may begin, seen from its point: above, below, beside, far."""
    middle, left, right = -width / 2, -width - gap, gap
    above, below, level = -height - gap, gap, -height / 2
    near = [(middle, above), (middle, below), (right, level), (left, level)]
    corners = [(x, y) for x in (right, left) for y in (above, below)]
    return [*near, *corners, (middle, below + height), (middle, above - height)]
