"""Where the viewer stands: turn, zoom and shift, for the globe and the flat map alike.

The projection is orthographic. World y is north, z looks at the viewer, x is east.
"""

import math

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
ZOOM = (0.5, 60.0)
#: The share of the widget that a globe or a map fills at zoom 1.
FILL = 0.86
HOME = (math.radians(-20), math.radians(18))


def turn(axis: NDArray[np.floating], angle: float) -> Matrix:
    """The rotation by ``angle`` radians about ``axis`` (any length), by Rodrigues' formula."""
    length = float(np.linalg.norm(axis))
    if length < 1e-12:
        return np.eye(3)
    x, y, z = np.asarray(axis, np.float64) / length
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross


def axis_angle(rotation: Matrix) -> tuple[NDArray[np.float64], float]:
    """The axis and angle (0…π) of a rotation matrix."""
    angle = math.acos(min(1.0, max(-1.0, (float(np.trace(rotation)) - 1) / 2)))
    axis = np.array(
        [
            rotation[2, 1] - rotation[1, 2],
            rotation[0, 2] - rotation[2, 0],
            rotation[1, 0] - rotation[0, 1],
        ]
    )
    if angle > math.pi - 1e-3:  # here the antisymmetric part vanishes: take the symmetric one
        symmetric = (rotation + np.eye(3)) / 2
        axis = symmetric[int(np.argmax(np.diag(symmetric)))]
    return axis, angle


def between(start: Matrix, end: Matrix, t: float) -> Matrix:
    """The rotation ``t`` of the way from ``start`` to ``end``, at a constant rate."""
    axis, angle = axis_angle(end @ start.T)
    return turn(axis, angle * t) @ start


def home() -> Matrix:
    """The globe as first seen: from a little above the equator."""
    return turn(np.array([1.0, 0, 0]), HOME[1]) @ turn(np.array([0, 1.0, 0]), HOME[0])


def facing(position: NDArray[np.floating]) -> Matrix:
    """The rotation that brings a direction (3,) to the front, north kept upright.

    It comes to rest a little beside and above the middle, where arcs from it spread best.
    """
    x, y, z = np.asarray(position, np.float64) / max(float(np.linalg.norm(position)), 1e-12)
    longitude, latitude = math.atan2(x, z), math.asin(min(1.0, max(-1.0, y)))
    upright = turn(np.array([0, 1.0, 0]), -longitude - 0.25)
    return turn(np.array([1.0, 0, 0]), min(1.2, max(-1.2, latitude - 0.2))) @ upright


class Camera:
    """The pose. ``globe`` is 1 on the globe and 0 on the map, between them while morphing.

    ``shift`` moves the scene, in units of ``scale`` (the pixels of one world unit at zoom 1).
    ``extent`` is the half-width and half-height of what is to be seen.
    """

    def __init__(self) -> None:
        self.width, self.height = 1.0, 1.0
        self.rotation = home()
        self.zoom = 1.0
        self.shift = np.zeros(2)
        self.globe = 1.0
        self.extent = np.ones(2)

    @property
    def scale(self) -> float:
        return FILL / 2 * min(self.width / self.extent[0], self.height / self.extent[1])

    @property
    def centre(self) -> NDArray[np.float64]:
        """Where world 0, 0, 0 falls, in pixels."""
        return np.array([self.width, self.height]) / 2 + self.shift * self.scale

    @property
    def radius(self) -> float:
        """Pixels of one world unit."""
        return self.scale * self.zoom

    def view(self, ratio: float = 1.0) -> NDArray[np.float32]:
        """The (3, 4) matrix from world to pixel x, y (times ``ratio``) and depth."""
        view = np.empty((3, 4))
        view[:, :3] = self.rotation
        view[0, :3] *= self.radius * ratio
        view[1, :3] *= -self.radius * ratio
        view[:2, 3] = self.centre * ratio
        view[2, 3] = 0
        return view.astype(np.float32)

    def project(self, positions: NDArray[np.floating]) -> NDArray[np.float64]:
        """(…, 3) world positions → (…, 3) of pixel x, pixel y and depth."""
        turned = np.asarray(positions, np.float64) @ self.rotation.T
        x, y = self.centre
        return np.stack(
            [turned[..., 0] * self.radius + x, y - turned[..., 1] * self.radius, turned[..., 2]],
            axis=-1,
        )

    def nearness(self, depth: NDArray[np.float64]) -> NDArray[np.float64]:
        """1 in front … 0 behind, smooth across the limb; always 1 on the flat map."""
        t = np.clip((depth + 0.22) / 0.52, 0, 1)
        return 1 - self.globe * (1 - t * t * (3 - 2 * t))

    def area(self) -> float:
        """The pixels over which all points are spread: the whole globe's, or the map's."""
        flat = 4 * float(self.extent[0] * self.extent[1])
        return self.radius**2 * (self.globe * 2 * math.pi + (1 - self.globe) * flat)

    def zoom_at(self, x: float, y: float, factor: float) -> None:
        """Zooms so that what lies under pixel (x, y) stays there."""
        zoom = min(ZOOM[1], max(ZOOM[0], self.zoom * factor))
        cursor = (np.array([x, y]) - np.array([self.width, self.height]) / 2) / self.scale
        self.shift = cursor - (cursor - self.shift) * (zoom / self.zoom)
        self.zoom = zoom
        self.pan(0, 0)

    def pan(self, dx: float, dy: float) -> None:
        """Shifts the scene by pixels, as far as some of it stays in the middle of the widget."""
        limit = max(0.0, self.zoom - 0.8) * self.extent if self.zoom > 0.8 else np.zeros(2)
        self.shift = np.clip(self.shift + np.array([dx, dy]) / self.scale, -limit, limit)

    def ball(self, x: float, y: float) -> NDArray[np.float64]:
        """The pixel as a direction on a virtual trackball: a sphere that runs out into a sheet."""
        cx, cy = self.centre
        px, py = (x - cx) / self.radius, (cy - y) / self.radius
        square = px * px + py * py
        pz = math.sqrt(1 - square) if square < 0.5 else 0.5 / math.sqrt(square)
        direction = np.array([px, py, pz])
        return direction / np.linalg.norm(direction)

    def rotate(self, axis: NDArray[np.floating], angle: float) -> None:
        """Turns the scene about ``axis`` (in the viewer's frame) and removes rounding drift."""
        u, _, v = np.linalg.svd(turn(axis, angle) @ self.rotation)
        self.rotation = u @ v
