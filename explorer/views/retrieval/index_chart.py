"""Recall against latency: a point an index, with its name where there is room for it."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFont, QFontMetricsF

from explorer.theme import px, space, themes
from models.retrieval.measure import IndexMeasure

# Above, below, right, left of the point: anchors of the text, in its own width and height.
_ANCHORS = ((0.5, 1.2), (0.5, -0.2), (-0.15, 0.5), (1.15, 0.5))


class IndexChart(pg.PlotWidget):
    """A picture, not a tool: nothing in it moves. It wears the theme it was made in."""

    def __init__(self, measures: Sequence[IndexMeasure]) -> None:
        theme = themes().current
        super().__init__(background=theme.surface)
        self.setAccessibleName("Recall against latency")
        self.setMinimumHeight(px(110))
        self.setMaximumHeight(px(190))
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
        low = min([0.9, *y])
        self.setXRange(0, max(x, default=1.0) * 1.15 or 1.0, padding=0)
        self.setYRange(low - 0.3 * (1 - low), 1 + 0.3 * (1 - low), padding=0)
        self.getViewBox().sigResized.connect(self._place_names)

    def sizeHint(self) -> QSize:
        return QSize(px(400), px(190))

    def _place_names(self) -> None:
        """Puts each name at the first side of its point where it covers no other."""
        metrics = QFontMetricsF(self._font)
        box = self.getViewBox()
        places = [box.mapFromView(QPointF(x, y)) for x, y in self._points]
        dot = px(9)
        taken = [QRectF(p.x() - dot / 2, p.y() - dot / 2, dot, dot) for p in places]
        for name, place in zip(self._names, places, strict=True):
            # What pyqtgraph draws has a margin of a few pixels around the letters.
            width = metrics.horizontalAdvance(name.toPlainText()) + space(2)
            height = metrics.height() + space(2)
            boxes = [
                (anchor, QRectF(place.x() - a * width, place.y() - b * height, width, height))
                for anchor in _ANCHORS
                for a, b in [anchor]
            ]
            free = [pair for pair in boxes if not any(pair[1].intersects(t) for t in taken)]
            anchor, area = (free or boxes)[0]
            name.setAnchor(anchor)
            taken.append(area)
