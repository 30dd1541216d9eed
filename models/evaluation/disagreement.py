"""Where the cosines of an STS task part from the judgements, pair by pair."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.data.sts import Pair


@dataclass(frozen=True, eq=False)
class Disagreement:
    """The pairs of a task as Spearman's correlation sees them: by rank.

    Attributes:
        pairs: N pairs in file order.
        gold: (N,) float64, the judgements.
        cosines: (N,) float32.
        gaps: (N,) float64 in −1..1: the rank by cosine minus the rank by judgement, over N. The
            encoder finds a pair more alike than people do where it is positive.
    """

    pairs: tuple[Pair, ...]
    gold: NDArray[np.float64]
    cosines: NDArray[np.float32]
    gaps: NDArray[np.float64]

    def __post_init__(self) -> None:
        for array in (self.gold, self.cosines, self.gaps):
            array.setflags(write=False)

    def too_close(self, count: int) -> tuple[int, ...]:
        """Places of the pairs that the encoder finds far more alike than people, worst first."""
        return self._worst(self.gaps, count)

    def too_far(self, count: int) -> tuple[int, ...]:
        """Places of the pairs that the encoder finds far less alike than people, worst first."""
        return self._worst(-self.gaps, count)

    def _worst(self, gaps: NDArray[np.float64], count: int) -> tuple[int, ...]:
        order = np.argsort(-gaps, kind="stable")[:count]
        return tuple(order[gaps[order] > 0].tolist())


def disagreement(pairs: Sequence[Pair], cosines: NDArray[np.float32]) -> Disagreement:
    """Ranks both sides, tied ones averaged, and takes them from one another."""
    from scipy.stats import rankdata

    gold = np.array([pair.gold for pair in pairs])
    gaps = (rankdata(cosines) - rankdata(gold)) / max(len(pairs), 1)
    return Disagreement(tuple(pairs), gold, np.array(cosines), gaps)
