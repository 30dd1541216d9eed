"""What lies over the points: arcs, markers, the hover ring, the lasso."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from explorer.canvas.camera import Camera
from explorer.canvas.scene import Arc, CanvasColors, Marker, faded

_PIECES, _SAMPLES = 8, 6
_LIFT, _BOW = 0.22, 0.16


def arc_points(arc: Arc, globe: bool) -> NDArray[np.float64]:
    """The polyline (49, 3) of an arc: a lifted great circle, or a gentle bow on the flat map."""
    start, end = np.asarray(arc.start, np.float64), np.asarray(arc.end, np.float64)
    t = np.linspace(0, 1, _PIECES * _SAMPLES + 1)[:, None]
    if not globe:
        across = np.array([start[1] - end[1], end[0] - start[0], 0.0])
        return start + (end - start) * t + across * (4 * _BOW * t * (1 - t))
    lengths = max(1e-9, float(np.linalg.norm(start))), max(1e-9, float(np.linalg.norm(end)))
    start, end = start / lengths[0], end / lengths[1]
    cosine = float(np.clip(start @ end, -1, 1))
    angle = math.acos(cosine)
    side = end - cosine * start
    if np.linalg.norm(side) < 1e-6:  # opposite or equal points: any great circle will do
        side = np.cross(start, [0.0, 1.0, 0.0] if abs(start[1]) < 0.9 else [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    path = start * np.cos(angle * t) + side * np.sin(angle * t)
    radius = lengths[0] + (lengths[1] - lengths[0]) * t
    return path * radius * (1 + _LIFT * (angle / math.pi) * np.sin(math.pi * t))


def paint_arcs(
    painter: QPainter, camera: Camera, arcs: Sequence[Arc], globe: bool, alpha: float = 1.0
) -> None:
    """All arcs, weakest first; on the globe they fade where they pass behind it."""
    for arc in sorted(arcs, key=lambda arc: arc.strength):
        strength = min(1.0, max(0.0, arc.strength))
        points = camera.project(arc_points(arc, globe))
        outside = np.hypot(*(points[:, :2] - camera.centre).T) > camera.radius
        near = np.where(outside, np.maximum(camera.nearness(points[:, 2]), 0.6), 0)
        near = np.maximum(near, camera.nearness(points[:, 2]))
        width = 0.9 + 2.3 * strength
        pieces = _PIECES if globe else 1
        for span in np.array_split(np.arange(1, len(points)), pieces):
            shown = 0.12 + 0.88 * float(near[span].mean())
            pen = QPen(faded(arc.colour, (0.30 + 0.60 * strength) * shown * alpha), width)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            corners = points[span[0] - 1 : span[-1] + 1, :2].tolist()
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in corners]))


def star(centre: QPointF, radius: float) -> QPainterPath:
    """A four-pointed star with hollow sides."""
    path = QPainterPath()
    tips = [
        centre + QPointF(math.sin(k * math.pi / 2), -math.cos(k * math.pi / 2)) * radius
        for k in range(4)
    ]
    path.moveTo(tips[0])
    for tip in (*tips[1:], tips[0]):
        path.quadTo(centre + ((path.currentPosition() + tip) / 2 - centre) * 0.18, tip)
    path.closeSubpath()
    return path


def paint_marker(
    painter: QPainter,
    place: QPointF,
    near: float,
    marker: Marker,
    colors: CanvasColors,
    pulse: float,
) -> None:
    """A star in a ring for a question, a double ring for a passage."""
    colour, keep = QColor(marker.colour), 0.35 + 0.65 * near
    if marker.pulsing and pulse < 1:
        beat = pulse * 3 % 1
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(faded(colour, 0.7 * (1 - beat) ** 2 * keep), 2.0))
        painter.drawEllipse(place, 11 + 24 * beat, 11 + 24 * beat)
    painter.setPen(QPen(faded(colors.background, 0.85 * keep), 2.0))
    question = marker.kind == "question"
    size = 11.5 if question else 7.5
    painter.setBrush(faded(colors.background, 0.82 * keep if question else 0.35 * keep))
    painter.drawEllipse(place, size + 1, size + 1)
    painter.setPen(QPen(faded(colour, keep), 2.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(place, size, size)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faded(colour, keep))
    if question:
        painter.drawPath(star(place, 8.6))
    else:
        painter.drawEllipse(place, 2.6, 2.6)


def paint_hover(painter: QPainter, place: QPointF, size: float, colors: CanvasColors) -> None:
    """A ring around the point under the cursor."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(faded(colors.background, 0.9), 4.0))
    painter.drawEllipse(place, size + 4, size + 4)
    painter.setPen(QPen(QColor(colors.text), 1.8))
    painter.drawEllipse(place, size + 4, size + 4)


def paint_lasso(painter: QPainter, path: Sequence[QPointF], colors: CanvasColors) -> None:
    """The outline drawn so far, closed, over a breath of accent."""
    painter.setPen(QPen(QColor(colors.accent), 1.6, Qt.PenStyle.DashLine))
    painter.setBrush(faded(colors.accent, 0.12))
    painter.drawPolygon(QPolygonF(list(path)))
