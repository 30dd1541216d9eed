"""Every pair of an STS task as a dot: what people judged, and the encoder's cosine."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent

from explorer.charts import Chart, stroke
from explorer.palettes import OKABE_ITO
from explorer.plane_parts import PointCard
from explorer.theme import Theme, px, themes
from models.evaluation.disagreement import Disagreement
from models.printed import number

_HOVERS_PER_SECOND = 30
_NEAR = 10  # pixels at text size 100 %
_NO_LIMIT = (1 << 24) - 1  # Qt's greatest height of a widget
_LONGEST = 160  # characters of a sentence in the card
#: Of the pairs that are listed as worst.
WORST = OKABE_ITO[0]


@dataclass(frozen=True, eq=False)
class Marked:
    """What the scatter shows: all pairs, those that are listed, and the one that is looked at."""

    found: Disagreement
    listed: tuple[int, ...] = ()
    current: int | None = None


class PairScatter(Chart):
    """A click chooses the pair under the cursor; pointing at it shows its sentences."""

    chosen = Signal(int)

    def __init__(self) -> None:
        self._places = np.empty((0, 2))  # (N, 2): judgement, cosine
        super().__init__("Judgements and cosines", "judged by people", "cosine", 210)
        self.card = PointCard(self)
        self._cursor = QPointF()
        # Moves come faster than a card can be placed.
        self._moves = QTimer(self, singleShot=True, interval=1000 // _HOVERS_PER_SECOND)
        self._moves.timeout.connect(self._hover)

    def show_marks(self, listed: tuple[int, ...], current: int | None) -> None:
        """Marks other pairs; the dots of all stay as they are."""
        if self._value is None:
            return
        self._value = Marked(self._value.found, listed, current)
        self._mark(self._value)

    def draw(self, value: Marked, theme: Theme) -> None:
        found = value.found
        self._places = np.stack([found.gold, found.cosines.astype(np.float64)], 1)
        alpha = round(np.clip(255 * (300 / max(len(found.pairs), 1)) ** 0.5, 60, 200))
        dots = pg.ScatterPlotItem(
            x=self._places[:, 0],
            y=self._places[:, 1],
            size=px(5),
            pen=pg.mkPen(None),
            brush=_seen(theme.accent, alpha),
        )
        self.addItem(dots)
        self._listed = pg.ScatterPlotItem()
        self._current = pg.ScatterPlotItem()
        self.addItem(self._listed)
        self.addItem(self._current)
        self._mark(value, theme)
        low, high = float(found.gold.min()), float(found.gold.max())
        self.setXRange(min(low, 0 if low < 1 else 1), max(high, 5), padding=0.03)
        low, high = float(found.cosines.min()), float(found.cosines.max())
        self.setYRange(low, max(high, 1), padding=0.04)

    def _mark(self, value: Marked, theme: Theme | None = None) -> None:
        theme = theme or themes().current
        spots = self._places[list(value.listed)]
        brush, pen = pg.mkBrush(WORST), stroke(theme.surface, 1)
        self._listed.setData(x=spots[:, 0], y=spots[:, 1], size=px(8), pen=pen, brush=brush)
        one = self._places[[] if value.current is None else [value.current]]
        ring = stroke(theme.text, 2)
        self._current.setData(x=one[:, 0], y=one[:, 1], size=px(15), pen=ring, brush=None)

    # The cursor

    def spots(self) -> NDArray[np.float64]:
        """(N, 2): where the pairs lie, in pixels of this widget."""
        (left, right), (bottom, top) = self.getViewBox().viewRange()
        area = self.getViewBox().sceneBoundingRect()
        x = area.left() + (self._places[:, 0] - left) / (right - left) * area.width()
        y = area.bottom() - (self._places[:, 1] - bottom) / (top - bottom) * area.height()
        return np.stack([x, y], 1)

    def _under(self, cursor: QPointF) -> int | None:
        if not len(self._places):
            return None
        near = np.hypot(*(self.spots() - (cursor.x(), cursor.y())).T)
        at = int(near.argmin())
        return at if near[at] <= px(_NEAR) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._cursor = event.position()
        if not self._moves.isActive():
            self._moves.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        at = self._under(event.position())
        if at is not None:
            self.chosen.emit(at)

    def _hover(self) -> None:
        at, value = self._under(self._cursor), self._value
        if at is None or value is None:
            self.card.hide()
            return
        pair = value.found.pairs[at]
        title = f"judged {pair.gold:.3g}, cosine {number(value.found.cosines[at])}"
        words = f"{_short(pair.first)}\n{_short(pair.second)}"
        self.card.show_point(title, words, QPointF(*self.spots()[at]))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._moves.stop()
        self.card.hide()

    def _dress(self, theme: Theme) -> None:
        super()._dress(theme)
        self.setMaximumHeight(_NO_LIMIT)  # it grows with the list beside it

    def show_value(self, value: Any) -> None:
        if value is None:
            self._places = np.empty((0, 2))
        super().show_value(value)


def _seen(color: str, alpha: int) -> QColor:
    seen = QColor(color)
    seen.setAlpha(alpha)
    return seen


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
