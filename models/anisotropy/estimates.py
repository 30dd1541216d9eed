"""Means with the range in which they would fall had other words or sentences been drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RESAMPLES = 1000
_RANGE = (2.5, 97.5)  # percentiles


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, and the range of 95 % of the means of resampled values."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Resampled:
    """The mean of n values in each of L layers, and the same of other draws of n values.

    Attributes:
        mean: (L,).
        draws: (R, L).
    """

    mean: NDArray[np.float64]
    draws: NDArray[np.float64]

    def less(self, other: "Resampled") -> "Resampled":
        """The difference, each of the two resampled for itself."""
        return Resampled(self.mean - other.mean, self.draws - other.draws)

    def estimates(self) -> tuple[Estimate, ...]:
        """One estimate a layer."""
        low, high = np.percentile(self.draws, _RANGE, axis=0)
        found = zip(self.mean.tolist(), low.tolist(), high.tolist(), strict=True)
        return tuple(Estimate(*each) for each in found)


def resample(values: NDArray[np.floating], seed: Sequence[int]) -> Resampled:
    """The bootstrap (Efron 1979): n of n values are drawn with replacement, 1,000 times.

    All layers see the same draws, as they see the same words. Values are taken for independent;
    of words that share sentences that is not quite so.

    Args:
        values: (L, n), n ≥ 1.
        seed: of the draws.
    """
    generator = np.random.default_rng(seed)
    layers, count = values.shape
    draws = np.empty((_RESAMPLES, layers))
    for row in range(_RESAMPLES):
        times = np.bincount(generator.integers(count, size=count), minlength=count)
        draws[row] = values @ times / count
    return Resampled(values.mean(1, dtype=np.float64), draws)
