"""All runs side by side: their trails on the plane, and what each has reached."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.plane import Plane, PlaneChart, Trail, reached, trail
from explorer.theme import space, themes
from explorer.views.training.film import Film
from explorer.widgets import Label, ScrollPage
from explorer.widgets.figures import FigureGrid, FigureLine
from models.evaluation.run_scores import STSB
from models.geometry import optimal_uniformity
from models.training.shelf import RunCard

_ROWS = 12
_SHOWN = ("kNN", "top-1", "linear", STSB, "top-20", "exact", "F1")
_NOTE = (
    "From the ring, before training, to the disc; its colour is linear accuracy where the run was "
    "evaluated, else kNN; of runs on texts it is STS-B. Low and left is best. Dashed: the optimum "
    "in this dimension."
)


class _Plane(PlaneChart):
    on_page = True


class RunsPage(QWidget):
    """The run that is shown, as far as its replay stands, among all others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        page = ScrollPage("Runs", parent=self)
        self._body = page.body
        self.plane = _Plane(300, ("score", ""))
        self.note = Label(_NOTE, "caption", wrap=True)
        self.table = FigureGrid()
        self._cards: tuple[RunCard, ...] = ()
        self._film, self._now = Film(), 0
        self._folder: Path | None = None
        self._column = QVBoxLayout(self._body)
        self._column.addWidget(Label("Alignment and uniformity", "heading"))
        self._column.addWidget(self.plane)
        self._column.addWidget(self.note)
        self._column.addWidget(self.table)
        self._column.addStretch(1)
        self.more = Label("", "caption", wrap=True)
        self._column.addWidget(self.more)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(page)
        themes().changed.connect(self._fit)
        self._fit()

    def show_runs(self, cards: Sequence[RunCard]) -> None:
        """The runs there are, the latest first."""
        self._cards = tuple(cards)
        self._list()
        self._draw()

    def show_film(self, film: Film, folder: Path | None, now: int) -> None:
        """The run that is looked at, in ``folder`` unless it is new, at step ``now``."""
        self._film, self._folder, self._now = film, folder, now
        self._draw()

    def _draw(self) -> None:
        if not self.isVisible():
            return
        trails = [trail(c) for c in self._cards if c.trail and c.folder != self._folder]
        measured, dimensions = self._film.measured, self._film.dimensions
        if measured and not self._film.reads:
            trails.append(self._own())
        dimensions = 0 if self._film.reads else dimensions
        optimum = optimal_uniformity(dimensions) if dimensions else None
        now = self._now if measured else None
        self.plane.show_value(Plane(tuple(trails), (), optimum, now) if trails else None)

    def _own(self) -> Trail:
        measured = self._film.measured
        card = next((card for card in self._cards if card.folder == self._folder), None)
        known = [m.knn for m in measured if m.knn is not None]
        score = known[-1] if known else None
        return Trail(
            name=card.title if card else "This run",
            steps=tuple(m.step for m in measured),
            alignment=tuple(m.alignment for m in measured),
            uniformity=tuple(m.uniformity for m in measured),
            score=reached(card) if card and reached(card) is not None else score,
            current=True,
        )

    def _list(self) -> None:
        saved = [card for card in self._cards if card.step]
        cards = saved[:_ROWS]
        figures = [_figures(card) for card in cards]
        known = [name for name in _SHOWN if any(name in each for each in figures)]
        lines = [FigureLine("Run", tuple(known), role="caption")] if cards else []
        for card, each in zip(cards, figures, strict=True):
            cells = tuple(each.get(name, "–") for name in known)
            lines.append(FigureLine(card.title, cells, role="muted"))
        self.table.show_lines(lines)
        left = len(saved) - len(cards)
        self.more.setText(f"{left} older runs are not listed, but drawn above." if left else "")

    def showEvent(self, event: object) -> None:
        super().showEvent(event)
        self._draw()

    def _fit(self, _theme: object = None) -> None:
        self._column.setContentsMargins(0, 0, space(2), 0)
        self._column.setSpacing(space(2))


def _figures(card: RunCard) -> dict[str, str]:
    """What is known of a run, as it is printed; a run on texts has no accuracy."""
    knn = card.trail[-1].knn if card.trail else None
    linear, sts = card.scores.get("linear"), card.scores.get(STSB)
    known = {"kNN": knn, "linear": linear}
    if card.kind == "reader":
        known = {"exact": card.scores.get("exact"), "F1": card.scores.get("f1")}
    if card.kind == "question":
        known = {"top-1": card.scores.get("top1"), "top-20": card.scores.get("top20")}
    figures = {name: f"{score:.1f}%" for name, score in known.items() if score is not None}
    return figures if sts is None else {**figures, STSB: f"{sts:.1f}"}
