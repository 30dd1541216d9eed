"""The margins of all triplets, under one encoder or two."""

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from explorer.charts import Chart, stroke
from explorer.theme import Theme, px
from explorer.views.triplets.looks import encoder_colors
from models.triplet_table import Digest


class MarginChart(Chart):
    """How many triplets have which margin; left of the line the order is wrong."""

    def __init__(self) -> None:
        super().__init__("Margins", "margin = cos E − cos C", "% of triplets", 122)

    def draw(self, value: Digest, theme: Theme) -> None:
        edges, top = value.edges, 0.0
        for shares, color in zip(value.shares, encoder_colors(), strict=False):
            top = max(top, float(shares.max()))
            fill = QColor(color)
            fill.setAlpha(70)
            pen = stroke(color, 1.5)
            self.plot(edges, shares, pen=pen, stepMode="center", fillLevel=0, brush=fill)
            mean = float((shares * (edges[:-1] + edges[1:])).sum()) / 200
            dotted = stroke(color, 1.5, style=Qt.PenStyle.DotLine)
            self.addItem(pg.InfiniteLine(mean, pen=dotted))
        self.addItem(pg.InfiniteLine(0, pen=stroke(theme.text, 1)))
        self.setXRange(float(edges[0]), float(edges[-1]), padding=0.02)
        self.setYRange(0, 1.08 * top or 10, padding=0)

    def _dress(self, theme: Theme) -> None:
        self.getPlotItem().layout.setContentsMargins(1, px(7), px(4), 1)
        super()._dress(theme)
