"""Colours for data: classes that stay apart, and values that read as more and less.

All of them show on both themes. Distances are those of the Oklab space (Ottosson 2020).
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Okabe & Ito (2008), "Color Universal Design", with two changes for points on any background:
# the yellow is darker, to show on white, and a grey stands for the black, to show on black.
OKABE_ITO = (
    "#e69f00",
    "#56b4e9",
    "#009e73",
    "#d55e00",
    "#0072b2",
    "#cc79a7",
    "#d9c518",
    "#6a6e79",
)

# Each the colour farthest from all before it, by the smaller of its distances to normal sight
# and to simulated deuteranopia, among those of moderate chroma that show on both themes.
_MORE = (
    *("#006900", "#00e1a5", "#8778ff", "#ffa5ff", "#876900", "#87b469", "#9669b4", "#0f4bc3"),
    *("#2d5a78", "#c3a5c3", "#5a5ae1", "#873c5a", "#ffb487", "#b41e4b", "#d25ac3", "#69b400"),
    *("#7896f0", "#78873c", "#b48769", "#5a78d2", "#00d2ff", "#5a4ba5", "#00c396", "#a52d96"),
)

DISTINCT = len(OKABE_ITO) + len(_MORE)
"""How many classes get a colour of their own; after these the colours repeat."""

_NOT_A_NUMBER = (138, 143, 156)

# Björn Ottosson, "A perceptual color space for image processing" (2020).
_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def categorical(n: int) -> list[str]:
    """``n`` colours (#rrggbb) for classes, Okabe and Ito's first; they repeat after DISTINCT."""
    colors = OKABE_ITO + _MORE
    return [colors[at % DISTINCT] for at in range(n)]


def rgb(colors: Sequence[str]) -> NDArray[np.uint8]:
    """(N, 3) bytes of N colours written #rrggbb."""
    parts = [[int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in colors]
    return np.array(parts, np.uint8).reshape(-1, 3)


def sequential(values: ArrayLike) -> NDArray[np.uint8]:
    """(N, 3) bytes for N values in 0..1, from indigo (low) over rose to amber (high).

    Equal differences look equal, and lightness alone already tells the order, so the ramp also
    reads without hues. Values outside 0..1 take the colour of the nearer end, NaN is grey.
    """
    given = np.asarray(values, np.float64).reshape(-1)
    known = ~np.isnan(given)
    steps = np.clip(np.where(known, given, 0.0), 0.0, 1.0)
    result = _ramp()[np.rint(steps * 255).astype(np.intp)]
    result[~known] = _NOT_A_NUMBER
    return result


def to_oklab(colors: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(N, 3) Oklab coordinates (L, a, b) of (N, 3) sRGB bytes."""
    encoded = colors / 255.0
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    lab: NDArray[np.float64] = np.cbrt(linear @ _LMS.T) @ _LAB.T
    return lab


def _from_oklab(lab: NDArray[np.float64]) -> NDArray[np.uint8]:
    linear = np.clip((lab @ np.linalg.inv(_LAB).T) ** 3 @ np.linalg.inv(_LMS).T, 0.0, 1.0)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(encoded * 255).astype(np.uint8)


@cache
def _ramp() -> NDArray[np.uint8]:
    """(256, 3): a curve through Oklab, walked in steps of equal length."""
    t = np.linspace(0.0, 1.0, 2001)
    lightness = 0.47 + 0.33 * t
    chroma = 0.153 + 0.057 * t - 0.069 * t**2
    hue = 4.877 + 2.523 * t + 0.199 * t**2
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=1)
    length = np.concatenate([[0.0], np.linalg.norm(np.diff(lab, axis=0), axis=1).cumsum()])
    even = np.linspace(0.0, length[-1], 256)
    ramp = _from_oklab(np.stack([np.interp(even, length, part) for part in lab.T], axis=1))
    ramp.setflags(write=False)
    return ramp
