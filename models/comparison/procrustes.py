"""One cloud of points turned onto another: what is left is what really changed.

Schönemann, "A generalized solution of the orthogonal Procrustes problem" (1966).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Aligned:
    """Two clouds of the same N points, each about its own centre and of the same size.

    Attributes:
        first, second: (N, D) read-only, the second turned onto the first; the mean of both is 0
            and the mean squared length 1.
        disparity: what the best turn and stretch of the second leaves of the first's squared
            size: 0 where they differ by turning, mirroring, shifting and stretching alone, 1
            where no turn helps.
    """

    first: Matrix
    second: Matrix
    disparity: float

    @property
    def angles(self) -> Matrix:
        """(N,) radians between the two places of a point, seen from the centre; 0 … π."""
        return between(self.first, self.second)

    @property
    def distances(self) -> Matrix:
        """(N,) how far a point moved; the root of the mean squared length is 1."""
        return np.asarray(np.linalg.norm(self.first - self.second, axis=1))


def turn(x: Matrix, y: Matrix) -> tuple[Matrix, float]:
    """The orthogonal R for which ‖yR − x‖ is least, and Σσ of yᵀx, which is tr((yR)ᵀx).

    Mirroring is allowed: the axes of an encoder have no sign.

    Args:
        x, y: (N, D), row i of each the same point.
    """
    u, values, v = np.linalg.svd(y.T @ x)
    return u @ v, float(values.sum())


def align(x: NDArray[np.floating], y: NDArray[np.floating]) -> Aligned:
    """``y`` shifted, stretched and turned onto ``x``, which is shifted and stretched.

    What comes out does not depend on how either was shifted, turned, mirrored or stretched by
    one factor. With fewer points than dimensions even unrelated clouds can be turned close to
    one another, so hold angles against those of shuffled rows.

    Args:
        x: (N, D).
        y: (N, E); the one of fewer dimensions is padded with zeros, which changes no distance.
    """
    if x.ndim != 2 or y.ndim != 2 or len(x) != len(y) or not len(x):
        raise ValueError(f"Clouds are (N, D) and (N, E), not {x.shape} and {y.shape}.")
    width = max(x.shape[1], y.shape[1])
    first, second = (_standard(cloud, width) for cloud in (x, y))
    rotation, nuclear = turn(first, second)
    second = second @ rotation
    # Of clouds of size N, the best stretch is nuclear / N, and leaves 1 − (nuclear / N)².
    share = min(1.0, nuclear / len(x))
    whole = bool(first.any()) and bool(second.any())
    for cloud in (first, second):
        cloud.setflags(write=False)
    return Aligned(first, second, 1 - share**2 if whole else 1.0)


def between(x: NDArray[np.floating], y: NDArray[np.floating]) -> Matrix:
    """(N,) radians between rows of ``x`` and ``y``; a zero vector is at right angles to all."""
    lengths = np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
    cosine = np.divide((x * y).sum(1), lengths, out=np.zeros(len(x)), where=lengths > 0)
    return np.asarray(np.arccos(np.clip(cosine, -1, 1)))


def _standard(cloud: NDArray[np.floating], width: int) -> Matrix:
    """The cloud about 0, of mean squared length 1, in ``width`` dimensions."""
    result = np.zeros((len(cloud), width))
    result[:, : cloud.shape[1]] = cloud - cloud.mean(0, dtype=np.float64)
    size = np.sqrt(np.square(result).sum() / len(result))
    return result / size if size > 0 else result
