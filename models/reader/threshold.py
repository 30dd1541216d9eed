"""From which log odds on an answer is believed, and what each choice costs."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: Shares of the answered questions that a trade-off is told at.
KEPT = (0.95, 0.9, 0.8, 0.7)


def balanced_threshold(odds: NDArray[np.float64], answered: NDArray[np.bool_]) -> float:
    """The threshold with the best mean of two shares: of the passages that answer, those at or over
    it; of the others, those below (Youden 1950). Of equally good ones the middle.

    Args:
        odds: (n,) log odds that a passage answers.
        answered: (n,) whether it does; some do and some do not.
    """
    cuts = np.unique(odds)
    between = (cuts[1:] + cuts[:-1]) / 2
    cuts = np.concatenate([cuts[:1] - 1, between, cuts[-1:] + 1])  # (c,)
    right, wrong = np.sort(odds[answered]), np.sort(odds[~answered])
    over = 1 - np.searchsorted(right, cuts) / len(right)
    below = np.searchsorted(wrong, cuts) / len(wrong)
    best = np.flatnonzero(np.isclose(over + below, (over + below).max()))
    return float(cuts[best[len(best) // 2]])


def trade_off(
    odds: NDArray[np.float64], answered: NDArray[np.bool_], kept: Sequence[float] = KEPT
) -> tuple[tuple[float, float], ...]:
    """In percent: of the passages that answer the share that is believed, and of the others the
    share that is not, at the threshold that believes ``kept`` of the first."""
    right, wrong = np.sort(odds[answered]), odds[~answered]
    found = []
    for share in kept:
        cut = right[min(len(right) - 1, int((1 - share) * len(right)))]
        found.append((100 * float((right >= cut).mean()), 100 * float((wrong < cut).mean())))
    return tuple(found)
