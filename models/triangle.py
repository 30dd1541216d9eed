"""Three unit vectors as a triangle on the sphere S², nothing lost.

Whatever the dimensions of their space, three vectors span three of them at most. A rotation takes
these to the space we see, and leaves every angle between the three as it is: this is no projection.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Where the premise stands, in radians north of the front of the globe, so that the others, which
#: hang below it, are in front as well.
LATITUDE = math.radians(34)
_EVEN = 1e-9  # sines below which a corner coincides with the premise, or lies opposite to it


@dataclass(frozen=True, slots=True)
class Triangle:
    """A premise, its entailment and its contradiction as directions; angles in radians.

    Attributes:
        entailed: from the premise to the entailment, 0 … π.
        contradicted: from the premise to the contradiction, 0 … π.
        opened: at the premise, between the sides to the other two, 0 … π.
    """

    entailed: float
    contradicted: float
    opened: float

    @classmethod
    def of(cls, entailed: float, contradicted: float, opposed: float) -> "Triangle":
        """From the cosines of premise and entailment, of premise and contradiction, and of the
        latter two, by the spherical law of cosines."""
        one, other, across = (min(1.0, max(-1.0, c)) for c in (entailed, contradicted, opposed))
        sines = math.sqrt((1 - one * one) * (1 - other * other))
        # Without a side there is no angle between sides; any will do.
        opened = (across - one * other) / sines if sines > _EVEN else 1.0
        return cls(math.acos(one), math.acos(other), math.acos(min(1.0, max(-1.0, opened))))

    def corners(self) -> NDArray[np.float64]:
        """(3, 3) premise, entailment, contradiction as x (east), y (north), z (to the viewer).

        The premise always stands at the same place; the entailment hangs to the left of the
        meridian through it and the contradiction to the right, equally far.
        """
        up, front = math.sin(LATITUDE), math.cos(LATITUDE)
        premise = np.array([0.0, up, front])
        south, east = np.array([0.0, -front, up]), np.array([1.0, 0.0, 0.0])
        down, aside = math.cos(self.opened / 2) * south, math.sin(self.opened / 2) * east
        return np.stack(
            [
                premise,
                math.cos(self.entailed) * premise + math.sin(self.entailed) * (down - aside),
                math.cos(self.contradicted) * premise
                + math.sin(self.contradicted) * (down + aside),
            ]
        )

    def towards(self, other: "Triangle", t: float) -> "Triangle":
        """The triangle ``t`` (0 … 1) of the way to ``other``: angles change evenly."""

        def between(start: float, end: float) -> float:
            return start + (end - start) * t

        return Triangle(
            between(self.entailed, other.entailed),
            between(self.contradicted, other.contradicted),
            between(self.opened, other.opened),
        )


def great_circle(
    start: NDArray[np.float64], end: NDArray[np.float64], steps: int = 48
) -> NDArray[np.float64]:
    """(steps + 1, 3) points along the shortest way on the sphere from ``start`` to ``end`` (3,).

    Between opposite points every way is the shortest; the one through the south is taken.
    """
    angle = math.acos(min(1.0, max(-1.0, float(start @ end))))
    t = np.linspace(0, 1, steps + 1)[:, None]
    if angle < 1e-6:
        return np.repeat(start[None], steps + 1, axis=0)
    if math.pi - angle < 1e-6:
        south = np.array([0.0, -1.0, 1e-3])  # not quite, or the way from a pole would be lost
        aside = south - (south @ start) * start
        return np.cos(t * angle) * start + np.sin(t * angle) * aside / np.linalg.norm(aside)
    points: NDArray[np.float64] = np.sin((1 - t) * angle) * start + np.sin(t * angle) * end
    return points / math.sin(angle)
