"""How alike two encoders see the same texts, in one number each."""

import numpy as np
from numpy.typing import NDArray

from models.comparison.neighbours import directions
from models.events import Progress, Work
from models.geometry import sampled_rows

_PAIRED = 1500  # points whose pairs are ranked; a million pairs take a second


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
        seed: of the sample of 1,500 points that stands for more.

    Returns:
        ρ, None where all cosines of an encoder are equal; and the number of points.
    """
    from scipy.stats import rankdata

    rows = sampled_rows(len(x), _PAIRED, seed)
    upper = np.triu_indices(len(rows), 1)
    ranks = []
    for side in (x, y):
        yield Progress("Comparing cosines")
        unit = directions(side[rows])
        ranks.append(rankdata((unit @ unit.T)[upper]))
    if len(upper[0]) < 2 or any(np.ptp(each) == 0 for each in ranks):
        return None, len(rows)
    return float(np.corrcoef(*ranks)[0, 1]), len(rows)
