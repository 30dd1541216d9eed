"""The picture of the point under the cursor, shown larger beside it."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from explorer.canvas.camera import Camera
from explorer.canvas.overlay import paint_hover
from explorer.canvas.picture import Picture
from explorer.canvas.scene import CanvasColors, faded
from explorer.canvas.sprites import place_preview
from explorer.canvas.tiles import Tiles

#: The longer side at text size 100 %, in logical pixels.
SIDE = 104.0
_GAP, _PAD, _EDGE = 16.0, 5.0, 6.0


def paint_pointed(
    painter: QPainter, picture: Picture, camera: Camera, row: int, place: QPointF
) -> None:
    """Marks the point of ``row`` at ``place``, and shows its picture beside it if it has one."""
    colors, sprites, size = picture.colors, picture.sprites, picture.size(camera)
    slot = int(picture.cloud.slots[row])
    box = None if picture.laid is None else picture.laid.box(slot)
    if box is None:
        paint_hover(painter, place, size, colors)
        box = QRectF(place.x() - size, place.y() - size, 2 * size, 2 * size)
    else:
        paint_outline(painter, box, colors, sprites.unit)
    tiles = sprites.of(picture.cloud)
    if tiles is not None:
        bounds = QRectF(0, 0, camera.width, camera.height)
        colour = QColor(int(picture.cloud.paint[slot]) & 0xFFFFFF).name()
        ratio = painter.device().devicePixelRatioF()
        paint_preview(painter, tiles, row, box, bounds, colour, colors, sprites.unit, ratio)


def paint_outline(painter: QPainter, box: QRectF, colors: CanvasColors, unit: float) -> None:
    """A line around the picture under the cursor."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    around, corner = box.adjusted(-2, -2, 2, 2), 7 * unit
    painter.setPen(QPen(faded(colors.background, 0.9), 4.0))
    painter.drawRoundedRect(around, corner, corner)
    painter.setPen(QPen(QColor(colors.text), 1.8))
    painter.drawRoundedRect(around, corner, corner)


def paint_preview(
    painter: QPainter,
    tiles: Tiles,
    row: int,
    box: QRectF,
    bounds: QRectF,
    colour: str,
    colors: CanvasColors,
    unit: float,
    ratio: float,
) -> QRectF:
    """Draws the picture of ``row`` off ``box``, where the point is, and tells where that is.

    Args:
        colour: of the border.
        unit: the size of text over 100 %.
        ratio: pixels of the screen for each logical pixel.
    """
    picture = tiles.own(row)
    longer = max(picture.width(), picture.height())
    side = min(SIDE * unit, 0.45 * min(bounds.width(), bounds.height()))
    scale = side * ratio / longer
    if scale > 1:  # whole pixels of the screen for each of the picture's, so that all are alike
        scale = max(1.0, float(math.floor(scale)))
    width, height = (edge * scale / ratio for edge in (picture.width(), picture.height()))
    pad = _PAD * unit
    size = QPointF(width + 2 * pad, height + 2 * pad)
    room = bounds.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
    card = place_preview(box, size, room, _GAP * unit)
    left, top = (round((edge + pad) * ratio) / ratio for edge in (card.x(), card.y()))
    inner = QRectF(left, top, width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for spread in (3.0, 2.0, 1.0):  # a soft shadow
        painter.setBrush(QColor(0, 0, 0, 26 if colors.dark else 12))
        wide = card.adjusted(-spread, -spread + 1.5, spread, spread + 1.5)
        painter.drawRoundedRect(wide, 7 * unit + spread, 7 * unit + spread)
    painter.setBrush(faded(colors.globe, 0.98))
    painter.setPen(QPen(QColor(colour), 2.0 * unit))
    painter.drawRoundedRect(card, 7 * unit, 7 * unit)
    path = QPainterPath()
    path.addRoundedRect(inner, 3 * unit, 3 * unit)
    painter.save()
    painter.setClipPath(path)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
    painter.drawImage(inner, tiles.tile(row, round(width * ratio)))
    painter.restore()
    return card
