"""All charts of a run in one column, each under its name and over what it is measured on."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.views.training.exhibit import Exhibit
from explorer.views.training.odds_chart import Odds, OddsChart
from explorer.views.training.plots import (
    AlignmentChart,
    CosineChart,
    Curve,
    DistanceChart,
    Figures,
    LossChart,
    NeighbourChart,
    SpectrumChart,
    UniformityChart,
)
from explorer.views.training.score_chart import ScoreChart, Scores
from explorer.widgets import ScrollPage
from models.geometry import optimal_uniformity
from models.training.best import Score, best_score
from models.training.events import Measured
from models.training.look import Look

#: Names of the loss, of the accuracy and of the score with its unit, of each kind of run.
_NAMES = {
    "images": ("Contrastive loss", "kNN accuracy", "Spearman on judged pairs", "ρ × 100"),
    "questions": ("Contrastive loss", "Top-1 accuracy", "Rank of the right passage", "MRR × 100"),
    "reader": ("Loss", "Exact answers", "F1 of development questions", "%"),
}
_NEAREST = {
    "images": "Images never trained on, frozen features.",
    "questions": "Questions never trained on that score their own passage highest of those shown.",
    "reader": "Questions never trained on, given their passage. Grey: F1 of the words.",
}
_SCORED = {
    "images": "Of pairs never trained on.",
    "questions": "Of questions never trained on, among their passages and others.",
    "reader": "Given the right passage, in articles never trained on.",
}


class RunCharts(QWidget):
    """A scrolling column that follows a run or its replay.

    Only charts that are in sight are drawn; the others when they are scrolled to.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.area = ScrollPage("Curves of the run", parent=self)
        body = self.area.body
        self.loss, self.score = Exhibit(LossChart, body), Exhibit(ScoreChart, body)
        self.knn, self.odds = Exhibit(NeighbourChart, body), Exhibit(OddsChart, body)
        self.alignment = Exhibit(AlignmentChart, body)
        self.uniformity = Exhibit(UniformityChart, body)
        self.distances, self.cosines = Exhibit(DistanceChart, body), Exhibit(CosineChart, body)
        self.spectrum = Exhibit(SpectrumChart, body)
        #: From top to bottom.
        self.exhibits = (
            self.loss,
            self.score,
            self.knn,
            self.odds,
            self.alignment,
            self.uniformity,
            self.distances,
            self.cosines,
            self.spectrum,
        )
        self._noun, self._kind = "images", "images"
        self._build()
        self.odds.hide()
        self._show_scores((), 0)
        self._describe(None)
        themes().changed.connect(self._fit)
        self._fit()

    def show_run(
        self,
        losses: NDArray[np.float64],
        measured: Sequence[Measured],
        dimensions: int,
        now: int,
        scores: Sequence[Score] = (),
    ) -> None:
        """The run so far.

        Args:
            losses: one a step, from step 1 on.
            measured: figures of the probe set.
            dimensions: D of its vectors.
            now: the step that is shown.
            scores: of the model by judged pairs; without any there is no chart of them.
        """
        figures = Figures(tuple(measured), optimal_uniformity(max(1, dimensions)), now)
        self._put(self.loss, Curve(losses, now) if len(losses) else None)
        for exhibit in (self.alignment, self.uniformity):
            self._put(exhibit, figures if measured else None)
        known = any(m.knn is not None for m in measured)
        self._put(self.knn, figures if known else None)
        # What has no classes has no neighbours of the same one, and what is not judged no scores.
        self.knn.setVisible(known or not measured)
        self._show_scores(tuple(scores), now)

    def speak_of(self, noun: str, reads: bool = False) -> None:
        """What half of the points are, in the plural, and whether a reader learns.

        A reader's figures are no encoder's geometry; of it is shown what it believes.
        """
        kind = "reader" if reads else noun if noun in _NAMES else "images"
        self._noun = noun
        if kind == self._kind:
            return
        self._kind = kind
        loss, nearest, score, unit = _NAMES[kind]
        self.loss.rename(loss, "loss")
        self.knn.rename(nearest, "%")
        self.score.rename(score, unit)
        for exhibit in self.exhibits[self.exhibits.index(self.alignment) :]:
            exhibit.setVisible(not reads)
        self.odds.setVisible(reads)
        self.knn.say(_NEAREST[kind])

    def show_marks(self, marks: NDArray[np.float32] | None) -> None:
        """What a reader says of the probe set (2m, 6) at the step that is shown."""
        odds = None if marks is None else Odds.of(marks)
        self._put(self.odds, odds)
        told = ""
        if odds is not None:
            (right, silent), count = odds.heard, len(odds.right)
            told = f" Believed: {right} of {count}. Rightly silent: {silent} of {count}."
        self.odds.say(
            f"Colour: beside the right passage. Grey: beside another of the article.{told}"
        )

    def show_look(self, look: Look | None) -> None:
        """The probe set at the step that is shown."""
        for exhibit in (self.distances, self.cosines, self.spectrum):
            self._put(exhibit, look)
        self._describe(look)

    def clear(self) -> None:
        """Nothing is shown."""
        for exhibit in self.exhibits:
            self._put(exhibit, None)
        self.knn.show()
        self._show_scores((), 0)
        self._describe(None)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw()

    def _show_scores(self, scores: tuple[Score, ...], now: int) -> None:
        self.score.setVisible(bool(scores))
        self._put(self.score, Scores(scores, now) if scores else None)
        best = best_score(scores)
        served = f" The weights of step {best[0]:,} serve, with {best[1]:.2f}." if best else ""
        self.score.say(f"{_SCORED[self._kind]}{served}")

    def _put(self, exhibit: Exhibit, value: Any) -> None:
        exhibit.put(value)
        if self._in_sight(exhibit):
            exhibit.draw()

    def _draw(self) -> None:
        for exhibit in self.exhibits:
            if self._in_sight(exhibit):
                exhibit.draw()

    def _in_sight(self, exhibit: Exhibit) -> bool:
        page = self.area.viewport()
        place = QRect(exhibit.mapTo(page, QPoint()), exhibit.size())
        return exhibit.isVisible() and page.rect().intersects(place)

    def _describe(self, look: Look | None) -> None:
        """What each chart is measured on."""
        some = f"{look.pairs:,} positive pairs" if look else "positive pairs"
        view = f"{look.pairs:,} vectors a view" if look else "each view by itself"
        others = f"{look.others:,} pairs" if look else "pairs"
        rows = f"All {2 * look.pairs:,} vectors" if look else "All vectors"
        cosine = f", mean cosine {look.mean_cosine:.3f}" if look else ""
        texts = {
            self.loss: "Of each step's batch; thick, its running mean.",
            self.alignment: f"Mean over {some} at length 1.",
            self.uniformity: f"t = 2, {view}, at length 1.",
            self.knn: _NEAREST[self._kind],
            self.distances: f"{some[0].upper()}{some[1:]} at length 1.",
            self.cosines: f"Colour: {some}. Grey: {others} of different {self._noun}{cosine}. "
            "Dashed: uniform distribution.",
            self.spectrum: f"{rows} at length 1, not centred.",
        }
        for exhibit, text in texts.items():
            exhibit.say(text)

    def _build(self) -> None:
        self._column = QVBoxLayout(self.area.body)
        for exhibit in self.exhibits:
            self._column.addWidget(exhibit)
        self._column.addStretch(1)
        self.area.verticalScrollBar().valueChanged.connect(self._draw)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.area)

    def _fit(self, _theme: object = None) -> None:
        self._column.setContentsMargins(space(1), 0, space(2), space(2))
        self._column.setSpacing(space(5))
