"""How the probe set lies at one step: every figure that a picture of it can show, in an instant.

``models.geometry`` measures any number of vectors with any gradient; this measures the few
hundred that are watched, from a single matrix of their cosines, so that it keeps up with a replay.
"""

from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from models.cores import one_blas_thread
from models.geometry import optimal_uniformity

T = TypeVar("T", bound=np.generic)

_DISTANCES = 40  # bins of 0 … 2
_COSINES = 50  # bins of −1 … 1
_T = 2
_ANGLES = 8192


@dataclass(frozen=True, eq=False)
class Look:
    """m images in two views each, as unit vectors; arrays are read-only.

    Attributes:
        pairs: m, of positive pairs.
        others: 2m(m − 1), of pairs of different images, whichever the views.
        dimensions: D.
        alignment: the mean of ‖x − y‖² over positive pairs.
        uniformity: at t = 2, the mean of that of the first views and that of the second.
        optimum: what a uniform distribution on this sphere reaches.
        mean_cosine: over pairs of different images; anisotropy.
        effective_rank: exp of the entropy of the singular values' shares.
        singular_values: (min(2m, D),) of all vectors, not centred, largest first.
        distance_edges: (40 + 1,) over 0 … 2.
        distances: (40,) how many positive pairs are so far apart.
        cosine_edges: (50 + 1,) over −1 … 1.
        positive_cosines, other_cosines: (50,) densities over the two sets of pairs.
        uniform_cosines: (50,) density of the cosines of a uniform distribution on this sphere.
    """

    pairs: int
    others: int
    dimensions: int
    alignment: float
    uniformity: float
    optimum: float
    mean_cosine: float
    effective_rank: float
    singular_values: NDArray[np.float64]
    distance_edges: NDArray[np.float64]
    distances: NDArray[np.int64]
    cosine_edges: NDArray[np.float64]
    positive_cosines: NDArray[np.float64]
    other_cosines: NDArray[np.float64]
    uniform_cosines: NDArray[np.float64]


def look(vectors: NDArray[np.float32]) -> Look:
    """Measures (2m, D) normalised vectors, of all first views and then of all second ones.

    Raises:
        ValueError: there are fewer than two pairs, or a row without its partner.
    """
    count, dimensions = vectors.shape
    m = count // 2
    if m < 2 or count % 2:
        raise ValueError(f"A look takes at least two pairs of rows, not {count} rows.")
    with one_blas_thread():
        cosines = vectors @ vectors.T  # (2m, 2m)
        values = _singular_values(vectors)
    # Distances of the few positive pairs are taken from the vectors themselves: where views have
    # found each other, 2 − 2 cos would be a difference of near equals.
    gaps = vectors[:m].astype(np.float64) - vectors[m:]
    squares = np.einsum("nd,nd->n", gaps, gaps)  # (m,)
    different = cosines.take(_different(m))
    half = m * (m - 1) // 2
    return Look(
        pairs=m,
        others=len(different),
        dimensions=dimensions,
        alignment=float(squares.mean()),
        uniformity=(_uniformity(different[:half]) + _uniformity(different[half : 2 * half])) / 2,
        optimum=optimal_uniformity(dimensions, _T),
        mean_cosine=float(different.mean(dtype=np.float64)),
        effective_rank=_effective_rank(values),
        singular_values=_frozen(values),
        distance_edges=_edges(0, 2, _DISTANCES),
        distances=_frozen(_counts(np.sqrt(squares), 0, 2, _DISTANCES)),
        cosine_edges=_edges(-1, 1, _COSINES),
        positive_cosines=_density(cosines.diagonal(m)),
        other_cosines=_density(different),
        uniform_cosines=_uniform_cosines(dimensions),
    )


def _uniformity(cosines: NDArray[np.float32]) -> float:
    """log of the mean of exp(−t‖x − y‖²), where ‖x − y‖² is 2 − 2 cos."""
    kernel = np.exp(2 * _T * (np.minimum(cosines, 1) - 1))
    return float(np.log(kernel.mean(dtype=np.float64)))


def _singular_values(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Square roots of the Gram matrix's eigenvalues: of the smaller of the two, in float64, which
    keeps values down to a hundred-millionth of the largest and is quicker than decomposing."""
    wide = vectors.astype(np.float64)
    gram = wide @ wide.T if len(wide) < wide.shape[1] else wide.T @ wide
    values: NDArray[np.float64] = np.sqrt(np.maximum(np.linalg.eigvalsh(gram)[::-1], 0))
    return values


def _effective_rank(values: NDArray[np.float64]) -> float:
    """Roy & Vetterli 2007."""
    shares = values[values > 0] / values.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def _counts(values: NDArray[np.floating], low: float, high: float, bins: int) -> NDArray[np.int64]:
    """As ``np.histogram`` with equal bins, and several times as quick; what lies beyond an end
    by rounding falls into the last bin there."""
    places = ((values - low) * (bins / (high - low))).astype(np.intp)
    return np.bincount(np.clip(places, 0, bins - 1), minlength=bins).astype(np.int64)


def _density(cosines: NDArray[np.float32]) -> NDArray[np.float64]:
    counts = _counts(cosines, -1, 1, _COSINES)
    return _frozen(counts / (len(cosines) * 2 / _COSINES))


@cache
def _different(m: int) -> NDArray[np.intp]:
    """Places in the flat (2m, 2m) matrix of all pairs of different images, each once: those of
    two first views, those of two second views, and those of a first and a second view."""
    x, y = np.triu_indices(m, 1)
    cross = np.flatnonzero(~np.eye(m, dtype=bool).ravel())
    size = 2 * m
    parts = (x * size + y, (x + m) * size + y + m, cross // m * size + cross % m + m)
    return np.concatenate(parts)


@cache
def _edges(low: float, high: float, bins: int) -> NDArray[np.float64]:
    return _frozen(np.linspace(low, high, bins + 1))


@cache
def _uniform_cosines(dimensions: int) -> NDArray[np.float64]:
    """Density of ⟨x, y⟩ for x, y uniform on the sphere of R^D, averaged over each bin.

    The angle between them has a density ∝ sin^(D−2), which, unlike the cosine's, is finite for
    every D ≥ 2. On a sphere of two points there is no density.
    """
    if dimensions < 2:
        return _frozen(np.zeros(_COSINES))
    angles = np.linspace(0, np.pi, _ANGLES + 1)
    heights = np.sin((angles[:-1] + angles[1:]) / 2) ** (dimensions - 2)
    below = np.concatenate([[0.0], heights.cumsum()]) / heights.sum()
    edges = _edges(-1, 1, _COSINES)
    at = np.interp(np.arccos(edges[::-1]), angles, below)[::-1]
    return _frozen(-np.diff(at) / np.diff(edges))


def _frozen(array: NDArray[T]) -> NDArray[T]:
    array.setflags(write=False)
    return array
