"""Colours, fonts and words that both parts of the ring share."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QFont

from explorer.palettes import categorical, sequential
from explorer.theme import px, themes
from models.printed import number
from models.ring import Ring, even_density

UNKNOWN = "#8a8f9c"


def class_colors(ring: Ring) -> list[str]:
    """One colour a class, and at the end the grey of what has none, which −1 picks."""
    return [*categorical(len(ring.classes)), UNKNOWN]


def class_name(ring: Ring, label: int) -> str:
    """What to call a class, which may have no name."""
    return "No class" if label < 0 else ring.classes[label] or f"Class {label}"


def degrees(angle: float) -> str:
    """An angle in radians in whole degrees, with a true minus."""
    return f"{number(float(np.degrees(angle)), 0)}°"


def small(font: QFont, bold: bool = False) -> QFont:
    """``font`` as small as captions are."""
    result = QFont(font)
    result.setPixelSize(px(12))
    result.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return result


def share(density: NDArray[np.float32]) -> NDArray[np.float32]:
    """0…1 for densities in multiples of an even spread, which is ½: the same in every frame."""
    result: NDArray[np.float32] = density / (1 + density)
    return result


def paint_density(ring: Ring) -> NDArray[np.uint8]:
    """(GRID, GRID, 4) red, green, blue and opacity; what is sparse lets the ground through."""
    shown = share(ring.density / np.float32(even_density()))
    image = np.empty((*shown.shape, 4), np.uint8)
    image[..., :3] = sequential(shown).reshape(*shown.shape, 3)
    t = np.clip(shown / 0.5, 0, 1)
    strongest = 0.9 if themes().current.name == "light" else 0.82
    image[..., 3] = np.rint(255 * strongest * t * t * (3 - 2 * t))
    return image
