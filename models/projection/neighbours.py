"""UMAP's fuzzy neighbourhoods, and new points placed among their neighbours.

McInnes, Healy and Melville, "UMAP: Uniform Manifold Approximation and Projection" (2018),
section 3.1 and algorithm 3.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.blocks import gather
from models.projection.trust import normalized

_TOLERANCE = 1e-5
_STEPS = 64
# Below this, 1 − cosine in single precision is rounding.
ROUNDING = 1e-6


def memberships(distances: NDArray[np.float32], *, connected: bool) -> NDArray[np.float32]:
    """How strongly each neighbour belongs to a point's fuzzy neighbourhood.

    exp(−max(0, d − ρ) / σ), with σ such that all but the first column sum to log₂ k.

    Args:
        distances: (N, k), nearest first.
        connected: whether ρ is the distance to the nearest neighbour that is not a duplicate, so
            that it belongs entirely, as in a fit; else ρ = 0, as for points that are added.

    Returns:
        (N, k) strengths in 0 … 1.
    """
    d = distances.astype(np.float64)
    nearest = np.min(d, axis=1, where=d > 0, initial=np.inf)
    rho = np.where(np.isfinite(nearest) & connected, nearest, 0.0)
    gap = np.maximum(d - rho[:, None], 0.0)
    target = np.log2(d.shape[1])
    low, high, sigma = np.zeros(len(d)), np.full(len(d), np.inf), np.ones(len(d))
    for _ in range(_STEPS):
        excess = np.exp(-gap[:, 1:] / sigma[:, None]).sum(axis=1) - target
        settled = np.abs(excess) < _TOLERANCE
        if settled.all():
            break
        high = np.where(excess > 0, sigma, high)
        low = np.where(excess > 0, low, sigma)
        middle = np.where(np.isinf(high), sigma * 2, (low + np.minimum(high, 1e300)) / 2)
        sigma = np.where(settled, sigma, middle)
    mean = np.where(rho > 0, d.mean(axis=1), d.mean() if d.size else 0.0)
    sigma = np.maximum(sigma, 1e-3 * mean)
    return np.exp(-gap / sigma[:, None]).astype(np.float32)


@dataclass(frozen=True)
class AmongNeighbours:
    """Places a point on that one of its nearest neighbours which is closest to all of them.

    The neighbours are those by cosine, with the weights from which UMAP's own ``transform``
    starts; this is their weighted medoid in the picture. Their weighted mean would lie in empty
    space whenever a point has neighbours in two places: measured on held-out sentences, placed
    points find 36% of their true neighbours around the medoid, 20% around the mean, and 33%
    where ``transform`` puts them.

    It needs no model, only the vectors (N, D), kept by reference, and their positions (N, 3).
    ``fitted`` are the rows that UMAP itself placed, if not all.
    """

    vectors: NDArray[np.float32]
    positions: NDArray[np.float32]
    neighbours: int
    fitted: NDArray[np.int64] | None = None

    @cached_property
    def _known(self) -> NDArray[np.float32]:
        """(n, D) those among which neighbours are sought."""
        return self.vectors if self.fitted is None else gather(self.vectors, self.fitted)

    @cached_property
    def _inverse_lengths(self) -> NDArray[np.float32]:
        lengths = np.linalg.norm(self._known, axis=1)
        inverse = np.zeros(len(lengths), np.float32)
        np.divide(1, lengths, out=inverse, where=lengths > 0)
        return inverse

    def place(
        self, vectors: NDArray[np.float32], near: NDArray[np.int64] | None = None
    ) -> NDArray[np.float32]:
        """(Q, D) → (Q, 3). ``near`` are rows known to be nearest to every one of them, and no
        others are looked at then."""
        placed = np.empty((len(vectors), 3), np.float32)
        for place, vector in enumerate(vectors):
            unit = vector / (float(np.linalg.norm(vector)) or 1.0)
            if near is not None and len(near):
                similarity = normalized(gather(self.vectors, near)) @ unit
                host = self._host(similarity, near)
            else:
                similarity = (self._known @ unit) * self._inverse_lengths
                host = self._host(similarity, self.fitted)
            placed[place] = self.positions[host]
        return placed

    def _host(self, similarity: NDArray[np.float32], rows: NDArray[np.int64] | None) -> int:
        """The row of the medoid; ``similarity`` (n,) is that of ``rows``, or of all."""
        k = min(self.neighbours, len(similarity))
        nearest = np.argpartition(-similarity, k - 1)[:k]
        nearest = nearest[np.argsort(-similarity[nearest], kind="stable")]
        distances = np.maximum(1 - similarity[nearest], 0)
        if rows is not None:
            nearest = rows[nearest]
        if distances[0] < ROUNDING:  # a duplicate is its own host
            return int(nearest[0])
        weights = memberships(distances[None], connected=False)
        host, _ = medoids(weights, self.positions[nearest][None])
        return int(nearest[host[0]])


def medoids(
    weights: NDArray[np.float32], around: NDArray[np.float32]
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Which of k neighbours is most central among them in the picture, and how far all are off it.

    Args:
        weights: (Q, k) how much each neighbour counts.
        around: (Q, k, 3) where the neighbours stand.

    Returns:
        (Q,) places among the k, and (Q, k) distances in the picture from the one chosen.
    """
    apart = np.linalg.norm(around[:, :, None] - around[:, None], axis=3)  # (Q, k, k)
    hosts = (apart @ weights[:, :, None])[:, :, 0].argmin(axis=1)
    return hosts, apart[np.arange(len(hosts)), hosts]
