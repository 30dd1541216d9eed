"""What connects points: the question to its hits, and the selection to its neighbours."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from explorer.canvas.scene import Arc, Marker
from explorer.canvas.widget import PointCanvas
from explorer.context import AppContext
from explorer.theme import themes
from explorer.views.sphere.panel import SidePanel
from models.events import Progress, Work
from models.projection.cache import unit
from models.projection.layout import Layout
from models.projection.sphere import unroll
from models.retrieval.searcher import Answer, Searcher

_HITS = 10
_NEIGHBOURS = 8
_LABEL = 48


class Links(QObject):
    """Keeps markers, arcs and the side panel in step with the answer and the selection."""

    def __init__(self, context: AppContext, canvas: PointCanvas, panel: SidePanel) -> None:
        super().__init__(canvas)  # and no longer drawn on than it is there
        self._context, self._canvas, self._panel = context, canvas, panel
        self._layout: Layout | None = None
        self.positions: NDArray[np.float32] | None = None
        self._unrolled = False
        self._answer: Answer | None = None
        self._near: tuple[int, list[int], list[float]] | None = None
        themes().changed.connect(self._draw)

    def forget(self) -> None:
        """Another project: nothing of the last one is drawn."""
        self._layout = self.positions = self._answer = self._near = None
        self._panel.show_selection(None, ())
        self._panel.show_hits(None, [])
        self._draw()

    def show_on(self, layout: Layout, positions: NDArray[np.float32], unrolled: bool) -> None:
        """Draws on this layout from now on; ``positions`` are what the canvas shows."""
        self._layout, self.positions, self._unrolled = layout, positions, unrolled
        self._canvas.set_selection(self._context.session.selection)
        self._draw()
        self._face_question()

    def answer(self, answer: Answer | None) -> None:
        """A new answer moves the question's point and its arcs."""
        self._answer = answer
        project = self._context.session.project
        hits = answer.hits["dense"][:_HITS] if answer is not None else ()
        self._panel.show_hits(
            project.passages if project is not None else None,
            [(hit.row, hit.score) for hit in hits],
        )
        self._draw()
        self._face_question()

    def select(self, rows: tuple[int, ...]) -> None:
        """A new selection asks for its nearest neighbours in the space of the vectors."""
        session = self._context.session
        self._near = None
        self._canvas.set_selection(rows)
        self._panel.show_selection(session.project.passages if session.project else None, rows)
        if len(rows) == 1 and session.searcher is not None:
            self._context.jobs.start(
                "Neighbours",
                _nearest(session.searcher, rows[0]),
                done=self._neighbours,
                failed=self._context.notices.report,
                quiet=True,
            )
        self._draw()
        if len(rows) == 1 and self.positions is not None:
            self._face(self.positions[rows[0]])

    def _neighbours(self, found: tuple[int, list[int], list[float]]) -> None:
        session = self._context.session
        if session.project is None or session.selection != (found[0],):
            return
        self._near = found
        self._panel.show_neighbours(session.project.passages, found[1], found[2])
        self._draw()

    def _draw(self, _theme: object = None) -> None:
        if self.positions is None or self._layout is None:
            self._canvas.set_markers([])
            self._canvas.set_arcs([])
            self._canvas.set_emphasis([])
            return
        theme = themes().current
        markers: list[Marker] = []
        arcs: list[Arc] = []
        emphasis: list[int] = []
        if self._answer is not None and self._answer.hits["dense"]:
            point = self._place(self._answer)
            hits = self._answer.hits["dense"][:_HITS]
            label = _short(self._answer.question)
            markers.append(Marker(point, label, theme.accent, "question", pulsing=True))
            arcs += self._arcs(point, [h.row for h in hits], [h.score for h in hits], theme.accent)
            emphasis += [hit.row for hit in hits]
        if self._near is not None:
            row, rows, similarities = self._near
            arcs += self._arcs(self.positions[row], rows, similarities, theme.muted)
        self._canvas.set_emphasis(emphasis)
        self._canvas.set_markers(markers)
        self._canvas.set_arcs(arcs)

    def _face_question(self) -> None:
        if self._layout is not None and self._answer is not None and self._answer.hits["dense"]:
            self._face(self._place(self._answer))

    def _face(self, position: NDArray[np.float32]) -> None:
        """Turns the globe to a point that was asked for elsewhere; a flat map shows all anyway."""
        if self._layout is not None and self._layout.surface == "globe" and not self._unrolled:
            self._canvas.face(position)

    def _place(self, answer: Answer) -> NDArray[np.float32]:
        """Where the layout's own projection puts a question, as the canvas shows it; where that
        is among its neighbours, they are the passages that were found."""
        assert self._layout is not None
        near = np.array([hit.row for hit in answer.hits["dense"]], np.int64)
        placed = self._layout.place(unit(answer.vector)[None], near)
        return (unroll(placed) if self._unrolled else placed)[0]

    def _arcs(
        self, start: NDArray[np.float32], rows: list[int], scores: list[float], color: str
    ) -> list[Arc]:
        """One arc a row; the best is the strongest, the last keeps a quarter."""
        assert self.positions is not None
        top, low = max(scores, default=0.0), min(scores, default=0.0)
        span = (top - low) or 1.0
        return [
            Arc(start, self.positions[row], color, 0.25 + 0.75 * (score - low) / span)
            for row, score in zip(rows, scores, strict=True)
        ]


def _nearest(searcher: Searcher, row: int) -> Work[tuple[int, list[int], list[float]]]:
    yield Progress("Neighbours")
    vector = np.asarray(searcher.vectors.array[row : row + 1])
    (found,) = searcher.dense.search(vector, _NEIGHBOURS + 1)
    pairs = zip(found.rows.tolist(), found.scores.tolist(), strict=True)
    kept = [(other, score) for other, score in pairs if other != row][:_NEIGHBOURS]
    return row, [other for other, _ in kept], [score for _, score in kept]


def _short(question: str) -> str:
    text = " ".join(question.split())
    return text if len(text) <= _LABEL else f"{text[: _LABEL - 1]}…"
