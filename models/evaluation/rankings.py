"""What retrievers find for the same questions, and how each question comes out of it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.evaluation.judged import Judged, Marks

#: How deep rankings are looked into.
DEPTH = 100
_NDCG = 10  # as in BEIR and TREC


@dataclass(frozen=True, eq=False)
class Rankings:
    """The passages found for Q questions, best first.

    Attributes:
        rows: (Q, K) int32 of the corpus; negative where fewer were found, and where an imported
            ranking names a passage that the corpus lacks.
        scores: (Q, K) float32, higher is better; −∞ where fewer were found.
    """

    rows: NDArray[np.int32] = field(repr=False)
    scores: NDArray[np.float32] = field(repr=False)

    def __post_init__(self) -> None:
        if self.rows.ndim != 2 or self.rows.shape != self.scores.shape:
            raise ValueError(f"Rows {self.rows.shape} and scores {self.scores.shape} differ.")
        self.rows.setflags(write=False)
        self.scores.setflags(write=False)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class Outcome:
    """How Q questions came out.

    Attributes:
        gold: (Q,) int32, the rank from 1 of the first right passage; 0 where none was found.
        answer: (Q,) int32, that of the first passage that holds an answer; 0 where none does.
        ndcg: (Q,) float64 within [0, 1], nDCG@10.
    """

    gold: NDArray[np.int32] = field(repr=False)
    answer: NDArray[np.int32] = field(repr=False)
    ndcg: NDArray[np.float64] = field(repr=False)

    def __post_init__(self) -> None:
        for array in (self.gold, self.answer, self.ndcg):
            array.setflags(write=False)

    def ranks(self, by: str) -> NDArray[np.int32]:
        """Ranks by "gold" passage or by "answer" match."""
        return self.gold if by == "gold" else self.answer

    @property
    def reciprocal(self) -> NDArray[np.float64]:
        """(Q,) float64, the reciprocal rank of the first right passage within 10, else 0."""
        near = (self.gold > 0) & (self.gold <= 10)
        return np.where(near, 1 / np.maximum(self.gold, 1), 0.0)


def outcome(marks: Marks, judged: Judged) -> Outcome:
    """How each question came out, from the marks of what was found, best first."""
    return Outcome(
        _first(marks.grades > 0), _first(marks.holds), ndcg(marks.grades[:, :_NDCG], judged)
    )


def ndcg(grades: NDArray[np.int16], judged: Judged) -> NDArray[np.float64]:
    """nDCG@10 of Q rankings from the grades (Q, ≤10) of what they begin with.

    Gain is the grade and the discount log₂(rank + 1), as in trec_eval (Järvelin & Kekäläinen
    2002); 0 where nothing is right.
    """
    best = np.zeros((len(judged), _NDCG))
    for at, gold in enumerate(judged.golds):
        ideal = sorted(gold.values(), reverse=True)[:_NDCG]
        best[at, : len(ideal)] = ideal
    discounts = 1 / np.log2(np.arange(2, _NDCG + 2))
    ideals = best @ discounts
    gains = grades @ discounts[: grades.shape[1]]
    found: NDArray[np.float64] = np.divide(gains, ideals, np.zeros_like(ideals), where=ideals > 0)
    return found


def _first(right: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The rank from 1 of the first True of each row of (Q, K); 0 where there is none."""
    if not right.shape[1]:
        return np.zeros(len(right), np.int32)
    ranks = np.where(right.any(1), right.argmax(1) + 1, 0)
    return ranks.astype(np.int32)
