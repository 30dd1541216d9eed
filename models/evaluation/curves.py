"""Figures over questions with bootstrap intervals: curves of top-k accuracy, MRR, nDCG.

The percentile bootstrap over questions (Efron & Tibshirani 1993, §13): the set of questions is
drawn again with replacement, and the middle 95 % of the figures so found are the interval.
"""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.evaluation.judged import Judged
from models.evaluation.rankings import DEPTH, Outcome

By = Literal["gold", "answer"]

KS = (1, 5, 20, 100)
ROUNDS = 2000
_TAILS = (2.5, 97.5)
_BLOCK = 4_000_000  # numbers drawn at once
_AT_ONCE = 100  # samples of a curve


@dataclass(frozen=True, slots=True)
class Estimate:
    """A percentage and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Curve:
    """Top-k accuracy in percent for k = 1 … 100.

    Attributes:
        value: (100,) float64.
        low, high: (100,) float64, the ends of the pointwise 95 % intervals.
        questions: how many it is over.
    """

    value: NDArray[np.float64] = field(repr=False)
    low: NDArray[np.float64] = field(repr=False)
    high: NDArray[np.float64] = field(repr=False)
    questions: int

    def at(self, k: int) -> Estimate:
        """Top-k accuracy."""
        return Estimate(float(self.value[k - 1]), float(self.low[k - 1]), float(self.high[k - 1]))


@dataclass(frozen=True, eq=False)
class Figures:
    """What one retriever reaches; None of what no question tells of.

    Attributes:
        gold: curve by gold passage, over the questions with one in the corpus.
        answer: curve by answer match, over the questions with answers.
        mrr: MRR@10 × 100, by gold passage.
        ndcg: nDCG@10 × 100.
    """

    gold: Curve | None
    answer: Curve | None
    mrr: Estimate | None
    ndcg: Estimate | None

    def curve(self, by: By) -> Curve | None:
        """The curve by gold passage or by answer match."""
        return self.gold if by == "gold" else self.answer


def asked(judged: Judged, by: By) -> NDArray[np.bool_]:
    """(Q,) which questions count: those with a gold passage, or those with answers."""
    return judged.has_gold if by == "gold" else judged.has_answer


def figures(outcome: Outcome, judged: Judged, seed: int = 0) -> Figures:
    """All figures of one retriever, each with its interval."""
    gold = judged.has_gold
    return Figures(
        gold=curve(outcome.gold[gold], seed),
        answer=curve(outcome.answer[judged.has_answer], seed),
        mrr=mean(outcome.reciprocal[gold], seed),
        ndcg=mean(outcome.ndcg[gold], seed),
    )


def curve(ranks: NDArray[np.int32], seed: int = 0) -> Curve | None:
    """The curve of ``ranks`` (n,), of which 0 is "not found"; None of none.

    Only how many questions have each rank matters, so a sample drawn again is a draw from the
    multinomial distribution of these counts: the same bootstrap without drawing questions.
    """
    n = len(ranks)
    if not n:
        return None
    places = np.where((ranks < 1) | (ranks > DEPTH), DEPTH + 1, ranks) - 1
    counts = np.bincount(places, minlength=DEPTH + 1)
    rng = np.random.default_rng(seed)
    # A few at a time: NumPy lets no other thread run meanwhile, not even one that paints.
    blocks = [rng.multinomial(n, counts / n, _AT_ONCE) for _ in range(ROUNDS // _AT_ONCE)]
    drawn = 100 * np.concatenate(blocks)[:, :DEPTH].cumsum(1) / n
    low, high = np.percentile(drawn, _TAILS, axis=0)
    return Curve(100 * counts[:DEPTH].cumsum() / n, low, high, n)


def mean(values: NDArray[np.float64], seed: int = 0) -> Estimate | None:
    """100 × the mean of ``values`` (n,) with its interval; None of none."""
    if not len(values):
        return None
    drawn = 100 * resampled_means(values, seed)
    low, high = np.percentile(drawn, _TAILS)
    return Estimate(100 * float(values.mean()), float(low), float(high))


def resampled_means(values: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """(ROUNDS,) the mean of each sample drawn again from ``values`` (n,)."""
    rng, n = np.random.default_rng(seed), len(values)
    means = np.empty(ROUNDS)
    step = max(1, _BLOCK // n)
    for start in range(0, ROUNDS, step):
        block = means[start : start + step]
        block[:] = values[rng.integers(0, n, (len(block), n))].mean(1)
    return means
