"""Dense and BM25 scores in one ranking, at every weight: chosen on one half of the questions and
reported on the other."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from models.evaluation.curves import By, asked
from models.evaluation.judged import Judged, Marks
from models.evaluation.rankings import DEPTH, Outcome, Rankings, outcome
from models.events import Progress, Work

#: The weights of the dense score that are tried.
WEIGHTS = tuple(step / 20 for step in range(21))
_HALF = 0.5


@dataclass(frozen=True, eq=False)
class Pool:
    """The candidates that either method nominates, by question, as ``models.retrieval.hybrid``
    scales their scores; rows ascend, so that equal scores are ordered by row.

    Attributes:
        rows: (Q, C) int32; negative where a question has fewer.
        dense, lexical: (Q, C) float32 within [0, 1], the scaled scores; −1 where there is none.
    """

    rows: NDArray[np.int32] = field(repr=False)
    dense: NDArray[np.float32] = field(repr=False)
    lexical: NDArray[np.float32] = field(repr=False)

    def __post_init__(self) -> None:
        for array in (self.rows, self.dense, self.lexical):
            array.setflags(write=False)

    def fused(self, weight: float) -> NDArray[np.float32]:
        """(Q, C) weight · dense + (1 − weight) · lexical."""
        mixed: NDArray[np.float32] = weight * self.dense + (1 - weight) * self.lexical
        return mixed

    def order(self, weight: float) -> NDArray[np.int64]:
        """(Q, ≤100) places of the best candidates, the best first."""
        return np.argsort(-self.fused(weight), axis=1, kind="stable")[:, :DEPTH]

    def rankings(self, weight: float) -> Rankings:
        """What the hybrid finds at this weight of the dense score."""
        order, fused = self.order(weight), self.fused(weight)
        rows = np.take_along_axis(self.rows, order, 1)
        scores = np.take_along_axis(fused, order, 1)
        return Rankings(rows, np.where(rows < 0, -np.inf, scores).astype(np.float32))

    def outcome(self, weight: float, marks: Marks, judged: Judged) -> Outcome:
        """How the questions come out at this weight; ``marks`` are of all candidates."""
        order = self.order(weight)
        grades = np.take_along_axis(marks.grades, order, 1)
        holds = np.take_along_axis(marks.holds, order, 1)
        return outcome(Marks(grades, holds), judged)


@dataclass(frozen=True, eq=False)
class Sweep:
    """The hybrid at every weight.

    Attributes:
        outcomes: one for each of WEIGHTS, over all questions.
        dev: (Q,) bool, the half by which the weight is chosen; the other half reports it.
        reached: (21,) mean reciprocal rank within 10, × 100, by gold passage or answer match and
            whether over the dev half; NaN where that is empty.
    """

    outcomes: tuple[Outcome, ...] = field(repr=False)
    dev: NDArray[np.bool_] = field(repr=False)
    reached: Mapping[tuple[By, bool], NDArray[np.float64]] = field(repr=False)

    def at(self, weight: float) -> Outcome:
        """The outcome at the nearest weight that was tried."""
        return self.outcomes[min(range(len(WEIGHTS)), key=lambda n: abs(WEIGHTS[n] - weight))]

    def scores(self, by: By, dev: bool) -> NDArray[np.float64]:
        """(21,) MRR@10 × 100 at each weight over one half of the questions."""
        return self.reached[by, dev]

    def best(self, by: By) -> float | None:
        """The weight with the highest MRR@10 on the dev half, the middle one of equals."""
        return _best(self.scores(by, dev=True))


def sweep(pool: Pool, marks: Marks, judged: Judged, seed: int = 0) -> Work[Sweep]:
    """Tries every weight; ``marks`` are of the pool's candidates."""
    outcomes = yield from _tried(pool, marks, judged)
    dev = halves(judged, seed)
    sides: tuple[By, ...] = get_args(By)
    reached = {
        (by, half): _reached(outcomes, by, asked(judged, by) & (dev if half else ~dev))
        for by in sides
        for half in (True, False)
    }
    return Sweep(tuple(outcomes), dev, MappingProxyType(reached))


def best_weight(pool: Pool, marks: Marks, judged: Judged, by: By = "gold") -> Work[float | None]:
    """The weight with the highest MRR@10 over all of ``judged``, questions that are for choosing;
    the middle one of equals, and None where there is nothing to choose by."""
    outcomes = yield from _tried(pool, marks, judged)
    return _best(_reached(outcomes, by, asked(judged, by)))


def _tried(pool: Pool, marks: Marks, judged: Judged) -> Work[list[Outcome]]:
    outcomes = []
    for done, weight in enumerate(WEIGHTS):
        yield Progress("Mixing scores", done, len(WEIGHTS), "weights")
        outcomes.append(pool.outcome(weight, marks, judged))
    return outcomes


def _best(scores: NDArray[np.float64]) -> float | None:
    if np.isnan(scores).any():
        return None
    tops = np.flatnonzero(scores >= scores.max() - 1e-9)
    return WEIGHTS[int(tops[len(tops) // 2])]


def _reached(outcomes: Sequence[Outcome], by: By, part: NDArray[np.bool_]) -> NDArray[np.float64]:
    """MRR@10 × 100 of each outcome over a part of the questions."""
    if not part.any():
        return np.full(len(outcomes), np.nan)
    ranks = np.stack([found.ranks(by)[part] for found in outcomes])  # (21, n)
    near = (ranks > 0) & (ranks <= 10)
    means: NDArray[np.float64] = 100 * np.where(near, 1 / np.maximum(ranks, 1), 0).mean(1)
    means.setflags(write=False)
    return means


def halves(judged: Judged, seed: int = 0) -> NDArray[np.bool_]:
    """(Q,) bool, True for a half of the questions; those of one article stay together.

    An article is the title of a question's right passage, or its document where there is no
    title. Where one article is most of the data, questions are taken singly.
    """
    titles = judged.passages.table.column("title")
    documents = judged.passages.table.column("document")
    groups: dict[str, list[int]] = {}
    for at, gold in enumerate(judged.golds):
        row = next(iter(gold), None)
        name = f"question {at}"
        if row is not None:
            name = titles[row].as_py() or documents[row].as_py()
        groups.setdefault(name, []).append(at)
    if max(map(len, groups.values())) > len(judged) / 3:
        groups = {str(at): [at] for at in range(len(judged))}
    order = sorted(groups)
    random.Random(seed).shuffle(order)
    dev = np.zeros(len(judged), bool)
    for name in order:
        if dev.sum() + len(groups[name]) / 2 > _HALF * len(judged):
            break
        dev[groups[name]] = True
    dev.setflags(write=False)
    return dev
