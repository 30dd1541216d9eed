"""Pictures in place of points: which ones, where and how large, and how they are drawn.

A point becomes its picture where there is room for it. How much room there is follows from the
points in view and from the zoom, so nothing jumps: dots grow into pictures and back.
"""

import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QImage, QPainter

from explorer.canvas.camera import Camera
from explorer.canvas.cloud import Cloud
from explorer.canvas.tiles import Tiles

#: Sides of a picture at text size 100 %, and its share of the room that a point has.
SIDES, _SHARE = (18.0, 64.0), 0.45
#: Room and zoom between which dots turn into pictures, and the room where no zoom is needed.
_ROOM, _ZOOM, _AMPLE = (40.0, 60.0), (1.15, 1.6), (150.0, 200.0)
#: Beyond this many pictures in view they stay dots: they would hide one another, and take long.
_MOST = 2000
_FRONT, _BRIGHT = 0.4, 204
_SMALLER, _STRONG = 0.7, 1.3


@dataclass(frozen=True, eq=False)
class Laid:
    """Pictures in the order in which they are painted, the topmost last.

    Attributes:
        slots: (m,) int64, places in the cloud.
        boxes: (m, 4) float64: left, top, width and height in logical pixels.
        alpha: (m,) opacity, 0…1.
        chosen: (m,) bool, whether it wears the ring of the selection.
    """

    slots: NDArray[np.int64]
    boxes: NDArray[np.float64]
    alpha: NDArray[np.float64]
    chosen: NDArray[np.bool_]

    def at(self, x: float, y: float) -> int:
        """The slot of the topmost picture on which (x, y) lies, or −1."""
        left, top, width, height = self.boxes.T
        inside = (x >= left) & (x < left + width) & (y >= top) & (y < top + height)
        found = np.flatnonzero(inside & (self.alpha > 0.3))
        return int(self.slots[found[-1]]) if len(found) else -1

    def box(self, slot: int) -> QRectF | None:
        """Where the picture of ``slot`` is, or None where a dot stands for it."""
        found = np.flatnonzero((self.slots == slot) & (self.alpha > 0.3))
        return QRectF(*self.boxes[found[0]].tolist()) if len(found) else None


