"""The names of classes, written where their points are."""

import numpy as np
from numpy.typing import NDArray

from explorer.canvas.scene import Label
from explorer.views.sphere.coloring import Coloring

_FEWEST = 3  # points that make a place worth a name
_LOOKED_AT = 20_000  # of more, evenly many stand for all: a name needs no exact middle
_LONGEST = 32
_COMPACT = 0.8  # of the spread of all points


def class_labels(coloring: Coloring, positions: NDArray[np.float32], globe: bool) -> list[Label]:
    """A label a class at the median of its points (N, 3); larger classes win where they collide.

    A class whose points are scattered as widely as all points has no place, and gets no label.
    """
    labels: list[Label] = []
    if coloring.classes is None:
        return labels
    step = max(1, len(positions) // _LOOKED_AT)
    positions, classes = positions[::step], coloring.classes[::step]
    everywhere = _spread(positions)
    for number, entry in enumerate(coloring.legend):
        own = positions[classes == number]
        if len(own) < _FEWEST or _spread(own) > _COMPACT * everywhere:
            continue
        middle = np.median(own, axis=0)
        if globe:
            middle = middle / max(float(np.linalg.norm(middle)), 1e-6)
        name = entry.label if len(entry.label) <= _LONGEST else f"{entry.label[: _LONGEST - 1]}…"
        labels.append(Label(middle, name, float(entry.count)))
    return labels


def _spread(points: NDArray[np.float32]) -> float:
    """The median distance of points (n, 3) from their median; robust to a few strays."""
    return float(np.median(np.linalg.norm(points - np.median(points, axis=0), axis=1)))
