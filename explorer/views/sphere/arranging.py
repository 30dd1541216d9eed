"""A layout as the canvas shows it: rolled up or unrolled, its points in drawing order."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.canvas.cloud import Arrangement
from models.events import Progress, Work
from models.projection.layout import Layout
from models.projection.sphere import unroll

#: So many points are arranged within a frame; more of them in the background.
AT_ONCE = 50_000


@dataclass(frozen=True, eq=False)
class Arranged:
    """``positions`` (N, 3) of ``layout`` as they are shown, and the same in drawing order."""

    layout: Layout
    unrolled: bool
    positions: NDArray[np.float32]
    arrangement: Arrangement

    @property
    def round(self) -> bool:
        """Whether it is a globe that turns."""
        return self.arrangement.surface == "globe"


def arrange(layout: Layout, unrolled: bool) -> Arranged:
    """``unrolled``: the globe as an equal-area map."""
    positions = unroll(layout.positions) if unrolled else layout.positions
    surface = "flat" if unrolled else layout.surface
    return Arranged(layout, unrolled, positions, Arrangement(positions, surface))


def arranging(layout: Layout, unrolled: bool) -> Work[Arranged]:
    """The same in the background."""
    yield Progress("Arranging points")
    return arrange(layout, unrolled)