class Sprites:
    """The pictures of a canvas; without any it costs nothing."""

    def __init__(self) -> None:
        self.always = False
        #: The size of text over 100 %, which the sides of pictures follow.
        self.unit = 1.0
        self.tiles: Tiles | None = None
        #: Some are still dots, as making their images would have taken too long for one frame.
        self.pending = False

    def set_pixels(self, pixels: NDArray[np.uint8] | None) -> None:
        """The pictures (N, H, W, 3) of all rows, which are kept and not copied, or None.

        Raises:
            ValueError: the shape or type is another.
        """
        self.tiles = None if pixels is None else Tiles(pixels)

    def of(self, cloud: Cloud) -> Tiles | None:
        """The pictures, where there is one for each row of ``cloud``."""
        tiles = self.tiles
        return tiles if tiles is not None and len(tiles) == cloud.count > 0 else None

    def lay(
        self,
        cloud: Cloud,
        camera: Camera,
        dot: float,
        emphasis: NDArray[np.int64],
        selection: NDArray[np.int64],
    ) -> Laid | None:
        """Where pictures are, or None where all are dots of radius ``dot``.

        ``emphasis`` and ``selection`` are slots; both lie on top, the former larger.
        """
        tiles = self.of(cloud)
        if tiles is None or not self._may_show(cloud, camera):
            return None
        places = camera.project(cloud.points.T)
        near = camera.nearness(places[:, 2])
        margin = SIDES[1] * self.unit
        inside = (np.abs(places[:, 0] - camera.width / 2) < camera.width / 2 + margin) & (
            np.abs(places[:, 1] - camera.height / 2) < camera.height / 2 + margin
        )
        seen = np.flatnonzero(inside & (near >= _FRONT) & (cloud.paint >> 24 >= _BRIGHT))
        room = _room(len(seen), camera)
        amount = 1.0 if self.always else self._amount(room, cloud, camera)
        if not 0 < len(seen) <= _MOST or amount <= 0:
            return None
        rank = np.zeros(len(near), np.int64)
        rank[emphasis], rank[selection] = 1, 2
        larger = np.ones(len(near))
        larger[emphasis] = _STRONG
        order = seen[np.lexsort((places[seen, 2], rank[seen]))]
        low, high = SIDES[0] * self.unit, SIDES[1] * self.unit
        side = max(min(max(_SHARE * room, low), high), 2 * dot + 4)
        side = 2 * dot + (side - 2 * dot) * amount
        sides = side * (_SMALLER + (1 - _SMALLER) * near[order]) * larger[order]
        sizes = sides[:, None] * np.array(tiles.shares)
        boxes = np.concatenate([places[order, :2] - sizes / 2, sizes], axis=1)
        alpha = min(1.0, 2 * amount) * _ease((near[order] - _FRONT) / 0.25)
        return Laid(order, boxes, alpha, rank[order] == 2)

    def paint(
        self,
        image: QImage,
        laid: Laid,
        cloud: Cloud,
        ground: int,
        accent: int,
        ratio: float,
        patience: float = math.inf,
    ) -> None:
        """Draws pictures over ``image``, each on whole pixels so that none is blurred.

        After ``patience`` seconds only those are drawn whose images are at hand.
        """
        tiles = self.tiles
        assert tiles is not None
        unit = ratio * self.unit
        image.setDevicePixelRatio(1.0)  # so that a picture is copied and not transformed
        painter = QPainter(image)
        smooth = QPainter.RenderHint.SmoothPixmapTransform
        corners = np.rint(laid.boxes[:, :2] * ratio).astype(np.int64)
        sizes = np.maximum(np.rint(laid.boxes[:, 2:] * ratio), 3).astype(np.int64)
        self.pending, until = False, time.perf_counter() + patience
        rows, paint = cloud.rows[laid.slots], cloud.paint[laid.slots] & 0xFFFFFF
        for row, colour, (x, y), (width, height), alpha, chosen in zip(
            rows.tolist(),
            paint.tolist(),
            corners.tolist(),
            sizes.tolist(),
            laid.alpha.tolist(),
            laid.chosen.tolist(),
            strict=True,
        ):
            border = tiles.border(unit, width)
            room = QRect(x + border, y + border, width - 2 * border, height - 2 * border)
            ring = accent if chosen else None
            look = (width, height, colour, ground, ring, unit)
            if time.perf_counter() > until and not tiles.at_hand(row, room.width(), look):
                self.pending = True
                continue
            tile, frame = tiles.tile(row, room.width()), tiles.frame(*look)
            painter.setOpacity(alpha)
            painter.setRenderHint(smooth, tile.width() > room.width())
            painter.drawImage(room, tile)
            inset = (frame.width() - width) // 2
            painter.drawImage(QPoint(x - inset, y - inset), frame)
        painter.end()
        image.setDevicePixelRatio(ratio)

    def _may_show(self, cloud: Cloud, camera: Camera) -> bool:
        """Whether pictures are possible at all, before any point is projected."""
        return self.always or camera.zoom > _ZOOM[0] or self._ample(cloud, camera) > 0

    def _amount(self, room: float, cloud: Cloud, camera: Camera) -> float:
        """0 for dots … 1 for pictures."""
        spacious = _between(room / self.unit, _ROOM) * _between(camera.zoom, _ZOOM)
        return max(spacious, self._ample(cloud, camera))

    def _ample(self, cloud: Cloud, camera: Camera) -> float:
        """How far so few points need no zoom; all are counted, so that turning changes nothing."""
        room = math.sqrt(camera.area() / max(1, len(cloud.rows)))
        return _between(room / self.unit, _AMPLE)


def _room(count: int, camera: Camera) -> float:
    """The side of the square that each of ``count`` points in view has for itself."""
    half = camera.area() * (1 - camera.globe / 2)  # of a globe, the front half is in view
    return math.sqrt(min(camera.width * camera.height, half) / max(1, count))


def _between(value: float, ends: tuple[float, float]) -> float:
    return float(_ease(np.array((value - ends[0]) / (ends[1] - ends[0]))))


def _ease(t: NDArray[np.float64]) -> NDArray[np.float64]:
    t = np.clip(t, 0, 1)
    return t * t * (3 - 2 * t)


def place_preview(box: QRectF, side: QPointF, bounds: QRectF, gap: float) -> QRectF:
    """A rectangle of size ``side`` beside ``box``, within ``bounds``: right, left, above, below.

    Where none of these has room, the side with the most of it.
    """
    w, h = side.x(), side.y()
    middle = box.center()
    spots = (
        (box.right() + gap, middle.y() - h / 2, bounds.right() - box.right()),
        (box.left() - gap - w, middle.y() - h / 2, box.left() - bounds.left()),
        (middle.x() - w / 2, box.top() - gap - h, box.top() - bounds.top()),
        (middle.x() - w / 2, box.bottom() + gap, bounds.bottom() - box.bottom()),
    )
    needs = (w, w, h, h)
    fits = [k for k in range(4) if spots[k][2] >= needs[k] + gap]
    x, y, _ = spots[fits[0] if fits else max(range(4), key=lambda k: spots[k][2] - needs[k])]
    x = max(bounds.left(), min(x, bounds.right() - w))
    y = max(bounds.top(), min(y, bounds.bottom() - h))
    return QRectF(x, y, w, h)
