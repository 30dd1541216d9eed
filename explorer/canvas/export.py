"""What is seen, written to a file: pixels or vectors."""

import base64
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QImage, QPainter

from explorer.canvas.camera import Camera
from explorer.canvas.labels import Placed
from explorer.canvas.overlay import arc_points, star
from explorer.canvas.picture import Picture, Ring, bold
from explorer.canvas.raster import DISC
from explorer.canvas.thumbnails_svg import png, thumbnails
from models.files import write_bytes, write_text

#: Above this many points an SVG holds them as an image, which is smaller and opens at once.
VECTORS = 20_000
_FAR_SIZE, _FAR_ALPHA = 0.62, 0.30


def _render(picture: Picture, camera: Camera, scale: float, points: bool = True) -> QImage:
    size = QSize(round(camera.width * scale), round(camera.height * scale))
    image = QImage(size, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    picture.compose(image, camera, points)
    return image


def write_png(path: Path, picture: Picture, camera: Camera, font: QFont, scale: float) -> None:
    """The picture with its overlay, ``scale`` pixels for each logical pixel."""
    image = _render(picture, camera, scale)
    painter = QPainter(image)
    picture.overlay(painter, camera, font, 1.0, 1.0)
    painter.end()
    write_bytes(path, png(image))


def write_svg(path: Path, picture: Picture, camera: Camera, font: QFont) -> None:
    """Points as circles (or an image), arcs as paths, markers and labels as shapes and text."""
    width, height = round(camera.width), round(camera.height)
    family = quoteattr(f"{QFontInfo(font).family()}, sans-serif")
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family={family} '
        f'font-size="{QFontInfo(font).pixelSize()}">',
    ]
    vectors = len(picture.cloud.rows) <= VECTORS
    image = _render(picture, camera, 2.0, points=not vectors)
    data = base64.b64encode(png(image)).decode("ascii")
    lines.append(f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/>')
    if vectors:
        lines += _circles(picture, camera)
        lines += thumbnails(picture, camera)
    lines += _overlay(picture, camera, font)
    write_text(path, "\n".join([*lines, "</svg>", ""]))


def _circles(picture: Picture, camera: Camera) -> list[str]:
    """One circle of class "point" for each point, far ones first; then rings of the chosen."""
    picture.pack()
    cloud, size = picture.cloud, picture.size(camera)
    spots = camera.project(cloud.points.T)
    near = camera.nearness(spots[:, 2])
    dim = cloud.paint >> 24 < 204
    order = np.lexsort((np.arange(len(near)), ~dim, near >= 0.4))
    edge = max(0.0, min(1.0, (size - DISC) / 2.5))
    ground = f"#{picture.ground(camera):06x}"
    stroke = f'stroke="{ground}" stroke-width="{0.35 + 0.55 * edge:.2f}"' if edge else ""
    lines = [f"<g {stroke}>"]
    lines += [_circle(cloud.paint, spots, near, slot, size) for slot in order]
    lines.append("</g>")
    for slots, radius, _, outer in picture.on_top(camera):
        lines += [_chosen(cloud.paint, spots, near, slot, radius, outer) for slot in slots]
    return lines


def _circle(
    paint: NDArray[np.uint32],
    spots: NDArray[np.float64],
    near: NDArray[np.float64],
    slot: int,
    size: float,
    more: str = 'class="point"',
) -> str:
    x, y, _ = spots[slot]
    radius = size * (_FAR_SIZE + (1 - _FAR_SIZE) * near[slot])
    alpha = int(paint[slot] >> 24) / 255 * (_FAR_ALPHA + (1 - _FAR_ALPHA) * near[slot])
    return (
        f'<circle {more} cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}" '
        f'fill="#{int(paint[slot]) & 0xFFFFFF:06x}" opacity="{alpha:.3f}"/>'
    )


def _chosen(
    paint: NDArray[np.uint32],
    spots: NDArray[np.float64],
    near: NDArray[np.float64],
    slot: int,
    radius: float,
    outer: Ring,
) -> str:
    colour, width, _ = outer
    ring = f'stroke="#{colour:06x}" stroke-width="{width}"' if width else ""
    return _circle(paint, spots, near, slot, radius, f'class="chosen" {ring}')


def _overlay(picture: Picture, camera: Camera, font: QFont) -> list[str]:
    lines = []
    for arc in sorted(picture.arcs, key=lambda arc: arc.strength):
        points = camera.project(arc_points(arc, picture.cloud.surface == "globe"))
        path = " L".join(f"{x:.2f} {y:.2f}" for x, y, _ in points)
        lines.append(
            f'<path class="arc" d="M{path}" fill="none" stroke="{QColor(arc.colour).name()}" '
            f'stroke-width="{0.9 + 2.3 * arc.strength:.2f}" '
            f'stroke-opacity="{0.3 + 0.6 * arc.strength:.2f}" stroke-linecap="round"/>'
        )
    chips, labels = picture.place(camera, font)
    ground = QColor(picture.colors.background).name()
    for label in labels:
        halo = f'stroke="{ground}" stroke-width="4" stroke-linejoin="round"'
        for more in (halo, ""):  # drawn twice, as few programs know paint-order
            more = f'font-weight="600" {more}'
            lines.append(_text(label, 4, label.colour, bold(font), more))
    for marker in picture.markers:
        x, y, _ = camera.project(marker.position)
        colour = QColor(marker.colour).name()
        size = 11.5 if marker.kind == "question" else 7.5
        lines.append(
            f'<circle class="marker" cx="{x:.2f}" cy="{y:.2f}" r="{size}" fill="{ground}" '
            f'fill-opacity="0.8" stroke="{colour}" stroke-width="2"/>'
        )
        if marker.kind == "question":
            lines.append(f'<path d="{_path(QPointF(x, y))}" fill="{colour}"/>')
        else:
            lines.append(
                f'<circle class="marker" cx="{x:.2f}" cy="{y:.2f}" r="2.6" fill="{colour}"/>'
            )
    for chip in chips:
        lines.append(_chip_box(chip.rect, chip.colour, ground))
        lines.append(_text(chip, 9, picture.colors.text, font))
    return lines


def _path(centre: QPointF) -> str:
    shape = star(centre, 8.6)
    points = [shape.elementAt(k) for k in range(shape.elementCount())]
    moves, curves = points[0], points[1:]
    steps = [
        "C" + " ".join(f"{p.x:.2f} {p.y:.2f}" for p in curves[k : k + 3])
        for k in range(0, len(curves) - 2, 3)
    ]
    return f"M{moves.x:.2f} {moves.y:.2f}{''.join(steps)}Z"


def _chip_box(rect: QRectF, colour: str, ground: str) -> str:
    return (
        f'<rect x="{rect.x():.2f}" y="{rect.y():.2f}" width="{rect.width():.2f}" '
        f'height="{rect.height():.2f}" rx="{rect.height() / 2:.2f}" fill="{ground}" '
        f'fill-opacity="0.94" stroke="{QColor(colour).name()}"/>'
    )


def _text(placed: Placed, margin: float, colour: str, font: QFont, more: str = "") -> str:
    text = "".join(c if c.isprintable() else " " for c in placed.text)
    metrics, rect = QFontMetricsF(font), placed.rect
    baseline = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2
    return (
        f'<text x="{rect.x() + margin:.2f}" y="{baseline:.2f}" fill="{QColor(colour).name()}" '
        f'textLength="{max(1.0, rect.width() - 2 * margin):.2f}" {more} '
        f'opacity="{placed.alpha:.2f}">{escape(text)}</text>'
    )
