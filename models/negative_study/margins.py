"""All questions: by how much the right passage outscores the hardest negative of each kind."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.events import Progress, Work
from models.negative_study.gathered import Gathered
from models.negative_study.pick import NEGATIVE, SPARE, Kind, Picked, Spec, pick
from models.negative_study.sight import Sight
from models.negative_study.study import answers_of
from models.retrieval.mining import mine

_REPORT = 32  # questions between two reports


@dataclass(frozen=True, eq=False)
class Margins:
    """Figures of Q questions under A and B; all arrays are read-only.

    Attributes:
        kinds: the K kinds that at least one question has a negative of.
        values: (2, K, Q) the best right passage's score less the hardest negative's of the kind,
            NaN where a question has none of it.
        worst: (2, Q) the same for the hardest of all kinds.
        false: how many false negatives were excluded for each question, (Q,).
    """

    spec: Spec
    kinds: tuple[Kind, ...]
    values: NDArray[np.float32]
    worst: NDArray[np.float32]
    false: NDArray[np.int64]

    def __post_init__(self) -> None:
        for array in (self.values, self.worst, self.false):
            array.setflags(write=False)

    @property
    def outranking(self) -> tuple[float, float]:
        """Percent of the questions whose passage outscores every negative, under A and B."""
        return _share(self.worst[0]), _share(self.worst[1])

    def won(self, kind: Kind) -> tuple[float, float]:
        """Percent of the questions whose passage outscores every negative of a kind."""
        values = self.values[:, self.kinds.index(kind)]
        return _share(values[0]), _share(values[1])

    def spread(self, kind: Kind, side: int) -> NDArray[np.float64]:
        """The 5th, 25th, 50th, 75th and 95th percentile of a kind's margins, (5,)."""
        values = self.values[side, self.kinds.index(kind)]
        return np.asarray(np.nanpercentile(values, (5, 25, 50, 75, 95)), np.float64)


def margins(gathered: Gathered, sights: tuple[Sight, Sight], spec: Spec) -> Work[Margins]:
    """Chooses the negatives of every question as ``study`` does, and measures the margins."""
    asked = gathered.questions
    mined = yield from mine(
        [question.text for question in asked],
        [answers_of(question) for question in asked],
        [(*question.positives, *question.known) for question in asked],
        gathered.passages,
        spec.each + SPARE,
        gathered.lexical,
    )
    apart = 1 if sights[0].card.key == sights[1].card.key else 2
    values = np.full((2, len(NEGATIVE), len(asked)), np.nan, np.float32)
    false = np.zeros(len(asked), np.int64)
    for place, question in enumerate(asked):
        if place % _REPORT == 0:
            yield Progress("Measuring margins", place, len(asked), "questions")
        scores = [sight.scores(place) for sight in sights]
        picked = pick(gathered, place, mined[place], scores[:apart], spec)
        false[place] = len(picked.false)
        right = list(question.positives)
        for side, known in enumerate(scores):
            values[side, :, place] = float(known[right].max()) - _hardest(picked, known)
    yield Progress("Measuring margins", len(asked), len(asked), "questions")
    kept = [at for at in range(len(NEGATIVE)) if not np.isnan(values[0, at]).all()]
    values = values[:, kept]
    filled = np.where(np.isnan(values), np.inf, values)
    worst = filled.min(axis=1) if kept else np.full((2, len(asked)), np.inf, np.float32)
    worst = np.where(np.isinf(worst), np.nan, worst).astype(np.float32)
    return Margins(spec, tuple(NEGATIVE[at] for at in kept), values, worst, false)


def _hardest(picked: Picked, scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """(K,) the highest score of each kind's passages."""
    found = np.full(len(NEGATIVE), np.nan, np.float32)
    for at, kind in enumerate(NEGATIVE):
        rows = picked.rows.get(kind, ())
        if rows:
            found[at] = scores[list(rows)].max()
    return found


def _share(values: NDArray[np.float32]) -> float:
    known = values[~np.isnan(values)]
    return 100 * float((known > 0).mean()) if len(known) else 0.0
