"""Features on the ring S¹: where they are dense, in the plane and along the angle.

The two pictures of Wang & Isola (2020), figure 3: a Gaussian kernel density estimate in R², and a
von Mises kernel density estimate of the angles arctan2(y, x), of all features and of each class.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Standard deviation h of the Gaussian kernel. Fixed, not fitted, so that all frames of a run
#: can be compared; the paper names none.
BANDWIDTH = 0.1
#: Concentration κ of the von Mises kernel. On the circle ‖x − y‖² = 2 − 2 cos, so a Gaussian of
#: width h is there exactly a von Mises density with κ = 1/h².
CONCENTRATION = 1 / BANDWIDTH**2
#: Half the side of the square on which the density is evaluated: 4 h beyond the circle.
EXTENT = 1 + 4 * BANDWIDTH
GRID, BINS = 128, 240
#: Multiplications up to which OpenBLAS computes a product in the calling thread alone.
_ALONE = 1 << 18


@dataclass(frozen=True, eq=False)
class Ring:
    """n features on S¹; arrays are read-only.

    Attributes:
        rows: (n,) int64, which of the given vectors these are: all that have a direction.
        of: how many vectors were given.
        points: (n, 2) float32, the vectors at length 1.
        labels: (n,) int64, −1 where there is none.
        angles: (n,) float32, arctan2(y, x) in −π…π.
        density: (GRID, GRID) float32, per unit of area, at the centres of the cells of the square
            |x|, |y| ≤ EXTENT; the first row is the topmost. The whole integrates to 1.
        bins: (BINS,) float32, angles in −π…π at equal distances.
        all: (BINS,) float32, density of the angles per radian; integrates to 1.
        by_class: (C, BINS) float32, the same of each class by itself; zero for an empty one.
        counts: (C,) int64, features of each class.
        classes: (C,) names.
    """

    rows: NDArray[np.int64]
    of: int
    points: NDArray[np.float32]
    labels: NDArray[np.int64]
    angles: NDArray[np.float32]
    density: NDArray[np.float32]
    bins: NDArray[np.float32]
    all: NDArray[np.float32]
    by_class: NDArray[np.float32]
    counts: NDArray[np.int64]
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)


def even_density() -> float:
    """The highest density in the plane of features spread evenly over the circle.

    A circle of features of density 1/2π per radian, seen through the Gaussian kernel: at radius r
    (1/2πh²) exp(−(r² + 1)/2h²) I₀(r/h²), greatest close to the circle itself.
    """
    radius = np.linspace(1 - BANDWIDTH, 1 + BANDWIDTH, 201)
    along = np.exp(-(radius**2 + 1) * CONCENTRATION / 2) * np.i0(radius * CONCENTRATION)
    return float(along.max() * CONCENTRATION / (2 * np.pi))


def ring(vectors: NDArray[np.floating], labels: NDArray[np.int64], classes: Sequence[str]) -> Ring:
    """Estimates the densities of ``vectors``, which are taken at length 1.

    Exact sums over all features, without bins: both kernels are products or cosines, so a few
    matrix products do.

    Args:
        vectors: (n, 2); those without a direction (0 or not finite) are left out.
        labels: (n,), 0 … C−1, or −1 for none.
        classes: C names; without any, each label that occurs is a class named by its number.

    Raises:
        ValueError: the shapes do not fit, or a label has no class.
    """
    given = np.asarray(vectors)
    if given.ndim != 2 or given.shape[1] != 2 or np.shape(labels) != given.shape[:1]:
        raise ValueError(f"vectors must be (n, 2) and labels (n,), not {given.shape}")
    names = tuple(classes) or tuple(str(k) for k in range(int(np.max(labels, initial=-1)) + 1))
    if len(labels) and not -1 <= np.min(labels) <= np.max(labels) < len(names):
        raise ValueError(f"labels must be −1 … {len(names) - 1}")
    wide = given.astype(np.float64)
    lengths = np.hypot(wide[:, 0], wide[:, 1])
    rows = np.flatnonzero(np.isfinite(lengths) & (lengths > 0))
    points = (wide[rows] / lengths[rows, None]).astype(np.float32)
    kept = np.asarray(labels, np.int64)[rows]
    bins = np.linspace(-np.pi, np.pi, BINS, endpoint=False, dtype=np.float32)
    everything, by_class, counts = _angular(points, kept, bins, len(names))
    result = Ring(
        rows.astype(np.int64),
        len(given),
        points,
        kept,
        np.arctan2(points[:, 1], points[:, 0]),
        _planar(points),
        bins,
        everything,
        by_class,
        counts,
        names,
    )
    for array in (result.rows, points, kept, result.angles, result.density, bins):
        array.setflags(write=False)
    for array in (everything, by_class, counts):
        array.setflags(write=False)
    return result


def cells() -> NDArray[np.float32]:
    """(GRID,) coordinates of the centres of the cells, ascending."""
    half = EXTENT / GRID
    return np.linspace(-EXTENT + half, EXTENT - half, GRID, dtype=np.float32)


def _planar(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of Gaussians at ``points`` (n, 2), on the grid."""
    if not len(points):
        return np.zeros((GRID, GRID), np.float32)
    centres = cells()
    # exp(−(dx² + dy²)/2h²) is a product of one factor a row and one a column.
    x = np.exp((centres[:, None] - points[:, 0]) ** 2 * np.float32(-CONCENTRATION / 2))  # (G, n)
    y = np.exp((centres[::-1, None] - points[:, 1]) ** 2 * np.float32(-CONCENTRATION / 2))
    return _product(y, x.T) * np.float32(CONCENTRATION / (2 * np.pi * len(points)))


def _angular(
    points: NDArray[np.float32], labels: NDArray[np.int64], bins: NDArray[np.float32], count: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """The mean of von Mises densities at ``points``: of all (B,), of each class (C, B); counts."""
    cosines = points[:, :1] * np.cos(bins) + points[:, 1:] * np.sin(bins)  # (n, B)
    kernel = np.exp((cosines - 1) * np.float32(CONCENTRATION))
    kernel /= np.float32(2 * np.pi * np.i0(CONCENTRATION) * np.exp(-CONCENTRATION))
    counts = np.bincount(labels[labels >= 0], minlength=count)
    member = (labels == np.arange(count)[:, None]).astype(np.float32)  # (C, n)
    by_class = _product(member, kernel)
    by_class /= np.maximum(counts, 1)[:, None].astype(np.float32)
    everything: NDArray[np.float32] = kernel.sum(axis=0) / np.float32(max(1, len(points)))
    return everything, by_class, counts.astype(np.int64)


def _product(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """``a @ b``, summed over parts too small for BLAS to share among threads.

    Shared, it waits for threads that a training run keeps off the cores: 80 ms in place of 1.
    """
    total = np.zeros((len(a), b.shape[1]), np.float32)
    step = max(1, _ALONE // max(1, total.size))
    for at in range(0, len(b), step):
        total += a[:, at : at + step] @ b[at : at + step]
    return total
