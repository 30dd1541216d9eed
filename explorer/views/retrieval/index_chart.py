"""Recall against latency: a point an index, with its name where there is room for it."""

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFont, QFontMetricsF

from explorer.theme import px, space, themes
from models.retrieval.measure import IndexMeasure


class IndexChart(pg.PlotWidget):
    """A picture, not a tool: nothing in it moves. It wears the theme it was made in."""

    def __init__(self, measures: Sequence[IndexMeasure]) -> None:
        theme = themes().current
        super().__init__(background=theme.surface)
        self.setAccessibleName("Recall against latency")
        self.setMinimumHeight(px(100))
        self.setMaximumHeight(px(170))
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.setMenuEnabled(False)
        self._font = QFont(self.font())
        self._font.setPixelSize(px(12))
        size = {"color": theme.muted, "font-size": f"{px(12)}px"}
        self.setLabel("bottom", "median latency of one search, ms", **size)
        self.setLabel("left", "recall@10", **size)
        for side in ("bottom", "left"):
            axis = self.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setPen(theme.line)
            axis.setTextPen(theme.muted)
            axis.setTickFont(self._font)
        self._points = [(measure.p50, measure.recall) for measure in measures]
        x, y = [x for x, _ in self._points], [y for _, y in self._points]
        self.plot(x, y, pen=None, symbol="o", symbolSize=px(9), symbolBrush=theme.accent)
        self._names = [pg.TextItem(measure.spec.kind, color=theme.text) for measure in measures]
        for name, (latency, recall) in zip(self._names, self._points, strict=True):
            name.setFont(self._font)
            name.setPos(latency, recall)
            self.addItem(name)
        low = min([0.9, *(math.floor(20 * recall) / 20 for recall in y)])
        ticks = (low, (low + 1) / 2, 1.0)  # above 1 there is room for names and no recall
        self.getAxis("left").setTicks([[(recall, f"{recall:.2f}") for recall in ticks]])
        self.setXRange(0, max(x, default=1.0) * 1.15 or 1.0, padding=0)
        self.setYRange(low - 0.3 * (1 - low), 1 + 0.5 * (1 - low), padding=0)
        self.getViewBox().sigResized.connect(self._place_names)

    def sizeHint(self) -> QSize:
        return QSize(px(400), px(170))

    def _place_names(self) -> None:
        """Puts each name at the first place beside its point where it covers no other."""
        metrics = QFontMetricsF(self._font)
        box = self.getViewBox()
        spots = [box.mapFromView(QPointF(x, y)) for x, y in self._points]
        half = px(9) / 2
        taken = [QRectF(s.x() - half, s.y() - half, 2 * half, 2 * half) for s in spots]
        for name, spot in zip(self._names, spots, strict=True):
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
