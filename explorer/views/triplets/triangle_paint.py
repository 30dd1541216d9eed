"""How a triangle on the globe is drawn: sides, corners, and what is written at them."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from explorer.canvas.camera import Camera
from explorer.canvas.scene import faded
from explorer.theme import px, themes
from explorer.views.triplets.looks import NAMES, role_colors, small
from models.printed import number
from models.triangle import Triangle, great_circle

#: Sides as pairs of corners: premise, entailment, contradiction.
_SIDES = ((0, 1), (0, 2), (1, 2))
_BEHIND = 0.25  # opacity of what lies on the far side


def paint_triangle(painter: QPainter, camera: Camera, triangle: Triangle, room: QRect) -> None:
    """The triangle with its names and cosines, which stay within ``room``."""
    corners = triangle.corners()
    sides = [great_circle(corners[a], corners[b]) for a, b in _SIDES]
    _fill(painter, camera, sides)
    theme = themes().current
    colors = role_colors()
    for side, color in zip(sides, (colors[1], colors[2], theme.muted), strict=True):
        _line(painter, camera, side, QPen(QColor(color), px(24) / 10))
    for corner, color in zip(corners, colors, strict=True):
        x, y, depth = camera.project(corner)
        painter.setPen(QPen(QColor(theme.surface), px(15) / 10))
        painter.setBrush(faded(color, 1 if depth >= 0 else _BEHIND))
        painter.drawEllipse(QPointF(x, y), px(5), px(5))
    writer = _Writer(painter, room)
    for corner in corners:
        x, y, _ = camera.project(corner)
        writer.take(QPointF(x, y), px(4))
    _names(painter, writer, camera, corners)
    _figures(painter, writer, camera, sides, corners)


def paint_ghost(painter: QPainter, camera: Camera, triangle: Triangle) -> None:
    """The triangle that another is held against: dashed, with open corners."""
    corners, colors = triangle.corners(), role_colors()
    muted = themes().current.muted
    for (a, b), color in zip(_SIDES, (colors[1], colors[2], muted), strict=True):
        pen = QPen(faded(color, 0.75), px(14) / 10)
        pen.setDashPattern([3.0, 3.0])
        _line(painter, camera, great_circle(corners[a], corners[b]), pen)
    for corner, color in zip(corners, colors, strict=True):
        x, y, _ = camera.project(corner)
        painter.setPen(QPen(QColor(color), px(15) / 10))
        painter.setBrush(QColor(themes().current.surface))
        painter.drawEllipse(QPointF(x, y), px(4), px(4))


def paint_moves(painter: QPainter, camera: Camera, start: Triangle, end: Triangle) -> None:
    """Arrows from the corners of one triangle to those of the other."""
    pen = QPen(faded(themes().current.text, 0.55), px(12) / 10)
    for a, b in zip(start.corners()[1:], end.corners()[1:], strict=True):
        if float(a @ b) > math.cos(0.08):
            continue  # too short for an arrow to be seen
        way = great_circle(a, b)
        _line(painter, camera, way, pen)
        points = camera.project(way)
        tip, before = points[-3, :2], points[-9, :2]
        along = (tip - before) / max(float(np.linalg.norm(tip - before)), 1e-9)
        aside = np.array([-along[1], along[0]])
        head = [tip, tip - px(7) * along + px(3) * aside, tip - px(7) * along - px(3) * aside]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(themes().current.text, 0.7))
        painter.drawPolygon(QPolygonF([QPointF(*place) for place in head]))


def _fill(painter: QPainter, camera: Camera, sides: list[NDArray[np.float64]]) -> None:
    around = np.concatenate([sides[0], sides[2], sides[1][::-1]])
    points = camera.project(around)
    if (points[:, 2] < 0).any():
        return  # what goes behind the globe has no face that could be seen whole
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y, _ in points.tolist()]))
    painter.fillPath(path, faded(themes().current.accent, 0.1))


def _line(painter: QPainter, camera: Camera, way: NDArray[np.float64], pen: QPen) -> None:
    """A line on the globe, faint where it lies behind."""
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    points = camera.project(way)
    front = points[:, 2] >= 0
    cuts = [0, *(np.flatnonzero(front[1:] != front[:-1]) + 1).tolist(), len(points) - 1]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for start, end in pairwise(cuts):
        piece = QPen(pen)
        if not front[start]:
            piece.setColor(faded(pen.color(), _BEHIND))
        painter.setPen(piece)
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y, _ in points[start : end + 1]]))


class _Writer:
    """Writes on a ground of its own, within a room, and nothing over another."""

    def __init__(self, painter: QPainter, room: QRect) -> None:
        self._painter, self._room = painter, QRectF(room)
        self._taken: list[QRectF] = []

    def take(self, place: QPointF, reach: float) -> None:
        """Keeps what is written away from a point."""
        self._taken.append(QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach))

    def write(self, boxes: Sequence[QRectF], words: str, color: QColor) -> None:
        """Writes in the first of ``boxes`` that is free, or nowhere."""
        for box in boxes:
            ground = self._inside(box.adjusted(-px(4), -1, px(4), 1))
            if not any(ground.intersects(other) for other in self._taken):
                break
        else:
            return
        self._taken.append(ground)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(faded(themes().current.surface, 0.82))
        self._painter.drawRoundedRect(ground, px(4), px(4))
        self._painter.setPen(color)
        self._painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, words)

    def _inside(self, box: QRectF) -> QRectF:
        room = self._room
        box.moveLeft(min(max(box.left(), room.left()), room.right() - box.width()))
        box.moveTop(min(max(box.top(), room.top()), room.bottom() - box.height()))
        return box


def _names(
    painter: QPainter, writer: _Writer, camera: Camera, corners: NDArray[np.float64]
) -> None:
    painter.setFont(small(painter.font(), bold=True))
    metrics = painter.fontMetrics()
    height, gap = metrics.height(), px(12)
    for at, (corner, name, color) in enumerate(zip(corners, NAMES, role_colors(), strict=True)):
        x, y, depth = camera.project(corner)
        wide = metrics.horizontalAdvance(name)
        left = (x - wide / 2, x - gap - wide, x + gap)[at]
        top = y - gap - height if at == 0 else y - height / 2
        # Where corners come together the names below give way downwards.
        boxes = [QRectF(left, top + step * height * 0.6, wide, height) for step in range(4)]
        writer.write(boxes, name, faded(color, 1 if depth >= 0 else 0.5))


def _figures(
    painter: QPainter,
    writer: _Writer,
    camera: Camera,
    sides: list[NDArray[np.float64]],
    corners: NDArray[np.float64],
) -> None:
    """The cosine and angle of each side that has the room; all of them stand below the globe."""
    painter.setFont(small(painter.font()))
    metrics = painter.fontMetrics()
    height, gap = metrics.height(), px(10)
    for at, (side, (a, b)) in enumerate(zip(sides, _SIDES, strict=True)):
        value = float(corners[a] @ corners[b])
        angle = math.degrees(math.acos(min(1.0, max(-1.0, value))))
        words = f"{number(value, 2)} · {angle:.0f}°"
        x, y, depth = camera.project(side[len(side) // 2])
        wide = metrics.horizontalAdvance(words)
        left = (x - gap - wide, x + gap, x - wide / 2)[at]
        top = y + px(9) if at == 2 else y - height / 2
        steps = (0, 1, 2) if at == 2 else (0, -0.7, -1.4, 0.7)
        boxes = [QRectF(left, top + step * height, wide, height) for step in steps]
        writer.write(boxes, words, faded(themes().current.text, 1 if depth >= 0 else 0.5))
