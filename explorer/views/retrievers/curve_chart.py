"""Top-k accuracy over k: a curve and a band a retriever, and the figures under the cursor."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent

from explorer.charts import Chart, stroke
from explorer.plane_parts import PointCard
from explorer.theme import Theme, px
from models.evaluation.curves import Curve

_TICKS = (1, 2, 5, 10, 20, 50, 100)
_EVEN = (1, 20, 40, 60, 80, 100)
LEAST = 236  # pixels at text size 100 %
_MOST = 8  # retrievers that the card under the cursor lists


@dataclass(frozen=True, eq=False)
class Drawn:
    """What the chart shows; each line is a name, a colour, a curve and whether it is a hybrid."""

    lines: tuple[tuple[str, str, Curve, bool], ...]
    log: bool
    bands: bool


class CurveChart(Chart):
    """Accuracy over k = 1 … 100. Hybrids are dashed, so that colour is not all that tells."""

    def __init__(self) -> None:
        self._tall = 0
        super().__init__("Top-k accuracy", "k, passages looked at", "questions found, %", LEAST)
        self.card = PointCard(self)
        self.rule = pg.InfiniteLine(angle=90)
        self.setMouseTracking(True)
        self.getAxis("bottom").setStyle(hideOverlappingLabels=False)  # the last is half outside

    def set_tall(self, pixels: int) -> None:
        """Takes more height than it needs, where there is room."""
        if pixels != self._tall:
            self._tall = pixels
            self.setFixedHeight(max(pixels, px(LEAST)))

    def draw(self, value: Drawn, theme: Theme) -> None:
        ks = np.arange(1, 101)
        x = np.log10(ks) if value.log else ks.astype(float)
        lows = []
        for _, color, curve, _ in value.lines if value.bands else ():
            shade = QColor(color)
            shade.setAlpha(38)
            clear = pg.mkPen(None)
            ends = [pg.PlotCurveItem(x, end, pen=clear) for end in (curve.low, curve.high)]
            self.addItem(pg.FillBetweenItem(*ends, brush=shade))
        for _, color, curve, dashed in value.lines:
            style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
            self.addItem(pg.PlotCurveItem(x, curve.value, pen=stroke(color, 2, style=style)))
            lows.append(float((curve.low if value.bands else curve.value).min()))
        ticks = _TICKS if value.log else _EVEN
        places = [float(np.log10(k)) if value.log else float(k) for k in ticks]
        self.getAxis("bottom").setTicks([list(zip(places, map(str, ticks), strict=True))])
        low = max(0.0, 10 * np.floor(min(lows, default=0.0) / 10))
        self.setXRange(places[0], places[-1], padding=0.015)
        self.setYRange(low, 101.5, padding=0)
        self.rule.setPen(stroke(theme.muted, 1))
        self.rule.hide()
        self.addItem(self.rule)
        said = (f"{name}: {curve.at(20).value:.1f} % at 20" for name, _, curve, _ in value.lines)
        self.setAccessibleDescription("; ".join(said))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        value: Drawn | None = self._value
        area = self.getViewBox().sceneBoundingRect()
        if value is None or not value.lines or not area.contains(event.position()):
            self._leave()
            return
        at = self.getViewBox().mapSceneToView(event.position()).x()
        k = int(np.clip(np.rint(10**at if value.log else at), 1, 100))
        self.rule.setValue(np.log10(k) if value.log else k)
        self.rule.show()
        best = sorted(value.lines, key=lambda line: -line[2].at(k).value)[:_MOST]
        rows = [f"{curve.at(k).value:.1f}  {name}" for name, _, curve, _ in best]
        self.card.show_point(f"Top-{k}", "\n".join(rows), QPointF(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._leave()

    def _leave(self) -> None:
        self.card.hide()
        self.rule.hide()

    def _dress(self, theme: Theme) -> None:
        self.getPlotItem().layout.setContentsMargins(1, px(7), px(12), 1)
        super()._dress(theme)
        self.setFixedHeight(max(self._tall, px(LEAST)))
