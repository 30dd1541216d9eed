"""Recall against latency: a point an index, with its name where there is room for it."""

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF

from explorer.charts import Chart
from explorer.theme import Theme, px, space
from models.retrieval.measure import IndexMeasure


class IndexChart(Chart):
    """A point an index, at its recall and median latency."""

    def __init__(self) -> None:
        self._points: list[tuple[float, float]] = []
        self._texts: list[pg.TextItem] = []
        super().__init__(
            "Recall against latency", "median latency of one search, ms", "recall@10", 170
        )
        self.getViewBox().sigResized.connect(self._place_names)

    def draw(self, value: Sequence[IndexMeasure], theme: Theme) -> None:
        self._points = [(measure.p50, measure.recall) for measure in value]
        x, y = [x for x, _ in self._points], [y for _, y in self._points]
        self.plot(x, y, pen=None, symbol="o", symbolSize=px(9), symbolBrush=theme.accent)
        self._texts = [pg.TextItem(measure.spec.kind, color=theme.text) for measure in value]
        for text, (latency, recall) in zip(self._texts, self._points, strict=True):
            text.setFont(self.small)
            text.setPos(latency, recall)
            self.addItem(text)
        low = min([0.9, *(math.floor(20 * recall) / 20 for recall in y)])
        ticks = (low, (low + 1) / 2, 1.0)  # above 1 there is room for names and no recall
        self.getAxis("left").setTicks([[(recall, f"{recall:.2f}") for recall in ticks]])
        self.setXRange(0, max(x, default=1.0) * 1.15 or 1.0, padding=0)
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
