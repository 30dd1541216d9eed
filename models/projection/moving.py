"""A picture of vectors that move: each one as near to the last as its own PCA allows."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from models.cores import one_blas_thread
from models.projection.layout import Surface
from models.projection.sphere import on_sphere


def surface_of(dimensions: int) -> Surface:
    """Two dimensions are the ring S¹, drawn flat; all others are shown on the globe."""
    return "flat" if dimensions == 2 else "globe"


class MovingPicture:
    """Places one snapshot (n, D) of the same points after the other.

    Two and three dimensions are shown as they are. Of more, each snapshot's own three principal
    components are taken, turned (and mirrored) so as to lie nearest to the picture before, which
    is the orthogonal Procrustes problem (Schönemann 1966): without it axes would swap and flip
    from one snapshot to the next although no point has moved.
    """

    def __init__(self) -> None:
        self._before: NDArray[np.float64] | None = None

    def place(self, vectors: NDArray[np.floating]) -> NDArray[np.float32]:
        """(n, D) normalised vectors → (n, 3): unit vectors, or on the ring with z = 0."""
        x = np.asarray(vectors, np.float64)
        dimensions = x.shape[1]
        if dimensions == 2:
            return np.column_stack([x * _RING, np.zeros(len(x))]).astype(np.float32)
        if dimensions == 3:
            return on_sphere(x)
        with one_blas_thread():
            points = self._components(x)
            if self._before is not None and self._before.shape == points.shape:
                u, _, v = np.linalg.svd(points.T @ self._before)
                points = points @ (u @ v)
        self._before = points
        return on_sphere(points)

    def place_all(self, frames: Iterable[NDArray[np.floating]]) -> tuple[NDArray[np.float32], ...]:
        """The pictures of all frames, in order."""
        return tuple(self.place(frame) for frame in frames)

    @staticmethod
    def _components(x: NDArray[np.float64]) -> NDArray[np.float64]:
        centred = x - x.mean(axis=0)
        _, axes = np.linalg.eigh(centred.T @ centred)
        kept = axes[:, ::-1][:, :3]
        points = np.zeros((len(x), 3))
        points[:, : kept.shape[1]] = centred @ kept
        return points


#: The ring's radius on the map, which spans −1 … 1.
_RING = 0.92
