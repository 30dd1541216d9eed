"""How alike two encoders see the same texts, in one number each."""

import numpy as np
from numpy.typing import NDArray

from models.comparison.neighbours import directions
from models.events import Progress, Work
from models.geometry import sampled_rows

_PAIRED = 1000  # points whose pairs are ranked: half a million


def linear_cka(x: NDArray[np.floating], y: NDArray[np.floating]) -> float:
    """‖ỹᵀx̃‖² / (‖x̃ᵀx̃‖ ‖ỹᵀỹ‖) of centred vectors (Kornblith et al. 2019, equation 3 and §4).

    1 where the two differ by turning, mirroring, shifting and stretching by one factor, none of
    which changes it; unlike canonical correlation it does change with other linear maps. With
    fewer points than dimensions it is well above 0 even for unrelated vectors, so hold it
    against shuffled rows.

    Args:
        x, y: (N, D) and (N, E).

    Returns:
        0 … 1; 0 where one of them does not vary.
    """
    a, b = (side - side.mean(0, dtype=np.float64) for side in (x, y))
    own = np.linalg.norm(a.T @ a) * np.linalg.norm(b.T @ b)
    return float(np.linalg.norm(b.T @ a) ** 2 / own) if own > 0 else 0.0


def rank_correlation(
    x: NDArray[np.floating], y: NDArray[np.floating], seed: int = 0
) -> Work[tuple[float | None, int]]:
    """Spearman's ρ between the cosines of all pairs under one encoder and under the other.

    Representational similarity analysis (Kriegeskorte et al. 2008) with cosines. It does not
    change when vectors are turned, mirrored or stretched, each by its own factor, nor when all
    cosines go through one increasing function, but it does when they are shifted.

    Args:
        x, y: (N, D) and (N, E).
        seed: of the sample of 1,000 points that stands for more.

    Returns:
        ρ, None where all cosines of an encoder are equal; and the number of points.
    """
    rows = sampled_rows(len(x), _PAIRED, seed)
    upper = np.triu_indices(len(rows), 1)
    cosines = []
    for side in (x, y):
        yield Progress("Comparing cosines")
        unit = directions(side[rows])
        cosines.append((unit @ unit.T)[upper])
    yield Progress("Ranking cosines")
    return spearman(*cosines), len(rows)


def spearman(a: NDArray[np.floating], b: NDArray[np.floating]) -> float | None:
    """Spearman's ρ of two (P,), tied ranks averaged; None where either has no order.

    SciPy has it too, but takes half a second to load, for which it stops all other threads.
    """
    first, second = _ranks(a), _ranks(b)
    if len(a) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])


def _ranks(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """(P,) from 1; equal values share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = counts.cumsum()
    return np.asarray((last - (counts - 1) / 2)[place])
