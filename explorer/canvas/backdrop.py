"""What lies under the points: the globe's body with its grid, or the sheet of a flat map."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QRadialGradient,
)

from explorer.canvas.camera import Camera
from explorer.canvas.scene import CanvasColors, Frame, blend, faded

_STEP = 30


@cache
def _grid(fine: float) -> NDArray[np.float64]:
    """Meridians and parallels every 30° as line segments (S, 2, 3) of ``fine`` degrees."""
    lines = []
    for degrees in range(0, 360, _STEP):
        longitude = np.radians(degrees)
        # Meridians other than the four main ones stop short of the poles, where they would knot.
        reach = 90 if degrees % 90 == 0 else 90 - _STEP / 2
        latitude = np.radians(np.arange(-reach, reach + 1e-6, fine))
        x, z = np.cos(latitude) * np.sin(longitude), np.cos(latitude) * np.cos(longitude)
        lines.append(np.stack([x, np.sin(latitude), z], axis=1))
    for degrees in range(-60, 90, _STEP):
        latitude, longitude = np.radians(degrees), np.radians(np.arange(0, 361, fine))
        x, z = np.cos(latitude) * np.sin(longitude), np.cos(latitude) * np.cos(longitude)
        lines.append(np.stack([x, np.full_like(x, np.sin(latitude)), z], axis=1))
    return np.concatenate([np.stack([line[:-1], line[1:]], axis=1) for line in lines])


class Backdrop:
    """Paints the backdrop; keeps its body as an image while only the rotation changes."""

    def __init__(self) -> None:
        self._body = QImage()
        self._key: tuple[object, ...] = ()

    def paint(
        self, image: QImage, camera: Camera, colors: CanvasColors, frame: Frame | None
    ) -> None:
        """Fills ``image``, whose device pixel ratio must be set."""
        key = (
            image.size(),
            image.devicePixelRatio(),
            *camera.centre,
            camera.radius,
            camera.globe,
            colors,
            id(frame),
        )
        if key != self._key:
            self._body, self._key = self._paint_body(image, camera, colors, frame), key
        painter = QPainter(image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(0, 0, self._body)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        if camera.globe > 0:
            paint_grid(painter, camera, colors)
        painter.end()

    def _paint_body(
        self, like: QImage, camera: Camera, colors: CanvasColors, frame: Frame | None
    ) -> QImage:
        body = QImage(like.size(), QImage.Format.Format_RGB32)
        body.setDevicePixelRatio(like.devicePixelRatio())
        body.fill(QColor(colors.background))
        painter = QPainter(body)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_body(painter, camera, colors)
        if frame is not None and camera.globe < 1:
            paint_frame(painter, camera, colors, frame)
        painter.end()
        return body


def paint_grid(painter: QPainter, camera: Camera, colors: CanvasColors) -> None:
    """Grid lines: clear in front, faint behind, fading into the limb."""
    points = camera.project(
        _grid(5.0 if camera.radius < 600 else 2.5 if camera.radius < 3000 else 1.0)
    )
    depth = points[:, :, 2].mean(axis=1)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    steps = ((-0.15, -2.0, 0.22), (0.0, -0.15, 0.10), (0.22, 0.0, 0.30), (2.0, 0.22, 0.62))
    for high, low, alpha in steps:
        chosen = points[(depth > low) & (depth <= high)]
        pen = QPen(faded(colors.grid, alpha * camera.globe**3), 1.0)
        painter.setPen(pen)
        painter.drawLines([QLineF(a[0], a[1], b[0], b[1]) for a, b in chosen.tolist()])


def paint_body(painter: QPainter, camera: Camera, colors: CanvasColors) -> None:
    """The sphere: soft light from above left, a quiet rim, a breath of air around it."""
    alpha, radius = camera.globe**3, camera.radius
    if alpha <= 0:
        return
    centre = QPointF(*camera.centre)
    painter.setPen(Qt.PenStyle.NoPen)
    air = QRadialGradient(centre, radius * 1.09)
    air.setColorAt(0.0, faded(colors.grid, 0))
    air.setColorAt(0.915, faded(colors.grid, 0.38 * alpha))
    air.setColorAt(0.94, faded(colors.grid, 0.16 * alpha))
    air.setColorAt(1.0, faded(colors.grid, 0))
    painter.setBrush(QBrush(air))
    painter.drawEllipse(centre, radius * 1.09, radius * 1.09)
    bright = blend(colors.globe, "#ffffff", 0.055 if colors.dark else 0.6)
    deep = blend(colors.globe, colors.background if colors.dark else colors.grid, 0.45)
    light = QRadialGradient(centre, radius, centre + QPointF(-0.38, -0.45) * radius)
    light.setColorAt(0.0, faded(bright, alpha))
    light.setColorAt(0.62, faded(colors.globe, alpha))
    light.setColorAt(1.0, faded(deep, alpha))
    painter.setBrush(QBrush(light))
    painter.drawEllipse(centre, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(faded(colors.grid, 0.9 * alpha), 1.2))
    painter.drawEllipse(centre, radius, radius)


def paint_frame(painter: QPainter, camera: Camera, colors: CanvasColors, frame: Frame) -> None:
    """The sheet of an unrolled globe with its grid."""
    alpha = 1 - camera.globe
    path = QPainterPath()
    path.addPolygon(_polygon(camera, frame.outline))
    painter.setPen(QPen(faded(colors.grid, alpha), 1.2))
    painter.setBrush(faded(colors.globe, alpha))
    painter.drawPath(path)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(faded(colors.grid, 0.6 * alpha), 1.0))
    for line in frame.graticule:
        painter.drawPolyline(_polygon(camera, line))


def _polygon(camera: Camera, line: NDArray[np.floating]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y, _ in camera.project(line).tolist()])
