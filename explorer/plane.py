"""Alignment against uniformity as a plane: every run a trail, every other encoder a place."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPen

from explorer.charts import Chart, stroke
from explorer.palettes import sequential
from explorer.plane_parts import PointCard, ScoreScale
from explorer.theme import Theme, px, themes
from models.evaluation.run_scores import STSB
from models.training.shelf import RunCard

_HOVERS_PER_SECOND = 30
_BAND = 34  # pixels above the axes, for the colour scale


@dataclass(frozen=True)
class Trail:
    """A run from its first measured step to its last.

    Attributes:
        name: what lists call it.
        steps, alignment, uniformity: one each a measurement, in the order of the steps.
        score: accuracy in percent of the end of the run, if it was measured.
        current: whether this is the run that is looked at.
    """

    name: str
    steps: tuple[int, ...]
    alignment: tuple[float, ...]
    uniformity: tuple[float, ...]
    score: float | None
    current: bool


@dataclass(frozen=True)
class Place:
    """An encoder that has no past here."""

    name: str
    alignment: float
    uniformity: float
    score: float | None


@dataclass(frozen=True)
class Plane:
    """What the plane shows.

    Attributes:
        optimum: the uniformity of a uniform distribution in the dimension looked at.
        now: the step of the current trail that a replay shows.
    """

    trails: tuple[Trail, ...]
    points: tuple[Place, ...]
    optimum: float | None
    now: int | None


def reached(card: RunCard) -> float | None:
    """What a run was found to reach: linear accuracy, or STS-B of one on texts."""
    return card.scores.get("linear", card.scores.get(STSB))


def trail(card: RunCard, current: bool = False) -> Trail:
    """A run's trail; its score is what it was found to reach, else its last kNN accuracy."""
    known = [each.knn for each in card.trail if each.knn is not None]
    score = reached(card)
    return Trail(
        name=card.title,
        steps=tuple(each.step for each in card.trail),
        alignment=tuple(each.alignment for each in card.trail),
        uniformity=tuple(each.uniformity for each in card.trail),
        score=score if score is not None else known[-1] if known else None,
        current=current,
    )


