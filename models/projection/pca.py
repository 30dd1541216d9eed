"""Principal components by eigendecomposition of the covariance, in one pass of blocks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.blocks import blocks
from models.events import Progress, Work
from models.projection.sphere import on_sphere

STAGE = "PCA"
_CHUNK = 16384
# Directions with a smaller share of the largest variance are rounding, not structure.
_NEGLIGIBLE = 1e-10


@dataclass(frozen=True)
class Components:
    """A centred linear projection: ``mean`` (D,), orthonormal ``axes`` (D, kept), and the share
    of the variance that they keep (0 where the vectors do not vary at all)."""

    mean: NDArray[np.float32]
    axes: NDArray[np.float32]
    variance: float

    def project(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """(Q, D) → (Q, kept)."""
        return np.asarray((vectors - self.mean) @ self.axes, np.float32)


def principal_components(
    vectors: NDArray[np.float32], kept: int, *, unit: bool = False
) -> Work[Components]:
    """The ``kept`` directions of largest variance of (N, D) vectors, read once.

    Signs are fixed: the largest entry of each axis is positive. Where the vectors span fewer
    dimensions than ``kept``, the axes left over are zero.

    Args:
        unit: of the vectors at length 1.
    """
    count, dimensions = vectors.shape
    near = np.zeros(dimensions, np.float32)
    total = np.zeros(dimensions, np.float64)
    products = np.zeros((dimensions, dimensions), np.float64)
    for start, block in blocks(vectors, _CHUNK, unit=unit):
        yield Progress(STAGE, start, count, "points")
        if start == 0:
            # About the mean of the first block nothing large cancels; the rest is exact algebra.
            near = block.mean(axis=0, dtype=np.float64).astype(np.float32)
        centred = block - near
        total += centred.sum(axis=0, dtype=np.float64)
        products += centred.T @ centred
    off = total / max(count, 1)
    mean = (near + off).astype(np.float32)
    covariance = products / max(count, 1) - np.outer(off, off)
    values, eigenvectors = np.linalg.eigh(covariance)
    order = np.argsort(-values, kind="stable")[:kept]
    values = np.maximum(values, 0)
    spread = float(values.sum())
    # Centring in single precision leaves about 1e-7 of the vectors' own size behind.
    floor = max(_NEGLIGIBLE * values.max(initial=0), 1e-12 * float(mean @ mean))
    order = order[values[order] > floor]
    axes = np.zeros((dimensions, kept), np.float64)
    axes[:, : len(order)] = eigenvectors[:, order]
    largest = np.abs(axes).argmax(axis=0) if dimensions else np.zeros(kept, np.intp)
    axes *= np.where(axes[largest, np.arange(kept)] < 0, -1, 1) if dimensions else 1
    share = float(values[order].sum()) / spread if len(order) else 0.0
    return Components(mean, axes.astype(np.float32), min(share, 1.0))


@dataclass(frozen=True)
class AlongComponents:
    """Places points by the projection itself: a direction on the sphere (three axes), or a
    position on the map (two axes, multiplied by ``scale``)."""

    components: Components
    scale: float
    on_sphere: bool

    def place(
        self, vectors: NDArray[np.float32], near: NDArray[np.int64] | None = None
    ) -> NDArray[np.float32]:
        """(Q, D) → (Q, 3)."""
        projected = self.components.project(vectors)
        if self.on_sphere:
            return on_sphere(projected)
        flat = np.zeros((len(projected), 3), np.float32)
        flat[:, :2] = projected * np.float32(self.scale)
        return flat


def unit_scale(points: NDArray[np.float32]) -> float:
    """The factor that brings all coordinates of ``points`` into [−1, 1]; 1 if all are zero."""
    reach = float(np.abs(points).max(initial=0))
    return float(np.nextafter(np.float32(1 / reach), np.float32(0))) if reach > 0 else 1.0
