"""The globe and its equal-area map, Hammer's: positions, outline and graticule."""

import numpy as np
from numpy.typing import NDArray

#: Where a point without any direction is put.
FORWARD = (0.0, 0.0, 1.0)
_EDGE = np.pi * (1 - 1e-6)
_STEP = 30
_FINE = 3


def on_sphere(points: NDArray[np.floating]) -> NDArray[np.float32]:
    """(N, 3) → unit vectors (N, 3): the direction of each point, FORWARD for a zero vector."""
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    directions = np.tile(np.array(FORWARD), (len(points), 1))
    np.divide(points, lengths, out=directions, where=lengths > 0)
    return directions.astype(np.float32)


def unroll(positions: NDArray[np.floating]) -> NDArray[np.float32]:
    """Hammer's equal-area map of unit vectors (N, 3), as a flat (N, 3) with z = 0.

    y is north, z (FORWARD) the centre of the map and x its east; the map is an ellipse that
    reaches ±1 across and ±½ up. Equal areas of the globe stay equal, by a factor of π/2 over 4π.

    Source: Hammer, "Über die Planisphäre von Aitow" (1892).
    """
    x, y, z = np.asarray(positions, np.float64).T
    return _hammer(np.arctan2(x, z), np.arcsin(np.clip(y, -1, 1)))


def _hammer(longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.float32]:
    cosine = np.cos(latitude)
    scale = np.sqrt(1 + cosine * np.cos(longitude / 2))
    flat = np.zeros((len(longitude), 3), np.float32)
    flat[:, 0] = cosine * np.sin(longitude / 2) / scale
    flat[:, 1] = np.sin(latitude) / scale / 2
    return flat


def _globe(longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.float32]:
    cosine = np.cos(latitude)
    x, z = cosine * np.sin(longitude), cosine * np.cos(longitude)
    return np.stack([x, np.sin(latitude), z], axis=1).astype(np.float32)


def unroll_outline(points: int = 180) -> NDArray[np.float32]:
    """The boundary of the unrolled globe as a closed polyline (points + 1, 3)."""
    angle = np.linspace(0, 2 * np.pi, points + 1)
    return np.stack([np.cos(angle), np.sin(angle) / 2, 0 * angle], axis=1).astype(np.float32)


def graticule(*, unrolled: bool) -> tuple[NDArray[np.float32], ...]:
    """Meridians and parallels every 30° as polylines (P, 3), on the globe or on its map."""
    place = _hammer if unrolled else _globe
    along = np.linspace(-np.pi / 2, np.pi / 2, 180 // _FINE + 1)
    around = np.linspace(-_EDGE, _EDGE, 360 // _FINE + 1)
    meridians = [np.full_like(along, np.radians(degrees)) for degrees in range(-150, 180, _STEP)]
    # The meridian at ±180° is the outline of the map; the globe has no edge and needs it.
    if not unrolled:
        meridians.append(np.full_like(along, np.pi))
    parallels = [np.full_like(around, np.radians(degrees)) for degrees in range(-60, 90, _STEP)]
    return (
        *(place(longitude, along) for longitude in meridians),
        *(place(around, latitude) for latitude in parallels),
    )
