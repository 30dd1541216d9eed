"""How far a picture's neighbours are neighbours of the vectors too.

Venna and Kaski, "Neighborhood Preservation in Nonlinear Projection Methods" (2001), the definition
that scikit-learn's ``manifold.trustworthiness`` follows.
"""

import numpy as np
from numpy.typing import NDArray

from models.events import Progress, Work

STAGE = "Trustworthiness"
_CHUNK = 64


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
    rank.

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
    rows = np.arange(count)
    if sample < count:
        rows = np.sort(np.random.default_rng(seed).choice(count, sample, replace=False))
    unit = normalized(vectors)
    squared = np.einsum("ij,ij->i", positions, positions)  # (N,)
    penalty = 0
    for start in range(0, len(rows), _CHUNK):
        yield Progress(STAGE, start, len(rows), "points")
        chunk = rows[start : start + _CHUNK]
        here = np.arange(len(chunk))
        # |p − q|² without |p|², which is the same for all candidates q.
        drawn = squared - 2 * (positions[chunk] @ positions.T)
        drawn[here, chunk] = np.inf
        nearest = np.argpartition(drawn, k - 1, axis=1)[:, :k]  # (chunk, k)
        similarity = unit[chunk] @ unit.T  # (chunk, N)
        similarity[here, chunk] = -np.inf
        for row, found in zip(similarity, nearest, strict=True):
            nearer = np.count_nonzero(row > row[found][:, None], axis=1)
            penalty += int(np.maximum(nearer + 1 - k, 0).sum())
    worst = len(rows) * k * (2 * count - 3 * k - 1) / 2
    return 1.0 - penalty / worst, len(rows)


def normalized(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, D) vectors at length 1; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.zeros(vectors.shape, np.float32)
    np.divide(vectors, lengths, out=unit, where=lengths > 0)
    return unit
