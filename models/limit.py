"""How the contrastive loss comes to its limit as negatives are added, step by step."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.events import Progress, Work
from models.geometry import Limit, contrastive_limit

#: Numbers of negatives, two a decade.
COUNTS = (1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
_FITTED = 10  # below this the deviation has not come to its rate yet


def approach(x: NDArray[Any], y: NDArray[Any], temperature: float) -> Work[Limit]:
    """``geometry.contrastive_limit`` at all ``COUNTS``, which may be given up between two.

    Each count draws its negatives with seed 0, as it would alone.

    Args:
        x, y: (N, D), of length 1, row i of each a pair.
        temperature: τ > 0.
    """
    import torch

    first, second = torch.tensor(x), torch.tensor(y)
    found = []
    for at, count in enumerate(COUNTS):
        yield Progress("Adding negatives", at, len(COUNTS), "numbers of negatives")
        found.append(contrastive_limit(first, second, temperature, (count,)))
    one = found[0]
    values = tuple(each.values[0] for each in found)
    return Limit(COUNTS, values, one.alignment, one.uniformity, one.pairs, one.of)


def slope(limit: Limit) -> float | None:
    """The exponent k with which |value − limit| falls like M^k, fitted to M ≥ 10.

    By least squares in logarithms. Theorem 1 of Wang & Isola 2020 bounds the deviation by
    O(M^−½), so k may well be less than −½. None where there is nothing left to fit.
    """
    points = [
        (math.log(count), math.log(abs(value - limit.limit)))
        for count, value in zip(limit.counts, limit.values, strict=True)
        if count >= _FITTED and abs(value - limit.limit) > 1e-12
    ]
    if len(points) < 3:
        return None
    x, y = np.array(points).T
    return float(np.polyfit(x, y, 1)[0])
