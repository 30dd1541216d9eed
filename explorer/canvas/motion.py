"""Everything that moves by itself: morph, glide after a drag, smooth zoom, spin, pulse."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.canvas.camera import Camera, Matrix, between

MORPH_SECONDS = 0.7
PULSE_SECONDS = 3.0
#: Radians a second.
SPIN = math.radians(7)
_GLIDE_FADES, _ZOOM_FOLLOWS = 0.32, 0.07


@dataclass(frozen=True, slots=True)
class Pose:
    """A camera to arrive at, or to start from."""

    rotation: Matrix
    zoom: float
    shift: NDArray[np.float64]
    globe: float
    extent: NDArray[np.float64]

    @classmethod
    def of(cls, camera: Camera) -> "Pose":
        return cls(
            camera.rotation.copy(),
            camera.zoom,
            camera.shift.copy(),
            camera.globe,
            camera.extent.copy(),
        )


class Motion:
    """Advances the camera and the morph by elapsed time; knows whether anything still moves."""

    def __init__(self, camera: Camera) -> None:
        self.camera = camera
        self.spinning = False
        #: No spin while the user holds the globe, or wants nothing to move by itself.
        self.held = self.calm = False
        self.progress = 1.0
        self.pulse = 1.0
        self._start = self._end = Pose.of(camera)
        self._glide = (np.zeros(3), 0.0)
        self._pan = np.zeros(2)
        self._zoom_left = 0.0
        self._anchor = (0.0, 0.0)

    @property
    def moves(self) -> bool:
        return (
            self.progress < 1
            or self.pulse < 1
            or self._glide[1] != 0
            or bool(self._pan.any())
            or self._zoom_left != 0
            or self._spins
        )

    @property
    def _spins(self) -> bool:
        return self.spinning and not self.held and not self.calm and self.camera.globe > 0

    @property
    def eased(self) -> float:
        """The morph's progress with a slow start and a slower end."""
        t = self.progress
        return t * t * t * (t * (6 * t - 15) + 10)

    def morph(self, end: Pose, animate: bool) -> None:
        """Starts towards ``end`` from wherever the camera is now, or goes there at once."""
        self.stop()
        self._start, self._end = Pose.of(self.camera), end
        self.progress = 0.0 if animate else 1.0
        if not animate:
            self._pose(1.0)

    def stop(self) -> None:
        """Ends glide and zoom where they are."""
        self._glide, self._pan, self._zoom_left = (np.zeros(3), 0.0), np.zeros(2), 0.0

    def glide(self, axis: NDArray[np.float64], speed: float) -> None:
        """Goes on turning at ``speed`` radians a second, slowing down."""
        self._glide = (axis, speed)

    def slide(self, dx: float, dy: float) -> None:
        """Goes on panning at pixels a second, slowing down."""
        self._pan = np.array([dx, dy])

    def zoom(self, x: float, y: float, factor: float) -> None:
        """Zooms at pixel (x, y) within the next moments."""
        self._anchor = (x, y)
        self._zoom_left += math.log(factor)

    def finish(self) -> None:
        """Puts a running morph at its end and stops all else but the spin."""
        if self.progress < 1:
            self.progress = 1.0
            self._pose(1.0)
        self.stop()
        self.pulse = 1.0

    def advance(self, seconds: float) -> bool:
        """Moves on by ``seconds``; True when the points must be drawn anew."""
        changed = False
        self.pulse = min(1.0, self.pulse + seconds / PULSE_SECONDS)
        if self.progress < 1:
            self.progress = min(1.0, self.progress + seconds / MORPH_SECONDS)
            self._pose(self.eased)
            changed = True
        if self._zoom_left:
            step = self._zoom_left * (1 - math.exp(-seconds / _ZOOM_FOLLOWS))
            step = self._zoom_left if abs(self._zoom_left) < 2e-3 else step
            self._zoom_left -= step
            self.camera.zoom_at(*self._anchor, math.exp(step))
            changed = True
        fade = math.exp(-seconds / _GLIDE_FADES)
        axis, speed = self._glide
        if speed:
            self.camera.rotate(axis, speed * seconds)
            self._glide = (axis, speed * fade if abs(speed) > 0.02 else 0.0)
            changed = True
        if self._pan.any():
            self.camera.pan(*(self._pan * seconds))
            self._pan = self._pan * fade if np.abs(self._pan).max() > 4 else np.zeros(2)
            changed = True
        if self._spins:
            north = self.camera.rotation[:, 1]
            self.camera.rotate(north, SPIN * seconds * self.camera.globe)
            changed = True
        return changed

    def _pose(self, t: float) -> None:
        start, end, camera = self._start, self._end, self.camera
        camera.rotation = between(start.rotation, end.rotation, t) if t < 1 else end.rotation.copy()
        camera.zoom = start.zoom * (end.zoom / start.zoom) ** t
        camera.shift = start.shift + (end.shift - start.shift) * t
        camera.extent = start.extent + (end.extent - start.extent) * t
        camera.globe = start.globe + (end.globe - start.globe) * t
