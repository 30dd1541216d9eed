"""One set of vectors in figures: how evenly it covers the hypersphere and uses its dimensions."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError
from models.events import Progress, Work

if TYPE_CHECKING:
    from torch import Tensor

_SAMPLED = 5000
_BINS = 100


@dataclass(frozen=True, eq=False)
class Portrait:
    """Measures of vectors at length 1.

    Attributes:
        points, of: vectors measured, of how many; a sample is drawn at random with seed 0.
        dimensions: D.
        uniformity: at t = 2, over all pairs of the sample.
        optimum: what a uniform distribution on this sphere reaches.
        mean_cosine: over all pairs; anisotropy.
        effective_rank: exp of the entropy of the singular values' shares.
        singular_values: largest first.
        edges: (B + 1,) of the bins of the pairs' cosines.
        density: (B,) of the pairs' cosines.
        uniform_density: (B,) of the cosines of a uniform distribution in D dimensions.
        gao_lower, largest, gao_upper: Sum/m ≤ λmax ≤ Sum of the similarity matrix.
        gao_applies: whether no similarity is negative, which the upper bound presumes.
        gao_holds: whether both parts of the bound are seen to hold.
        alignment: the mean squared distance of positive pairs; None without pairs.
        pair_distances: (points,) of the positive pairs, 0 … 2; None without pairs.
    """

    points: int
    of: int
    dimensions: int
    uniformity: float
    optimum: float
    mean_cosine: float
    effective_rank: float
    singular_values: NDArray[np.float64]
    edges: NDArray[np.float64]
    density: NDArray[np.float64]
    uniform_density: NDArray[np.float64]
    gao_lower: float
    largest: float
    gao_upper: float
    gao_applies: bool
    gao_holds: bool
    alignment: float | None = None
    pair_distances: NDArray[np.float64] | None = None


def portray(
    vectors: NDArray[np.floating], positives: NDArray[np.floating] | None = None
) -> Work[Portrait]:
    """Measures vectors (N, D) at length 1; of more than 5,000 a random 5,000.

    Args:
        vectors: of any length but zero.
        positives: (N, D), row i the positive of row i. Uniformity is then the mean of both
            sides, as its authors and the training runs here measure it; all else but the pairs
            is of ``vectors`` alone.

    Raises:
        InputError: there are fewer than two vectors.
        ValueError: the shapes of both sides differ.
    """
    import torch

    from models import geometry

    if len(vectors) < 2:
        raise InputError("It takes at least two vectors to measure how they lie.")
    if positives is not None and positives.shape != vectors.shape:
        raise ValueError(f"Pairs are two (N, D), not {vectors.shape} and {positives.shape}.")
    rows = geometry.sampled_rows(len(vectors), _SAMPLED)
    sample = _at_length_1(vectors[rows])
    x = torch.from_numpy(sample)
    y = None if positives is None else torch.from_numpy(_at_length_1(positives[rows]))
    yield Progress("Measuring cosines", 0, 4, "measures")
    edges = np.linspace(-1, 1, _BINS + 1)
    counts = np.zeros(_BINS)
    for start in range(0, len(sample), 512):
        cosines = sample[start : start + 512] @ sample.T
        above = np.arange(len(sample)) > np.arange(start, start + len(cosines))[:, None]
        counts += np.histogram(np.clip(cosines[above], -1, 1), edges)[0]
    density = counts / counts.sum() / (edges[1] - edges[0])
    yield Progress("Measuring uniformity", 1, 4, "measures")
    uniformity = mean_uniformity(x, y)
    yield Progress("Measuring the spectrum", 2, 4, "measures")
    spectrum = geometry.spectrum(x)
    yield Progress("Measuring the bounds", 3, 4, "measures")
    bound = geometry.gao_bound(x)
    dimensions = sample.shape[1]
    arrays = (
        spectrum.singular_values.numpy().astype(np.float64),
        edges,
        density,
        _uniform_density(edges, dimensions),
    )
    distances = None if y is None else np.linalg.norm(sample - y.numpy(), axis=1).astype(np.float64)
    for array in arrays if distances is None else (*arrays, distances):
        array.setflags(write=False)
    return Portrait(
        points=len(sample),
        of=len(vectors),
        dimensions=dimensions,
        uniformity=uniformity,
        optimum=geometry.optimal_uniformity(dimensions),
        mean_cosine=float(geometry.mean_cosine(x)),
        effective_rank=spectrum.effective_rank,
        singular_values=arrays[0],
        edges=arrays[1],
        density=arrays[2],
        uniform_density=arrays[3],
        gao_lower=bound.total / bound.rows,
        largest=bound.largest,
        gao_upper=bound.total,
        gao_applies=bound.applies,
        gao_holds=bound.holds,
        alignment=None if y is None else float(geometry.alignment(x, y)),
        pair_distances=distances,
    )


def mean_uniformity(x: "Tensor", y: "Tensor | None" = None, t: float = 2) -> float:
    """Uniformity of (N, D) vectors; with a second side of as many pairs the mean of both sides.

    The mean is what the authors' code reports (Wang & Isola 2020); both sides in one set would
    count the positive pairs as if they should lie far apart.
    """
    from models.geometry import uniformity

    first = float(uniformity(x, t))
    return first if y is None else (first + float(uniformity(y, t))) / 2


def _at_length_1(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    sample = np.array(vectors, np.float32)
    lengths = np.linalg.norm(sample, axis=1, keepdims=True)
    unit: NDArray[np.float32] = sample / np.maximum(lengths, 1e-12)
    return unit


def _uniform_density(edges: NDArray[np.float64], dimensions: int) -> NDArray[np.float64]:
    """Density of ⟨x, y⟩ for x, y uniform on the sphere of R^D, averaged over each bin.

    (1 + ⟨x, y⟩)/2 has the distribution Beta((D − 1)/2, (D − 1)/2). In one dimension the cosine
    is −1 or 1, and there is no density.
    """
    from scipy.stats import beta

    if dimensions < 2:
        return np.zeros(len(edges) - 1)
    half = (dimensions - 1) / 2
    density: NDArray[np.float64] = np.diff(beta.cdf((1 + edges) / 2, half, half)) / np.diff(edges)
    return density


@dataclass(frozen=True, eq=False)
class Attention:
    """The softmax of similarities at one temperature.

    Attributes:
        shares: (N,) the share of each passage, in the order of the similarities. For a negative
            it is, times 1/τ, the weight with which the contrastive loss pushes it away
            (Wang & Liu 2021, eq. 4).
        entropy: in nats, 0 … log N.
        effective: exp(entropy), the number of passages that share the weight.
    """

    shares: NDArray[np.float64]
    entropy: float
    effective: float


def attention(similarities: NDArray[np.floating], temperature: float) -> Attention:
    """softmax(similarities / temperature) of (N,), with its entropy.

    Raises:
        ValueError: the temperature is not above 0, or there is no similarity.
    """
    if not temperature > 0 or not len(similarities):
        raise ValueError("Softmax takes a positive temperature and at least one similarity.")
    logits = np.asarray(similarities, np.float64) / temperature
    logits -= logits.max()
    shares = np.exp(logits)
    total = float(shares.sum())
    shares /= total
    shares.setflags(write=False)
    # −Σ p log p with log p = logit − log Σ exp, which takes no logarithm of a share.
    entropy = max(0.0, math.log(total) - float(shares @ logits))
    return Attention(shares, entropy, math.exp(entropy))
