"""Charts of a run: its curves over steps, and how its probe set lies at one step."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from explorer.charts import Chart, stroke
from explorer.theme import Theme, px, themes
from models.training.events import Measured
from models.training.look import Look

_COLUMNS = 320  # of a loss curve, each with the least and the most of its steps
_SMOOTH = 40  # the running mean goes over this part of the steps
_TICKS = (1, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4, 1e-5)
_FEW = 10  # singular values that are numbered one by one
_AXIS = 52  # pixels for name and numbers at the left, alike so that steps stand in line


@dataclass(frozen=True, eq=False)
class Curve:
    """Losses of all steps so far; ``now`` is the step that the picture shows."""

    losses: NDArray[np.float64]
    now: int

    def goes_with(self, other: "Curve") -> bool:
        """Whether only ``now`` differs."""
        return np.array_equal(self.losses, other.losses)


@dataclass(frozen=True)
class Figures:
    """Measurements so far, and the optimum of uniformity in this dimension."""

    measured: tuple[Measured, ...]
    optimum: float
    now: int

    def goes_with(self, other: "Figures") -> bool:
        """Whether only ``now`` differs."""
        return (self.measured, self.optimum) == (other.measured, other.optimum)


class RunChart(Chart):
    """One of a column of charts, whose left axes are equally wide.

    Its curves are made once and then only take new numbers, several times quicker than anew.

    Attributes:
        title: its name, until it is given another.
        tall: its height in pixels at text size 100 %.
    """

    on_page = True
    title = ""
    tall = 130

    def __init__(self, bottom: str, left: str) -> None:
        self._made: dict[str, Any] = {}
        super().__init__(self.title, bottom, left, self.tall)

    def show_value(self, value: Any) -> None:
        before = self._value
        # A changed theme brings the same object again: that is drawn anew, in its colours.
        if before is None or value is None or value is before:
            self._made = {}
            super().show_value(value)
        else:
            self._value = value
            self.draw(value, themes().current)

    def rename(self, name: str, left: str) -> None:
        """Another name, for what is measured of another kind of run."""
        if (name, left) != (self.accessibleName(), self._names["left"]):
            self.setAccessibleName(name)
            self._names["left"] = left
            self._dress(themes().current)

    def curve(self, name: str, x: Any, y: Any, **look: Any) -> None:
        """A curve, known by ``name``."""
        if name in self._made:
            self._made[name].setData(x, y)
        else:
            self._made[name] = self.plot(x, y, **look)

    def bars(self, edges: Any, heights: Any, color: str, opacity: float = 0.55) -> None:
        """A histogram, known by its colour."""
        fill = QColor(color)
        fill.setAlphaF(opacity)
        pen = stroke(color, 1)
        self.curve(color, edges, heights, stepMode="center", pen=pen, fillLevel=0, brush=fill)

    def named_line(
        self, at: float, text: str, theme: Theme, *, upright: bool = False, left: bool = False
    ) -> None:
        """A dashed line at ``at`` with its name below it, or beside it where it is ``upright``."""
        line = self._made.get("line")
        if line is None:
            options: dict[str, Any] = {"position": 0.93 if upright else 0.99, "color": theme.muted}
            if not upright:
                options["fill"] = pg.mkColor(theme.window)
            line = pg.InfiniteLine(
                at, 90 if upright else 0, dashed(theme), label="", labelOpts=options
            )
            line.label.setFont(self.small)
            self._made["line"] = line
            self.addItem(line)
        line.setValue(at)
        line.label.setFormat(text.replace("-", "−"))
        anchor = (float(left), 0.5) if upright else (1.0, -0.08)
        line.label.anchors = [pg.Point(anchor), pg.Point(anchor)]
        line.label.setAnchor(pg.Point(anchor))

    def _dress(self, theme: Theme) -> None:
        self.getAxis("left").setWidth(px(_AXIS))
        self.getPlotItem().setContentsMargins(0, px(6), px(6), 0)
        super()._dress(theme)


class StepChart(RunChart):
    """A curve over steps, with a line where the replay stands.

    While nothing but that differs, the line alone moves.
    """

    def __init__(self, left: str) -> None:
        super().__init__("step", left)

    def show_value(self, value: Any) -> None:
        before = self._value
        if None not in (before, value) and value is not before and value.goes_with(before):
            self._value = value
            self._made["now"].setValue(value.now)
        else:
            super().show_value(value)

    def draw(self, value: Any, theme: Theme) -> None:
        self.draw_curve(value, theme)
        if "now" not in self._made:
            self._made["now"] = pg.InfiniteLine(pen=stroke(theme.text, 1))
            self._made["now"].setZValue(-1)  # behind names
            self.addItem(self._made["now"])
        self._made["now"].setValue(value.now)

    def draw_curve(self, value: Any, theme: Theme) -> None:
        """Draws all but the line."""
        raise NotImplementedError

    def trace(self, steps: Any, values: Any, theme: Theme) -> None:
        """A curve through a few measurements, each a dot."""
        look = {"symbol": "o", "symbolSize": px(4), "symbolBrush": theme.accent, "symbolPen": None}
        self.curve("trace", steps, values, pen=stroke(theme.accent, 2), **look)
        self.span(max(steps, default=1))

    def span(self, last: int) -> None:
        """Steps from 0 to ``last``."""
        self.setXRange(0, max(last, 1), padding=0.02)


class LossChart(StepChart):
    """The loss of each step, and its running mean."""

    title = "Contrastive loss"
    tall = 150

    def __init__(self) -> None:
        super().__init__("loss")

    def draw_curve(self, value: Curve, theme: Theme) -> None:
        raw = {"pen": stroke(theme.edge, 1), "antialias": False}  # jagged, and dear so
        self.curve("losses", *thinned(value.losses), **raw)
        self.curve("mean", *running_mean(value.losses), pen=stroke(theme.accent, 2))
        self.span(len(value.losses))


class AlignmentChart(StepChart):
    """The distance of positive pairs over the run."""

    title = "Alignment"

    def __init__(self) -> None:
        super().__init__("‖x − y‖²")

    def draw_curve(self, value: Figures, theme: Theme) -> None:
        alignments = [m.alignment for m in value.measured]
        self.trace([m.step for m in value.measured], alignments, theme)
        self.setYRange(0, max([0.1, *alignments]), padding=0.08)


class UniformityChart(StepChart):
    """The spread over the sphere, down towards what a uniform distribution reaches."""

    title = "Uniformity"
    tall = 150

    def __init__(self) -> None:
        super().__init__("uniformity")

    def draw_curve(self, value: Figures, theme: Theme) -> None:
        found = [m.uniformity for m in value.measured]
        self.trace([m.step for m in value.measured], found, theme)
        best = value.optimum
        self.named_line(best, f"uniform distribution {best:.3f}", theme)
        low, high = min([best, *found]), max([0.75 * best, *found])
        # The name stands below the line, where no curve but a small sample's can come.
        self.setYRange(low - 0.22 * (high - low), high + 0.06 * (high - low), padding=0)


class NeighbourChart(StepChart):
    """kNN accuracy on frozen features over the run; exact answers of a reader, with their F1."""

    title = "kNN accuracy"

    def __init__(self) -> None:
        super().__init__("%")

    def draw_curve(self, value: Figures, theme: Theme) -> None:
        known = [m for m in value.measured if m.knn is not None]
        self.trace([m.step for m in known], [m.knn for m in known], theme)
        shared = [m for m in value.measured if m.f1 is not None]
        if shared:
            points = [m.step for m in shared], [m.f1 for m in shared]
            self.curve("f1", *points, pen=stroke(theme.muted, 1.5))
        self.span(max((m.step for m in value.measured), default=1))


class DistanceChart(RunChart):
    """How far apart the two views of an image lie."""

    title = "Distances of positive pairs"

    def __init__(self) -> None:
        super().__init__("‖x − y‖", "pairs")

    def draw(self, value: Look, theme: Theme) -> None:
        self.bars(value.distance_edges, value.distances, theme.accent)
        root = float(np.sqrt(value.alignment))
        self.named_line(root, f"√alignment {root:.2f}", theme, upright=True, left=root > 1)
        self.setXRange(0, 2, padding=0.01)
        self.setYRange(0, 1.15 * max(1, int(value.distances.max())), padding=0)


class CosineChart(RunChart):
    """Cosines of positive pairs and of all others, with the uniform distribution dashed."""

    title = "Cosines of pairs"
    tall = 170

    def __init__(self) -> None:
        super().__init__("cosine", "density")

    def draw(self, value: Look, theme: Theme) -> None:
        edges = value.cosine_edges
        middles = (edges[:-1] + edges[1:]) / 2
        self.bars(edges, value.other_cosines, theme.faint, 0.35)
        self.bars(edges, value.positive_cosines, theme.accent)
        self.curve("uniform", middles, value.uniform_cosines, pen=dashed(theme))
        highest = max(
            part.max()
            for part in (value.other_cosines, value.positive_cosines, value.uniform_cosines)
        )
        self.setXRange(-1, 1, padding=0.01)
        self.setYRange(0, 1.08 * float(highest), padding=0)


class SpectrumChart(RunChart):
    """Singular values over the largest, on a logarithmic scale; the effective rank dashed."""

    title = "Singular values"
    tall = 150

    def __init__(self) -> None:
        super().__init__("singular value, by size", "of the largest")
        self.setLogMode(False, True)
        self.getAxis("left").setTicks([[(np.log10(tick), f"{tick:g}") for tick in _TICKS]])

    def draw(self, value: Look, theme: Theme) -> None:
        values = value.singular_values
        kept = values[values > values[0] * 1e-5]
        pen = stroke(theme.accent, 2)
        self.curve("values", np.arange(1, len(kept) + 1), kept / kept[0], pen=pen)
        rank, most = value.effective_rank, len(values)
        name = f"effective rank {rank:.1f}"
        self.named_line(rank, name, theme, upright=True, left=rank > most / 2)
        few = [[(n, str(n)) for n in range(1, most + 1)]] if most < _FEW else None
        self.getAxis("bottom").setTicks(few)
        self.setXRange(1, max(most, 2), padding=0.02)
        low = min(-1.0, float(np.log10(kept[-1] / kept[0])))
        self.setYRange(low, -0.3 * low, padding=0.02)  # above 1 stands the name


def thinned(losses: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Steps from 1 and losses; of very many only the least and the most of each column of
    pixels, which look the same."""
    width = len(losses) // _COLUMNS
    if width < 4:
        return np.arange(1.0, len(losses) + 1), losses
    whole = losses[: width * _COLUMNS].reshape(_COLUMNS, width)
    rest = losses[width * _COLUMNS :]
    ends = np.stack([whole.min(1), whole.max(1)], 1).ravel()
    starts = np.arange(_COLUMNS) * width + 1.0
    steps = np.stack([starts, starts + width / 2], 1).ravel()
    return (
        np.concatenate([steps, np.arange(width * _COLUMNS + 1.0, len(losses) + 1)]),
        np.concatenate([ends, rest]),
    )


def running_mean(losses: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Steps and means of the losses up to each, of no more steps than a curve needs."""
    width = max(1, len(losses) // _SMOOTH)
    sums = np.concatenate([[0.0], losses.cumsum()])
    ends = np.arange(width, len(losses) + 1)
    ends = ends[:: -max(1, len(ends) // (2 * _COLUMNS))][::-1]
    return ends.astype(np.float64), (sums[ends] - sums[ends - width]) / width


def dashed(theme: Theme) -> Any:
    """The pen of what a run is held against."""
    return stroke(theme.muted, 1.5, style=Qt.PenStyle.DashLine)
