"""The question amid its passages: each at its true angle, moving from A to B."""

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.canvas.camera import facing
from explorer.canvas.scene import Arc, Marker
from explorer.canvas.widget import PointCanvas
from explorer.palettes import rgb
from explorer.plane_parts import PointCard
from explorer.theme import space, themes
from explorer.views.negatives.looks import between, canvas_colors, color_of, name_of
from explorer.views.negatives.work import Seen
from explorer.widgets import IconButton, Label, Segmented
from explorer.widgets.travel import Travel
from models.negative_study.pick import Kind
from models.negative_study.study import Study, Weighed

_GREY = "#8a8f9c"
_SHOWN = 140  # characters of a passage beside its point
_FAINT = 0.08  # strength of a line to a passage that the loss does not hold
_FRONT = np.array([0.0, 0.0, 1.0])  # where the question stands on the globe
_NOTE = (
    "The question stays in the middle and each passage at its true angle from it; the side it "
    "stands on is by PCA. Lines are as strong as the passage's weight in the loss."
)


class NegativeSphere(QWidget):
    """``picked`` carries the row of the passage that was clicked, −1 for none."""

    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.seen: Seen | None = None
        self.study: Study | None = None
        self.weighed: tuple[Weighed, Weighed] | None = None
        self.row = -1
        self._hidden: frozenset[Kind] = frozenset()
        self.canvas = PointCanvas()
        self.canvas.setAccessibleName("The question and its passages")
        self.card = PointCard(self.canvas)
        self.surface = Segmented((("globe", "Globe"), ("flat", "Flat")), "Surface")
        self._way = Travel("Let the passages move from A to B", self)
        self.play, self.travel = self._way.play, self._way.slider
        self.whole = IconButton("target", "Whole picture (Home)")
        self.note = Label(_NOTE, "caption", wrap=True)
        self._bar = QHBoxLayout()
        start, end = Label("A", "muted"), Label("B", "muted")
        for part in (self.play, start, self.travel, end, self.surface, self.whole):
            self._bar.addWidget(part, 1 if part is self.travel else 0)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.canvas, 1)
        self._column.addLayout(self._bar)
        self._column.addWidget(self.note)
        self.canvas.hovered.connect(self._hover)
        self.canvas.clicked.connect(lambda point: self.picked.emit(self._passage(point)))
        self.canvas.cleared.connect(lambda: self.picked.emit(-1))
        self.surface.changed.connect(lambda _: self._place(morph=True))
        self.travel.valueChanged.connect(lambda _: self._travelled())
        self.whole.clicked.connect(self._look_ahead)
        themes().changed.connect(self._dress)
        self._dress()
        self.show_study(None, None)

    @property
    def share(self) -> float:
        """Of the way from A (0) to B (1)."""
        return self._way.share

    def show_study(self, seen: Seen | None, study: Study | None) -> None:
        """Shows another question, or none."""
        before = self.study
        self.seen, self.study, self.weighed, self.row = seen, study, None, -1
        self.card.hide()
        for part in (self.play, self.travel, self.whole):
            part.setEnabled(study is not None)
        if study is None:
            self.play.setChecked(False)
            self.canvas.set_markers(())
            self.canvas.set_arcs(())
            self.canvas.set_layout(np.zeros((0, 3), np.float32), "globe", morph=False)
            return
        if before is None:
            self._look_ahead()
        else:
            self._place(morph=False)

    def show_weights(self, weighed: tuple[Weighed, Weighed]) -> None:
        """Draws the lines by these weights."""
        self.weighed = weighed
        self._mark()

    def hide_kinds(self, hidden: frozenset[Kind]) -> None:
        """Leaves out passages of these kinds."""
        self._hidden = hidden
        self._place(morph=False)

    def select(self, row: int) -> None:
        """Marks the point of a passage; −1 marks none."""
        self.row = row
        self._mark()

    def _points(self):
        """Of the question, the candidates and the rest; what is hidden has none."""
        assert self.study is not None
        surface = "flat" if self.surface.value == "flat" else "globe"
        points = self.study.around.at(self.share, surface)
        for at, candidate in enumerate(self.study.candidates, 1):
            if candidate.kind in self._hidden:
                points[at] = np.nan
        return points, surface

    def _place(self, morph: bool) -> None:
        if self.study is None:
            return
        points, surface = self._points()
        count = len(self.study.candidates)
        self.canvas.set_layout(points, surface, morph=morph)
        behind = [_GREY] * (len(points) - count - 1)
        kinds = [color_of(candidate.kind) for candidate in self.study.candidates]
        self.canvas.set_colors(rgb([themes().current.accent, *kinds, *behind]))
        self.canvas.set_dimmed(np.arange(len(points)) > count)
        self.canvas.set_emphasis(range(1, count + 1))
        self._mark()

    def _mark(self) -> None:
        """The question's star, the lines from it, and a ring around what is selected."""
        if self.study is None:
            return
        points, _ = self._points()
        candidates = self.study.candidates
        weights = np.zeros(len(candidates))
        if self.weighed is not None:
            weights = between((self.weighed[0].shares, self.weighed[1].shares), self.share)
        arcs, chosen = [], []
        for at, candidate in enumerate(candidates, 1):
            if candidate.kind in self._hidden:
                continue
            strength = _FAINT + (1 - _FAINT) * float(np.sqrt(weights[at - 1]))
            arcs.append(Arc(points[0], points[at], color_of(candidate.kind), strength))
            if candidate.row == self.row:
                chosen.append(at)
        markers = [Marker(points[0], "", themes().current.accent, "question")]
        markers += [
            Marker(points[at], "", color_of("positive"), "passage")
            for at, candidate in enumerate(candidates, 1)
            if candidate.kind == "positive" and "positive" not in self._hidden
        ]
        self.canvas.set_arcs(arcs)
        self.canvas.set_markers(markers)
        self.canvas.set_selection(chosen)

    def _passage(self, point: int) -> int:
        """The row of the passage that a point stands for; −1 for the question and for none."""
        if self.study is None or point < 1:
            return -1
        rows = (*(candidate.row for candidate in self.study.candidates), *self.study.behind)
        return rows[point - 1]

    def _hover(self, point: int) -> None:
        self.card.hide()
        at = self.canvas.screen_position(point) if point >= 0 else None
        if at is None or self.study is None or self.seen is None:
            return
        row, angle = self._passage(point), np.degrees(self.study.around.angles[:, point])
        if row < 0:
            self.card.show_point("The question", self.study.question.text, at)
            return
        candidates = self.study.candidates
        kind = name_of(candidates[point - 1].kind) if point <= len(candidates) else "Another"
        passage = self.seen.gathered.passages[row]
        text = " ".join(f"{passage.title}. {passage.text}".split()) if passage.title else ""
        text = text or " ".join(passage.text.split())
        text = text if len(text) <= _SHOWN else text[:_SHOWN].rsplit(" ", 1)[0] + " …"
        self.card.show_point(f"{kind}: {angle[0]:.0f}° in A, {angle[1]:.0f}° in B", text, at)

    def _look_ahead(self) -> None:
        """Turns the globe until the question is in front, and brings all into view."""
        camera = self.canvas.camera
        camera.rotation = facing(_FRONT) if camera.globe > 0.5 else np.eye(3)
        camera.zoom, camera.shift = 1.0, np.zeros(2)
        self._place(morph=False)

    # Travelling

    def _travelled(self) -> None:
        self.card.hide()
        if self.study is not None:
            points, surface = self._points()
            self.canvas.set_layout(points, surface, morph=False)
            self._mark()

    def _dress(self, _theme: object = None) -> None:
        self._bar.setSpacing(space(2))
        self._column.setSpacing(space(1))
        self.card.hide()  # it was measured for text of another size
        self.canvas.set_theme(canvas_colors())
        self.canvas.animations = themes().animations
        self._place(morph=False)
