"""The images of which pictures on the canvas are made: the pixels themselves, and their frames."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

#: Kept before all are made anew; a frame or a small tile takes a few microseconds to make.
_KEPT = 4096
_BORDER, _HAIR, _RING = 2.0, 1.0, 2.0
#: A border of width b covers the corners of the square within it up to a corner radius of 3.4 b.
_CORNER = 3.0
#: A border is at most this share of the width.
_THIN = 1 / 12


class Tiles:
    """Small images by row, halved as often as it takes; and rounded frames by size and colour."""

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        """``pixels``: (N, H, W, 3) uint8.

        Raises:
            ValueError: the shape or type is another.
        """
        shape = pixels.shape
        if pixels.dtype != np.uint8 or len(shape) != 4 or shape[3] != 3 or 0 in shape[1:3]:
            raise ValueError(f"thumbnails must be (N, H, W, 3) uint8, not {shape} {pixels.dtype}")
        self.pixels = pixels
        self._tiles: dict[tuple[int, int], QImage] = {}
        self._frames: dict[tuple[object, ...], QImage] = {}

    def __len__(self) -> int:
        return len(self.pixels)

    @property
    def shares(self) -> tuple[float, float]:
        """Width and height over the longer side."""
        height, width = self.pixels.shape[1:3]
        longer = max(width, height)
        return width / longer, height / longer

    def own(self, row: int) -> QImage:
        """The picture of ``row`` in its own size."""
        return self._halved(row, 0)

    def tile(self, row: int, width: int) -> QImage:
        """The picture of ``row``, at most twice as wide as ``width`` unless it is smaller.

        Scaled down further than that without halving first, it would flicker as it moves.
        """
        return self._halved(row, self._halvings(width))

    def at_hand(self, row: int, width: int, look: tuple[object, ...]) -> bool:
        """Whether the tile, and the frame of that ``look``, have been made before."""
        return (row, self._halvings(width)) in self._tiles and look in self._frames

    def _halvings(self, width: int) -> int:
        return int(max(0.0, math.log2(self.pixels.shape[2] / max(1, width))))

    def _halved(self, row: int, times: int) -> QImage:
        key = (row, times)
        if key not in self._tiles:
            if len(self._tiles) > _KEPT:
                self._tiles.clear()
            self._tiles[key] = self._make(row, times)
        return self._tiles[key]

    def _make(self, row: int, times: int) -> QImage:
        part = np.ascontiguousarray(self.pixels[row])
        height, width = part.shape[:2]
        image = QImage(part.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        image = image.convertToFormat(QImage.Format.Format_RGB32)  # its own copy of the bytes
        if not times:
            return image
        return image.scaled(
            max(1, width >> times),
            max(1, height >> times),
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        ).convertToFormat(QImage.Format.Format_RGB32)

    @staticmethod
    def border(unit: float, width: int) -> int:
        """The border of a picture ``width`` wide, where a usual pixel takes ``unit`` of these."""
        return max(1, round(min(_BORDER * unit, width * _THIN)))

    def frame(
        self, width: int, height: int, colour: int, ground: int, ring: int | None, unit: float
    ) -> QImage:
        """A border in ``colour`` with a hairline in ``ground``, and a ring around both if any.

        Larger than ``width`` × ``height``, the size of border and picture, by the same on all
        sides. All colours are 0xRRGGBB.
        """
        key = (width, height, colour, ground, ring, unit)
        if key not in self._frames:
            if len(self._frames) > _KEPT:
                self._frames.clear()
            self._frames[key] = self._draw_frame(width, height, colour, ground, ring, unit)
        return self._frames[key]

    def _draw_frame(
        self, width: int, height: int, colour: int, ground: int, ring: int | None, unit: float
    ) -> QImage:
        border, hair = self.border(unit, width), max(1.0, _HAIR * unit)
        outer = _RING * unit if ring is not None else 0.0
        inset = math.ceil(hair + outer)
        size = (width + 2 * inset, height + 2 * inset)
        image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(inset, inset, width, height)
        corner = min(_CORNER * border, min(width, height) / 2)
        if ring is not None:
            _band(painter, box, hair, hair + outer, corner, QColor(ring))
        _band(painter, box, 0.0, hair, corner, QColor(ground))
        _band(painter, box, -border, 0.0, corner, QColor(colour))
        painter.end()
        return image


def _band(
    painter: QPainter, box: QRectF, inner: float, outer: float, corner: float, colour: QColor
) -> None:
    """Fills what lies between ``inner`` and ``outer`` pixels outside of a rounded ``box``."""
    middle, width = (inner + outer) / 2, outer - inner
    path = QPainterPath()
    radius = max(0.0, corner + middle)
    path.addRoundedRect(box.adjusted(-middle, -middle, middle, middle), radius, radius)
    painter.strokePath(path, QPen(colour, width))
