"""Whether two retrievers differ on the same questions, or might by chance.

For top-k accuracy, where each question is a hit or a miss, McNemar's test in its exact form
(McNemar 1947): of the questions that only one of the two finds, each is as likely found by either.
For means such as MRR and nDCG, the paired randomisation test (Fisher 1935; for retrieval Smucker,
Allan & Carterette 2007): the two outcomes of a question change places at random. All tests are
two-sided, none is corrected for how many are made.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation.curves import By, asked, resampled_means
from models.evaluation.judged import Judged
from models.evaluation.rankings import Outcome

SWAPS = 10_000
_BLOCK = 1_000_000  # signs drawn at once
_TAILS = (2.5, 97.5)
_EQUAL = 1e-12  # sums of the same numbers in another order


@dataclass(frozen=True, slots=True)
class Difference:
    """The second retriever less the first, over ``questions``.

    Attributes:
        value: in percentage points.
        low, high: the ends of its 95 % interval, by the paired bootstrap.
        p: of the test that this kind of figure has.
        wins, losses: questions on which the second is better, and worse.
    """

    value: float
    low: float
    high: float
    p: float
    wins: int
    losses: int
    questions: int


def mcnemar(wins: int, losses: int) -> float:
    """The exact two-sided p of ``wins`` against ``losses``; 1 where the two never differ."""
    from scipy.stats import binomtest

    if not wins + losses:
        return 1.0
    return float(binomtest(wins, wins + losses, 0.5).pvalue)


def randomisation(differences: NDArray[np.float64], seed: int = 0) -> float:
    """The p of a mean of ``differences`` (n,) as far from 0 as this, under random signs.

    Estimated from SWAPS draws, the data itself counted among them (Phipson & Smyth 2010), so it
    is never 0.
    """
    told = differences[differences != 0]  # a question that both answer alike tells nothing
    if not len(told):
        return 1.0
    rng, seen = np.random.default_rng(seed), abs(float(told.sum()))
    step, extreme = max(1, _BLOCK // len(told)), 0
    for start in range(0, SWAPS, step):
        signs = rng.integers(0, 2, (min(step, SWAPS - start), len(told)), np.int8)
        # Not a matrix product, whose threads would wait for one another on a busy machine.
        sums = 2 * (signs * told).sum(1) - told.sum()
        extreme += int((np.abs(sums) >= seen - _EQUAL).sum())
    return (1 + extreme) / (1 + SWAPS)


def top_k_difference(
    first: Outcome, second: Outcome, judged: Judged, k: int, by: By = "gold", seed: int = 0
) -> Difference | None:
    """Top-k accuracy of ``second`` less that of ``first``, by McNemar's test; None of nothing."""
    counted = asked(judged, by)
    hits = [_within(outcome.ranks(by)[counted], k) for outcome in (first, second)]
    return _difference(hits[0], hits[1], seed, exact=True)


def mean_difference(
    first: NDArray[np.float64], second: NDArray[np.float64], judged: Judged, seed: int = 0
) -> Difference | None:
    """The mean of ``second`` (Q,) less that of ``first``, by the randomisation test, over the
    questions with a gold passage; None where there is none."""
    counted = judged.has_gold
    return _difference(first[counted], second[counted], seed, exact=False)


def _difference(
    first: NDArray[np.float64], second: NDArray[np.float64], seed: int, exact: bool
) -> Difference | None:
    gaps = second - first
    if not len(gaps):
        return None
    wins, losses = int((gaps > 0).sum()), int((gaps < 0).sum())
    low, high = 100 * np.percentile(resampled_means(gaps, seed), _TAILS)
    p = mcnemar(wins, losses) if exact else randomisation(gaps, seed)
    return Difference(100 * float(gaps.mean()), float(low), float(high), p, wins, losses, len(gaps))


def _within(ranks: NDArray[np.int32], k: int) -> NDArray[np.float64]:
    return ((ranks > 0) & (ranks <= k)).astype(np.float64)
