"""Whitening: a linear cure of anisotropy, fitted without any training (Su et al. 2021).

Vectors are moved to mean 0 and turned and stretched until their covariance is the identity, after
which every direction is used alike. BERT-flow (Li et al. 2020) showed before that a map which
makes a narrow cone isotropic helps BERT's sentence vectors; this one is its linear form.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.encoders.base import Text
from models.errors import InputError
from models.evaluation.embedding import SentenceVectors
from models.events import Work

#: Variance below this part of the largest is rounding: a layer norm, for one, leaves a direction
#: without any, which would be blown up to the size of all others.
_LEAST = 1e-9


@dataclass(frozen=True, eq=False)
class Whitening:
    """x → (x − μ) W.

    Attributes:
        mean: (D,) μ.
        matrix: (D, k) W, its columns by falling variance.
        fitted: on how many vectors.
    """

    mean: NDArray[np.float64]
    matrix: NDArray[np.float64]
    fitted: int

    @property
    def dimensions(self) -> int:
        """k."""
        return int(self.matrix.shape[1])

    def __call__(self, vectors: NDArray[np.floating]) -> NDArray[np.float32]:
        """(N, D) → (N, k), not brought to length 1."""
        whitened: NDArray[np.float32] = ((vectors - self.mean) @ self.matrix).astype(np.float32)
        return whitened


def fit_whitening(vectors: NDArray[np.floating], dimensions: int | None = None) -> Whitening:
    """Fits μ and W = U Λ^−½ of the covariance U Λ Uᵀ (Su et al. 2021, algorithm 1).

    Args:
        vectors: (N, D). With N ≤ D there are fewer than D directions to whiten, and the vectors
            themselves end up all equally far apart, which says nothing of others.
        dimensions: k, the directions of most variance; None keeps all that have any.

    Raises:
        InputError: there are fewer than two vectors, or all are the same.
        ValueError: k is below 1.
    """
    if dimensions is not None and dimensions < 1:
        raise ValueError("Whitening keeps at least one dimension.")
    if len(vectors) < 2:
        raise InputError("It takes at least two vectors to whiten them.")
    mean = vectors.mean(0, dtype=np.float64)
    centred = vectors - mean
    variances, directions = np.linalg.eigh(centred.T @ centred / len(vectors))
    order = np.argsort(variances)[::-1]
    order = order[variances[order] > _LEAST * max(float(variances[order[0]]), 0.0)][:dimensions]
    scale = float(np.abs(mean).max())
    if len(order) == 0 or variances[order[0]] <= (1e-6 * scale) ** 2:
        raise InputError("All vectors are the same: there is nothing to whiten.")
    matrix = directions[:, order] / np.sqrt(variances[order])
    for array in (mean, matrix):
        array.setflags(write=False)
    return Whitening(mean, matrix, len(vectors))


class WhitenedVectors(SentenceVectors):
    """An encoder's vectors after a whitening, wherever its own are taken."""

    def __init__(self, plain: SentenceVectors, whitening: Whitening) -> None:
        super().__init__(plain.encoder)
        self._plain, self._whitening = plain, whitening

    def of(self, texts: Sequence[Text], stage: str = "Embedding") -> Work[NDArray[np.float32]]:
        """(N, k) vectors in the order of ``texts``."""
        vectors = yield from self._plain.of(texts, stage)
        return self._whitening(vectors)
