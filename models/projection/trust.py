"""How far a picture's neighbours are neighbours of the vectors too.

Venna and Kaski, "Neighborhood Preservation in Nonlinear Projection Methods" (2001), the definition
that scikit-learn's ``manifold.trustworthiness`` follows.
"""

import numpy as np
from numpy.typing import NDArray

from models.blocks import blocks, gather
from models.events import Progress, Work
from models.geometry import sampled_rows

STAGE = "Trustworthiness"
_CHUNK = 64
_ENTRIES = 1 << 23  # similarities held at once


def trustworthiness(
    vectors: NDArray[np.float32],
    positions: NDArray[np.float32],
    *,
    neighbours: int = 15,
    sample: int = 2000,
    seed: int = 0,
) -> Work[tuple[float | None, int]]:
    """How few strangers stand among each point's nearest neighbours in the picture: 1 is none.

    Each sampled point is ranked against all N points, so the result estimates the value over all
    of them; with ``sample`` ≥ N it is exactly that value. Distances are 1 − cosine between the
    vectors and straight lines between the positions. Vectors at equal distances share the better
    rank. The vectors are read once, a block at a time.

    Args:
        vectors: (N, D).
        positions: (N, 3).
        neighbours: k; at most (N − 1) // 2 are used, beyond which the measure is undefined.
        sample: at most so many points are looked at, drawn at random with ``seed``.

    Returns:
        The trustworthiness, None for fewer than three points, and how many points were looked at.
    """
    count = len(vectors)
    k = min(neighbours, (count - 1) // 2)
    if k < 1:
        return None, 0
    rows = sampled_rows(count, sample, seed)
    yield Progress(STAGE, 0, count, "points")
    found = _nearest(positions, rows, k)
    own = normalized(gather(vectors, rows))
    least = np.empty(found.shape, np.float32)  # the cosine of each neighbour in the picture
    for start in range(0, len(rows), _CHUNK):
        part = found[start : start + _CHUNK]
        # As a product of matrices, like those below, so that equal cosines are equal bits.
        products = own[start : start + _CHUNK] @ normalized(gather(vectors, part.ravel())).T
        each = np.arange(len(part))
        least[start : start + _CHUNK] = products.reshape(len(part), *part.shape)[each, each]
    nearer = np.zeros(found.shape, np.int64)
    for start, block in blocks(vectors, max(1, _ENTRIES // len(rows)), unit=True):
        yield Progress(STAGE, start, count, "points")
        similarity = own @ block.T  # (S, B)
        here = np.flatnonzero((rows >= start) & (rows < start + len(block)))
        similarity[here, rows[here] - start] = -np.inf
        for place, row in enumerate(similarity):
            # One at a time: counting along an axis takes five times as long.
            nearer[place] += [np.count_nonzero(row > each) for each in least[place]]
    penalty = int(np.maximum(nearer + 1 - k, 0).sum())
    worst = len(rows) * k * (2 * count - 3 * k - 1) / 2
    return 1.0 - penalty / worst, len(rows)


def _nearest(positions: NDArray[np.float32], rows: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """The k points nearest in the picture to each of ``rows``, without itself; (S, k)."""
    from scipy.spatial import KDTree

    # Halving by position, not by number of points: where many stand in one place it stays quick.
    tree = KDTree(positions, balanced_tree=False, compact_nodes=False)
    _, found = tree.query(positions[rows], k + 1)
    others = found != rows[:, None]
    others[others.all(axis=1), -1] = False  # among equals it need not have found itself
    nearest: NDArray[np.int64] = found[others].reshape(len(rows), k)
    return nearest


def normalized(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, D) vectors at length 1; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.zeros(vectors.shape, np.float32)
    np.divide(vectors, lengths, out=unit, where=lengths > 0)
    return unit