class PlaneChart(Chart):
    """The plane, its colour scale above, and a card beside the point under the cursor.

    ``scored`` says what a score is called in words: name, and the unit that follows the number.
    """

    def __init__(self, height: int = 240, scored: tuple[str, str] = ("accuracy", " %")) -> None:
        self._scored = scored
        self._points = np.empty((0, 2))  # (P, 2): uniformity, alignment of all that can be met
        self._texts: list[tuple[str, str]] = []
        self._drawn: Plane | None = None
        name = "Alignment and uniformity"
        super().__init__(
            name, "← uniformity, lower is more even", "← alignment, lower is closer", height
        )
        self.ramp = ScoreScale(self, scored)
        self.card = PointCard(self)
        self._cursor = QPointF()
        # Moves come faster than a card can be placed.
        self._moves = QTimer(self, singleShot=True, interval=1000 // _HOVERS_PER_SECOND)
        self._moves.timeout.connect(self._hover)
        self.getViewBox().sigResized.connect(self._lay_out)
        themes().changed.connect(self._lay_out)
        self._lay_out()

    @property
    def domain(self) -> tuple[float, float]:
        """The scores at both ends of the colour scale, in percent."""
        value: Plane | None = self._value
        known = [] if value is None else [s for s in _scores(value) if s is not None]
        if not known:
            return 0.0, 100.0
        low, high = 5 * np.floor(min(known) / 5), 5 * np.ceil(max(known) / 5)
        return (float(low), float(high)) if high > low else (float(low) - 5, float(high) + 5)

    def color(self, score: float | None) -> str:
        """The colour of a score, #rrggbb; grey if it is not known."""
        low, high = self.domain
        share = np.nan if score is None else (score - low) / (high - low)
        return QColor(*sequential([share])[0].tolist()).name()

    def show_value(self, value: Plane | None) -> None:
        """Draws ``value``; where only the step of a replay is new, only its mark moves."""
        if value and self._drawn and replace(value, now=None) == replace(self._drawn, now=None):
            self._value = self._drawn = value
            self._now.setData(_now_spots(value, themes().current))
            return
        self._drawn = None
        super().show_value(value)

    def draw(self, value: Plane, theme: Theme) -> None:
        self._drawn = value
        self._gather(value)
        # Few items, few pens and brushes: pyqtgraph takes its time for every single one.
        spots: list[dict[str, Any]] = []
        for current, color, width in ((False, theme.faint, 1), (True, theme.accent, 2)):
            alike = [one for one in value.trails if one.steps and one.current == current]
            if alike:
                pen = stroke(color, width)
                self.addItem(_lines(alike, pen))
                spots += self._trail_spots(alike, pen, theme)
        spots += [self._place_spot(place, theme) for place in value.points]
        self.addItem(pg.ScatterPlotItem(spots))
        self._now = pg.ScatterPlotItem(_now_spots(value, theme))
        self.addItem(self._now)
        if value.optimum is not None:
            pen = stroke(theme.muted, 1.5, style=Qt.PenStyle.DashLine)
            self.addItem(pg.InfiniteLine(value.optimum, pen=pen))
        self._frame(value)
        self.ramp.show_domain(self.domain, any(s is not None for s in _scores(value)))
        self.setAccessibleDescription("; ".join(": ".join(text) for text in self._ends(value)))

    def _trail_spots(self, trails: list[Trail], pen: QPen, theme: Theme) -> list[dict[str, Any]]:
        """A ring at the first step, dots at all between, a disc at the last."""
        ring = {"symbol": "o", "size": px(9), "pen": pen, "brush": pg.mkBrush(theme.surface)}
        dot = {
            "symbol": "o",
            "size": px(4),
            "pen": pg.mkPen(None),
            "brush": pg.mkBrush(pen.color()),
        }
        disc = {"symbol": "o", "size": px(12), "pen": pen}
        spots = []
        for one in trails:
            places = list(zip(one.uniformity, one.alignment, strict=True))
            if len(places) > 1:
                spots.append({"pos": places[0], **ring})
            spots += [{"pos": place, **dot} for place in places[1:-1]]
            spots.append({"pos": places[-1], **disc, "brush": self.color(one.score)})
        return spots

    def _place_spot(self, place: Place, theme: Theme) -> dict[str, Any]:
        look = {"size": px(13), "pen": pg.mkPen(theme.text), "brush": self.color(place.score)}
        return {"pos": (place.uniformity, place.alignment), "symbol": "d", **look}

    def _frame(self, value: Plane) -> None:
        """All points and the optimum with room around them; alignment begins at 0, its best."""
        x = np.append(self._points[:, 0], [] if value.optimum is None else value.optimum)
        low, high = (float(x.min()), float(x.max())) if len(x) else (-4.0, 0.0)
        margin = max(0.06 * (high - low), 0.05)
        self.setXRange(low - margin, high + margin, padding=0)
        top = float(self._points[:, 1].max(initial=0.1))
        self.setYRange(-0.04 * top, 1.12 * top, padding=0)

    def _gather(self, value: Plane) -> None:
        points, self._texts = [], []
        for one in value.trails:
            for at, step in enumerate(one.steps):
                last = at == len(one.steps) - 1
                points.append((one.uniformity[at], one.alignment[at]))
                figures = self._figures(*points[-1], one.score if last else None)
                self._texts.append((one.name, f"Step {step:,}\n{figures}"))
        for place in value.points:
            points.append((place.uniformity, place.alignment))
            self._texts.append((place.name, self._figures(*points[-1], place.score)))
        self._points = np.array(points).reshape(-1, 2)

    def _figures(self, uniformity: float, alignment: float, score: float | None) -> str:
        name, unit = self._scored
        known = "" if score is None else f"\n{name} {score:.1f}{unit}"
        return f"alignment {alignment:.3f}\nuniformity {uniformity:.3f}{known}"

    def _ends(self, value: Plane) -> list[tuple[str, str]]:
        """The name of each encoder, and where it has come to."""
        ends = [
            (t.name, t.uniformity[-1], t.alignment[-1], t.score) for t in value.trails if t.steps
        ]
        ends += [(p.name, p.uniformity, p.alignment, p.score) for p in value.points]
        return [(name, self._figures(*rest).replace("\n", ", ")) for name, *rest in ends]

    # The cursor

    def spots(self) -> NDArray[np.float64]:
        """(P, 2): where the points lie, in pixels of this widget."""
        (left, right), (bottom, top) = self.getViewBox().viewRange()
        area = self.getViewBox().sceneBoundingRect()
        x = area.left() + (self._points[:, 0] - left) / (right - left) * area.width()
        y = area.bottom() - (self._points[:, 1] - bottom) / (top - bottom) * area.height()
        return np.stack([x, y], 1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._cursor = event.position()
        if not self._moves.isActive():
            self._moves.start()

    def _hover(self) -> None:
        near = np.hypot(*(self.spots() - (self._cursor.x(), self._cursor.y())).T)
        # Of points on top of one another the last, which is drawn above the others.
        found = len(near) - 1 - int(near[::-1].argmin()) if len(near) else -1
        if found < 0 or near[found] > px(12):
            self.card.hide()
            return
        self.card.show_point(*self._texts[found], QPointF(*self.spots()[found]))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._moves.stop()
        self.card.hide()

    # Places

    def _dress(self, theme: Theme) -> None:
        self.getPlotItem().layout.setContentsMargins(1, px(_BAND), 1, 1)
        self._drawn = None  # in other colours, all of it is new
        super()._dress(theme)

    def _lay_out(self, _changed: object = None) -> None:
        self.card.hide()
        self.ramp.setGeometry(0, 0, self.width(), px(_BAND))
        self.ramp.update()


def _scores(value: Plane) -> list[float | None]:
    return [one.score for one in (*value.trails, *value.points)]


def _lines(trails: list[Trail], pen: QPen) -> pg.PlotCurveItem:
    """The lines of all ``trails``, not joined with one another."""
    x = np.concatenate([one.uniformity for one in trails])
    y = np.concatenate([one.alignment for one in trails])
    joined = np.concatenate([np.arange(len(one.steps)) < len(one.steps) - 1 for one in trails])
    return pg.PlotCurveItem(x, y, pen=pen, connect=joined.astype(np.int32))


def _now_spots(value: Plane, theme: Theme) -> list[dict[str, Any]]:
    """A wide ring around what a replay shows: the last measurement up to its step."""
    spots = []
    for one in value.trails if value.now is not None else ():
        seen = [at for at, step in enumerate(one.steps) if step <= value.now]
        if one.current and seen:
            place = (one.uniformity[seen[-1]], one.alignment[seen[-1]])
            look = {"size": px(18), "pen": stroke(theme.text, 2), "brush": None}
            spots.append({"pos": place, "symbol": "o", **look})
    return spots
