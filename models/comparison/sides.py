"""What is said of either encoder alone, beside the other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.comparison.neighbours import directions
from models.comparison.points import Points
from models.comparison.similarity import spearman
from models.events import Progress, Work
from models.geometry import alignment, mean_cosine, uniformity

_ALIKE = 4.0  # pairs judged above it are the positive ones (Gao et al. 2021, figure 3)


@dataclass(frozen=True, slots=True)
class Side:
    """One encoder on the points, at length 1.

    Attributes:
        dimensions: of its vectors.
        uniformity: t = 2, of all points.
        mean_cosine: over all pairs of points.
        alignment: mean squared distance of the ``alike`` pairs judged above 4; None without any.
        spearman: × 100, of cosine and judgement over ``judged`` pairs; None without order.
        alike, judged: numbers of pairs.
    """

    dimensions: int
    uniformity: float
    mean_cosine: float
    alignment: float | None
    spearman: float | None
    alike: int
    judged: int


def side(vectors: NDArray[np.floating], points: Points) -> Work[Side]:
    """Measures the vectors (N, D) of ``points``, N ≥ 2."""
    import torch

    yield Progress("Measuring geometry")
    unit = directions(vectors)
    x = torch.from_numpy(unit)
    left, right = (unit[points.pairs[:, column]] for column in (0, 1))
    alike = np.flatnonzero(points.gold > _ALIKE)
    close = None
    if len(alike):
        close = float(alignment(torch.from_numpy(left[alike]), torch.from_numpy(right[alike])))
    cosines = (left * right).sum(1)
    order = spearman(points.gold, cosines)
    return Side(
        dimensions=unit.shape[1],
        uniformity=float(uniformity(x)),
        mean_cosine=float(mean_cosine(x)),
        alignment=close,
        spearman=None if order is None else 100 * order,
        alike=len(alike),
        judged=len(cosines),
    )
