"""From which log odds on an answer is believed, and what each choice costs."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: The share of right answers that a reader believes unless somebody says otherwise.
BELIEVED = 0.95
#: Shares of the answered questions that a trade-off is told at.
KEPT = (0.95, 0.9, 0.8, 0.7)


def believing(odds: NDArray[np.float64], share: float = BELIEVED) -> float:
    """The threshold that believes ``share`` of the passages that answer, and no more than it must.

    A search mostly brings an answer, so that a reader which is silent too often is of no use.

    Args:
        odds: (n,) log odds of passages that answer, n at least 1.
    """
    lost = int(round((1 - share) * len(odds), 6))  # 2 of 20, which floats make 1.999…
    return float(np.sort(odds)[min(len(odds) - 1, lost)])


def trade_off(
    odds: NDArray[np.float64], answered: NDArray[np.bool_], kept: Sequence[float] = KEPT
) -> tuple[tuple[float, float], ...]:
    """In percent: of the passages that answer the share that is believed, and of the others the
    share that is not, at the threshold that believes ``kept`` of the first."""
    right, wrong = odds[answered], odds[~answered]
    found = []
    for share in kept:
        cut = believing(right, share)
        found.append((100 * float((right >= cut).mean()), 100 * float((wrong < cut).mean())))
    return tuple(found)
