"""Where vectors lie on the hypersphere: measures of a whole set of them.

Vectors are taken as they are. Alignment, uniformity and the limit mean something only for
vectors of length 1, so whoever shows them says whether they were normalised. Float64 is kept,
half precision is computed in float32.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.losses import products, wide

if TYPE_CHECKING:
    from torch import Tensor

_ENTRIES = 1 << 22  # similarities held at once
_PAIRS = 512  # pairs that the limit is computed on; its matrices are four times their square


def alignment(x: "Tensor", y: "Tensor", alpha: float = 2) -> "Tensor":
    """The mean of ‖x − y‖^α over positive pairs (Wang & Isola 2020, §4.1); 0 is perfect.

    Args:
        x, y: (N, D), row i of each a pair.

    Raises:
        ValueError: the shapes differ, or there is no pair.
    """
    import torch

    _check_pairs(x, y)
    distances: Tensor = torch.linalg.vector_norm(wide(x) - wide(y), dim=1)
    return distances.pow(alpha).mean()


def uniformity(x: "Tensor", t: float = 2) -> "Tensor":
    """log of the mean of exp(−t‖x − y‖²) over all pairs i < j (Wang & Isola 2020, §4.1).

    Lower is more uniform; ``optimal_uniformity`` is what a uniform distribution reaches. Exact,
    in blocks of rows: without a gradient the memory is bounded whatever N is, but the time grows
    with N², so of many vectors measure ``sampled_rows``.

    Args:
        x: (N, D), N ≥ 2.

    Raises:
        ValueError: there are fewer than two vectors.
    """
    import torch

    _check(x)
    squares = wide(x).square().sum(1)  # (N,)
    parts = []
    for start, block in _blocks(x):
        stop = start + len(block)
        distances = squares[start:stop, None] + squares[start:] - 2 * block
        itself = torch.ones_like(block, dtype=torch.bool).tril()
        exponents = (-t * distances.clamp(min=0)).masked_fill(itself, -torch.inf)
        parts.append(exponents.flatten().logsumexp(0))
    return torch.stack(parts).logsumexp(0) - math.log(len(x) * (len(x) - 1) / 2)


def optimal_uniformity(dimension: int, t: float = 2) -> float:
    """The uniformity of the uniform distribution on the unit sphere of R^m: the least there is.

    −2t + log ₀F₁(; m/2; t²) (Wang & Isola 2020, appendix A). A finite sample
    may fall below it. The series is summed in logarithms, so that no m or t overflows.

    Args:
        dimension: m ≥ 1, of the space around the sphere.
        t: above 0.

    Raises:
        ValueError: m or t is out of range.
    """
    if dimension < 1 or not t > 0:
        raise ValueError(f"There is no optimum for dimension {dimension} and t = {t}.")
    # Term k+1 is t² / ((m/2 + k)(k + 1)) times term k: beyond k = 4t less than a sixteenth.
    k = np.arange(math.ceil(4 * t) + 64)
    terms = np.cumsum(2 * math.log(t) - np.log(dimension / 2 + k) - np.log(k + 1))
    return -2 * t + float(np.logaddexp.reduce(terms, initial=0.0))


@dataclass(frozen=True, eq=False)
class Spectrum:
    """How evenly vectors use their dimensions.

    Attributes:
        singular_values: (min(N, D),), largest first.
        effective_rank: exp of the entropy of the singular values' shares (Roy & Vetterli 2007):
            1 if all vectors are collinear, min(N, D) if all values are equal.
    """

    singular_values: "Tensor"
    effective_rank: float


def spectrum(x: "Tensor") -> Spectrum:
    """The singular values of (N, D) vectors, not centred, and their effective rank.

    Raises:
        ValueError: it is not a matrix.
    """
    import torch

    _check(x, least=1)
    matrix = wide(x.detach())
    values = torch.linalg.svdvals(matrix.cpu() if matrix.device.type == "mps" else matrix)
    total = values.sum()
    shares = values / total
    rank = float(torch.special.entr(shares).sum().exp()) if total > 0 else 0.0
    return Spectrum(values, rank)


def mean_cosine(x: "Tensor") -> "Tensor":
    """Anisotropy: the mean cosine over all pairs i ≠ j (Ethayarajh 2019, there of a sample).

    0 for directions that cancel out, 1 where all are the same. Without N² work: the pairs' sum
    is the squared length of the sum of directions, less N.

    Args:
        x: (N, D), N ≥ 2, of any length but zero.

    Raises:
        ValueError: there are fewer than two vectors.
    """
    from torch.nn.functional import normalize

    _check(x)
    directions = normalize(wide(x), dim=1)
    itself = directions.square().sum()
    return (directions.sum(0).square().sum() - itself) / (len(x) * (len(x) - 1))


@dataclass(frozen=True)
class GaoBound:
    """Sum(WWᵀ)/m ≤ λmax(WWᵀ) ≤ Sum(WWᵀ), the right part for a WWᵀ without negative entries.

    Attributes:
        rows: m.
        total: Sum(WWᵀ), of all m² similarities.
        largest: λmax, the largest singular value squared.
        smallest: the smallest of the similarities of pairs i < j.
    """

    rows: int
    total: float
    largest: float
    smallest: float

    @property
    def applies(self) -> bool:
        """Whether no similarity is negative, so that the upper bound must hold."""
        return self.smallest >= 0

    @property
    def holds(self) -> bool:
        """Whether both parts are seen to hold, but for rounding."""
        slack = 1e-5 * self.largest
        return self.total / self.rows - slack <= self.largest <= self.total + slack


def gao_bound(x: "Tensor") -> GaoBound:
    """The bound behind SimCSE's claim that its loss flattens the spectrum (Gao et al. 2021, §5).

    Args:
        x: (N, D), N ≥ 2, of length 1. The time grows with N², the memory does not.

    Raises:
        ValueError: there are fewer than two vectors.
    """
    import torch

    _check(x)
    matrix = wide(x.detach())
    smallest = math.inf
    for _, block in _blocks(matrix):
        itself = torch.ones_like(block, dtype=torch.bool).tril()
        smallest = min(smallest, float(block.masked_fill(itself, torch.inf).min()))
    largest = float(spectrum(matrix).singular_values[0]) ** 2
    return GaoBound(len(x), float(matrix.sum(0).square().sum()), largest, smallest)


@dataclass(frozen=True)
class Limit:
    """The contrastive loss on its way to its limit.

    Attributes:
        counts: numbers of negatives M.
        values: loss − log M at each, over one draw of negatives an anchor.
        alignment: −E[f(x)ᵀf(y)] / τ, the limit's first term.
        uniformity: E log E exp(f(x⁻)ᵀf(x) / τ), its second.
        pairs: positive pairs it was computed on, of ``of`` given.
    """

    counts: tuple[int, ...]
    values: tuple[float, ...]
    alignment: float
    uniformity: float
    pairs: int
    of: int

    @property
    def limit(self) -> float:
        """What ``values`` tend to."""
        return self.alignment + self.uniformity


def contrastive_limit(
    x: "Tensor", y: "Tensor", temperature: float, counts: Sequence[int], seed: int = 0
) -> Limit:
    """Loss − log M of ``losses.contrastive`` against its limit as M grows.

    Wang & Isola 2020, theorem 1, with these vectors as the whole data: either side of a pair is
    the anchor once, and M negatives are drawn from all of x and y with replacement. How often
    each is drawn has a multinomial distribution, so that a million negatives cost no more than
    one. The deviation is at most O(M^−½); it is often much smaller.

    Args:
        x, y: (N, D), of length 1, row i of each a pair; of more than 512 pairs a random 512.
        temperature: τ > 0.
        counts: numbers of negatives, each ≥ 1.
        seed: of the sample and of all draws.

    Raises:
        ValueError: the shapes differ, or a number is out of range.
    """
    import torch

    _check_pairs(x, y)
    if not temperature > 0 or any(count < 1 for count in counts):
        raise ValueError("The temperature must be above 0, and each number of negatives too.")
    rows = torch.from_numpy(sampled_rows(len(x), _PAIRS, seed))
    pool = torch.cat([side.detach().cpu()[rows].double() for side in (x, y)])  # (2n, D)
    similarities = pool @ pool.T / temperature
    size = len(pool)
    positives = (pool * pool.roll(len(rows), 0)).sum(1) / temperature
    generator = np.random.default_rng(seed)
    values = []
    for count in counts:
        drawn = generator.multinomial(count, np.full(size, 1 / size), size=size)
        negatives = (similarities + torch.from_numpy(drawn).double().log()).logsumexp(1)
        losses = torch.logaddexp(positives, negatives) - positives
        values.append(float(losses.mean()) - math.log(count))
    spread = float(similarities.logsumexp(1).mean()) - math.log(size)
    return Limit(tuple(counts), tuple(values), -float(positives.mean()), spread, len(rows), len(x))


def sampled_rows(count: int, most: int, seed: int = 0) -> NDArray[np.int64]:
    """All of ``count`` rows, or ``most`` of them drawn at random without repetition, ascending."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False))


def _blocks(x: "Tensor") -> Iterator[tuple[int, "Tensor"]]:
    """Dot products of a few rows at a time with themselves and all rows after them.

    Pair i < j stands strictly above the diagonal of the one block that holds row i.
    """
    step = max(1, _ENTRIES // len(x))
    for start in range(0, len(x) - 1, step):
        yield start, products(x[start : start + step], x[start:])


def _check(x: "Tensor", least: int = 2) -> None:
    if x.ndim != 2 or len(x) < least:
        raise ValueError(f"This takes (N, D) with N ≥ {least}, not {tuple(x.shape)}.")


def _check_pairs(x: "Tensor", y: "Tensor") -> None:
    if x.ndim != 2 or x.shape != y.shape or len(x) == 0:
        raise ValueError(f"Pairs are two (N, D), not {tuple(x.shape)} and {tuple(y.shape)}.")
