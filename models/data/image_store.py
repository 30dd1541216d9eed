"""Collects images into one array, whatever sizes they come in."""

import numpy as np
from numpy.typing import NDArray

from models.data.image_pixels import Encoded, pixels_of
from models.errors import InputError

#: Without a chosen size, images keep their own up to this many pixels a side …
LARGEST_OWN_SIDE = 128
#: … and become squares of this side if they are larger or differ in size.
COMMON_SIDE = 64
_MEMORY = 8 << 30


class ImageStore:
    """Room for ``count`` images of ``size`` (height, width); None settles it from the images."""

    def __init__(self, count: int, size: tuple[int, int] | None, name: str) -> None:
        self._count = count
        self._name = name
        self._size = size
        self._used = 0
        self._room = np.empty((0, 0, 0, 3), np.uint8)

    def add(self, image: Encoded) -> None:
        """Decodes one image and keeps it.

        Raises:
            BadImageError: it cannot be used.
            InputError: all the images would not fit into memory.
        """
        frame = pixels_of(image, self._size)
        differs = self._used > 0 and frame.shape != self._room.shape[1:]
        if differs or (self._size is None and max(frame.shape) > LARGEST_OWN_SIDE):
            self._size = (COMMON_SIDE, COMMON_SIDE)
            earlier = self.pixels()
            frame = pixels_of(frame, self._size)
            self._reserve(frame.shape)
            for place, other in enumerate(earlier):
                self._room[place] = pixels_of(np.ascontiguousarray(other), self._size)
        elif self._used == 0:
            self._reserve(frame.shape)
        self._room[self._used] = frame
        self._used += 1

    def pixels(self) -> NDArray[np.uint8]:
        """What was added so far (n, H, W, 3)."""
        return self._room[: self._used]

    def _reserve(self, shape: tuple[int, ...]) -> None:
        need = self._count * int(np.prod(shape))
        if need > _MEMORY:
            raise InputError(
                f"The {self._count:,} images of {self._name} would take {need / 2**30:.0f} GiB of "
                f"memory at {shape[1]} × {shape[0]} pixels: choose a smaller size or fewer images."
            )
        self._room = np.empty((self._count, *shape), np.uint8)
