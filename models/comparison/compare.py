"""Everything that is said of two encoders on the same points."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.comparison.neighbours import (
    directions,
    jaccard,
    jaccard_by_chance,
    kept,
    kept_by_chance,
    nearest,
)
from models.comparison.procrustes import align
from models.comparison.similarity import linear_cka, rank_correlation
from models.errors import InputError
from models.events import Progress, Work

FEWEST = 3


@dataclass(frozen=True, eq=False)
class Comparison:
    """N points under two encoders, A and B. Vectors were brought to length 1 first.

    Attributes:
        k: neighbours a point, by cosine.
        first, second: (N, k) those under A and under B, nearest first.
        kept: (N,) how many are neighbours under both.
        angles: (N,) radians between a point under A and under B, seen from the centre of all,
            after B was turned onto A.
        disparity: of the whole after turning and stretching, 0 … 1.
        shuffled_angle, shuffled_cka: what the mean angle and CKA are where B's points are mixed
            up, so that nothing but dimensions and numbers is left.
        cka: linear.
        rank: Spearman's ρ of the cosines of all pairs of ``ranked`` points; None without order.
    """

    k: int
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    kept: NDArray[np.int64]
    angles: NDArray[np.float64]
    disparity: float
    shuffled_angle: float
    cka: float
    shuffled_cka: float
    rank: float | None
    ranked: int

    def __post_init__(self) -> None:
        for array in (self.first, self.second, self.kept, self.angles):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.kept)

    @property
    def overlap(self) -> float:
        """The mean share of neighbours that are kept."""
        return float(self.kept.mean()) / self.k

    @property
    def overlap_by_chance(self) -> float:
        return kept_by_chance(len(self), self.k)

    @property
    def jaccard(self) -> float:
        """The mean of shared over all neighbours."""
        return float(jaccard(self.kept, self.k).mean())

    @property
    def jaccard_by_chance(self) -> float:
        return jaccard_by_chance(len(self), self.k)

    @property
    def angle(self) -> float:
        """The mean of ``angles``."""
        return float(self.angles.mean())

    @property
    def most_changed(self) -> NDArray[np.int64]:
        """(N,) rows, those that kept fewest neighbours first; of equal ones the farther moved."""
        return np.lexsort((-self.angles, self.kept))


def compare(
    x: NDArray[np.floating], y: NDArray[np.floating], k: int, seed: int = 0
) -> Work[Comparison]:
    """Holds the vectors of the same texts under two encoders against one another.

    Args:
        x, y: (N, D) and (N, E), N ≥ 3, finite.
        k: neighbours a point; as many as there are others where these are fewer.
        seed: of the shuffle and of the sample whose pairs are ranked.

    Raises:
        InputError: there are too few points, or a vector is not finite.
    """
    if len(x) < FEWEST:
        raise InputError(f"A comparison takes {FEWEST} texts at least, not {len(x)}.")
    for side, name in ((x, "first"), (y, "second")):
        if not np.isfinite(side).all():
            raise InputError(f"The {name} encoder gives vectors that are not finite numbers.")
    a, b = directions(x), directions(y)
    k = min(k, len(a) - 1)
    first = yield from nearest(a, k, "Neighbours under A")
    second = yield from nearest(b, k, "Neighbours under B")
    yield Progress("Turning B onto A")
    aligned = align(a, b)
    mixed = b[np.random.default_rng(seed).permutation(len(b))]
    yield Progress("Turning shuffled points")
    unrelated = align(a, mixed)
    yield Progress("Comparing as a whole")
    whole = linear_cka(a, b)
    rank, ranked = yield from rank_correlation(a, b, seed)
    return Comparison(
        k=k,
        first=first,
        second=second,
        kept=kept(first, second),
        angles=aligned.angles,
        disparity=aligned.disparity,
        shuffled_angle=float(unrelated.angles.mean()),
        cka=whole,
        shuffled_cka=linear_cka(a, mixed),
        rank=rank,
        ranked=ranked,
    )
