"""The names of classes, written where their points are."""

import numpy as np
from numpy.typing import NDArray

from explorer.canvas.scene import Label
from explorer.views.sphere.coloring import Coloring

_FEWEST = 3  # points that make a place worth a name
_LONGEST = 32


def class_labels(coloring: Coloring, positions: NDArray[np.float32], globe: bool) -> list[Label]:
    """A label a class at the median of its points (N, 3); larger classes win where they collide.

    A class whose points are scattered all over the globe has no place, and gets no label.
    """
    labels: list[Label] = []
    if coloring.classes is None:
        return labels
    for number, entry in enumerate(coloring.legend):
        own = positions[coloring.classes == number]
        if len(own) < _FEWEST or len(own) > 0.9 * len(positions):
            continue
        middle = np.median(own, axis=0)
        if globe:
            length = float(np.linalg.norm(middle))
            if length < 0.2:
                continue
            middle = middle / length
        name = entry.label if len(entry.label) <= _LONGEST else f"{entry.label[: _LONGEST - 1]}…"
        labels.append(Label(middle, name, float(entry.count)))
    return labels
