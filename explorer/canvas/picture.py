"""All that is to be seen, and how it becomes an image: one for the window and for exports."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPolygonF

from explorer.canvas.backdrop import Backdrop
from explorer.canvas.camera import Camera
from explorer.canvas.cloud import RINGS, Cloud
from explorer.canvas.labels import Halos, Placed, paint_chip, place_chips, place_labels
from explorer.canvas.overlay import paint_arcs, paint_marker
from explorer.canvas.raster import Raster, radius
from explorer.canvas.scene import Arc, CanvasColors, Frame, Label, Marker, blend
from explorer.canvas.sprites import Laid, Sprites

NONE = np.zeros(0, np.int64)
Ring = tuple[int, float, float]


def rgb(colour: str | QColor) -> int:
    """0xRRGGBB."""
    return QColor(colour).rgb() & 0xFFFFFF


def parts(colour: str) -> tuple[int, int, int]:
    """Red, green, blue, each 0…255."""
    number = rgb(colour)
    return number >> 16, number >> 8 & 255, number & 255


def pixels(image: QImage) -> NDArray[np.uint32]:
    """The pixels (H, W) of a 32-bit image, shared with it."""
    return np.frombuffer(image.bits(), np.uint32).reshape(image.height(), image.width())


class Picture:
    """The points with their looks, and everything drawn under and over them."""

    def __init__(self, colors: CanvasColors) -> None:
        self.colors = colors
        self.cloud = Cloud(np.zeros((0, 3), np.float32), "globe")
        self.points: NDArray[np.uint8] | None = None
        self.selection = self.emphasis = NONE
        self.dimmed: NDArray[np.bool_] | None = None
        self.markers: tuple[Marker, ...] = ()
        self.arcs: tuple[Arc, ...] = ()
        self.labels: tuple[Label, ...] = ()
        self.frame: Frame | None = None
        self.sprites = Sprites()
        #: Where pictures stood when points were last drawn.
        self.laid: Laid | None = None
        self.raster = Raster()
        self._backdrop = Backdrop()
        self._halos = Halos()
        self._stale = True

    def stale(self) -> None:
        """Colours, dimming, selection or theme have changed: pack the paint before drawing."""
        self._stale = True

    def pack(self) -> None:
        """Packs the paint if it is stale."""
        if not self._stale:
            return
        accent = parts(self.colors.accent)
        points = self.points
        if points is None or len(points) != self.cloud.count:
            points = np.tile(np.array(accent, np.uint8), (self.cloud.count, 1))
        tinted = self.selection if len(self.selection) > RINGS else NONE
        self.cloud.set_paint(points, self.dimmed, tinted, parts(self.colors.muted), accent)
        self._stale = False

    def size(self, camera: Camera) -> float:
        """The radius of a point in logical pixels."""
        return radius(len(self.cloud.rows), camera.area())

    def ground(self, camera: Camera) -> int:
        """The colour just behind the points, as 0xRRGGBB."""
        share = 1.0 if self.frame is not None else camera.globe
        return rgb(blend(self.colors.background, self.colors.globe, share))

    def on_top(self, camera: Camera) -> tuple[tuple[NDArray[np.int64], float, Ring, Ring], ...]:
        """What is drawn again above all points: slots, radius, inner and outer ring."""
        size, ground = self.size(camera), self.ground(camera)
        none = (0, 0.0, 0.0)
        strong = self.cloud.part(self.emphasis)
        layers = [(strong, max(size * 1.5, 3.4), (ground, 1.1, 0.9), none)]
        if 0 < len(self.selection) <= RINGS:
            ring = (rgb(self.colors.accent), 1.8, 1.0)
            chosen = self.cloud.part(self.selection)
            layers.append((chosen, max(size * 1.1, 2.6), (ground, 1.3, 0.95), ring))
        return tuple(layers)

    def compose(
        self, image: QImage, camera: Camera, points: bool = True, patience: float = math.inf
    ) -> None:
        """Draws backdrop and points into ``image``, whose device pixel ratio must be set.

        ``patience`` is how many seconds may go into making pictures anew.
        """
        self._backdrop.paint(image, camera, self.colors, self.frame)
        self.laid, self.sprites.pending = self.lay(camera) if points else None, False
        if not points or not len(self.cloud.rows):
            return
        self.pack()
        ratio, target = image.devicePixelRatio(), pixels(image)
        view = camera.view(ratio)
        size, ground = self.size(camera), self.ground(camera)
        self.raster.draw(target, self.cloud, view, camera.globe, size * ratio, ground)
        for slots, radius_, inner, outer in self.on_top(camera):
            rings = [(colour, width * ratio, alpha) for colour, width, alpha in (inner, outer)]
            self.raster.draw_part(
                target, self.cloud, slots, view, camera.globe, radius_ * ratio, *rings
            )
        if self.laid is not None:
            accent = rgb(self.colors.accent)
            self.sprites.paint(image, self.laid, self.cloud, ground, accent, ratio, patience)

    def lay(self, camera: Camera) -> Laid | None:
        """Where pictures stand in place of points, or None."""
        if self.sprites.of(self.cloud) is None:
            return None
        self.pack()
        strong, chosen = self.cloud.part(self.emphasis), self.cloud.part(self.selection)
        return self.sprites.lay(self.cloud, camera, self.size(camera), strong, chosen)

    def find(self, position: QPointF, reach: float, camera: Camera) -> int:
        """The row of the topmost picture at ``position``, else the point nearest to it within
        ``reach`` pixels, or −1."""
        self.pack()
        x, y = position.x(), position.y()
        laid = self.lay(camera)
        slot = -1 if laid is None else laid.at(x, y)
        if slot >= 0:
            return int(self.cloud.rows[slot])
        return self.raster.pick(self.cloud, camera.view(), camera.globe, x, y, reach)

    def enclosed(self, path: Sequence[QPointF], camera: Camera) -> NDArray[np.int64]:
        """The rows in front that lie inside a polygon."""
        mask = QImage(round(camera.width), round(camera.height), QImage.Format.Format_RGB32)
        mask.fill(Qt.GlobalColor.black)
        painter = QPainter(mask)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Qt.GlobalColor.white)
        painter.drawPolygon(QPolygonF(list(path)))
        painter.end()
        inside = (pixels(mask) & 1).astype(np.uint8)
        return self.raster.masked(self.cloud, camera.view(), camera.globe, inside)

    def place(
        self, camera: Camera, font: QFont, avoid: Sequence[QRectF] = ()
    ) -> tuple[list[Placed], list[Placed]]:
        """Where chips and labels go; ``avoid`` keeps them from further rectangles."""
        taken = list(avoid)
        chips = place_chips(self.markers, camera, font, taken)
        labels = place_labels(self.labels, camera, bold(font), self.colors.text, taken)
        return chips, labels

    def overlay(
        self, painter: QPainter, camera: Camera, font: QFont, alpha: float, pulse: float
    ) -> None:
        """Draws arcs, labels, markers and their chips."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        globe = self.cloud.surface == "globe"
        paint_arcs(painter, camera, self.arcs, globe, alpha)
        if alpha < 0.5:  # while points still fly, names would stand beside nothing
            return
        chips, labels = self.place(camera, font)
        ratio = painter.device().devicePixelRatioF()
        for label in labels:
            self._halos.paint(painter, label, bold(font), self.colors, ratio)
        for marker in sorted(self.markers, key=lambda marker: marker.kind == "question"):
            x, y, depth = camera.project(marker.position)
            near = float(camera.nearness(depth))
            paint_marker(painter, QPointF(x, y), near, marker, self.colors, pulse)
        for chip in chips:
            paint_chip(painter, chip, font, self.colors)


def bold(font: QFont) -> QFont:
    """The same font, half bold."""
    result = QFont(font)
    result.setWeight(QFont.Weight.DemiBold)
    return result
