"""What a view asks the canvas to show besides the points. All positions are world x, y, z."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

Surface = Literal["globe", "flat"]
Position = tuple[float, float, float] | NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class CanvasColors:
    """The colours of the canvas as ``#rrggbb``."""

    background: str
    globe: str
    grid: str
    text: str
    accent: str
    muted: str

    @property
    def dark(self) -> bool:
        return QColor(self.background).lightnessF() < 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Marker:
    """A point that must be found at once: a question (star) or a passage (ring), with its label.

    ``pulsing`` sends out a few rings when the marker appears, then it rests.
    """

    position: Position
    label: str
    colour: str
    kind: Literal["question", "passage"] = "question"
    pulsing: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Arc:
    """A connection; ``strength`` in 0…1 becomes its width and opacity."""

    start: Position
    end: Position
    colour: str
    strength: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """A name on the map. Where names collide, the one of higher ``priority`` stays."""

    position: Position
    text: str
    priority: float = 0.0
    colour: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Lines of a flat map: the boundary as one closed polyline, the grid as polylines (P, 3)."""

    outline: NDArray[np.floating]
    graticule: Sequence[NDArray[np.floating]] = field(default_factory=tuple)


def blend(first: str | QColor, second: str | QColor, share: float) -> QColor:
    """The colour ``share`` of the way from ``first`` to ``second``; alpha is blended too."""
    a, b = QColor(first), QColor(second)
    return QColor.fromRgbF(
        *(
            min(1.0, max(0.0, u + (v - u) * share))
            for u, v in zip(a.getRgbF(), b.getRgbF(), strict=True)
        )
    )


def faded(colour: str | QColor, alpha: float) -> QColor:
    """The colour at ``alpha`` (0…1) of its opacity."""
    result = QColor(colour)
    result.setAlphaF(result.alphaF() * min(1.0, max(0.0, alpha)))
    return result
