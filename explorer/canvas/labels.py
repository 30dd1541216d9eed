"""Names on the map and chips at markers: placed without overlaps and inside the widget."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
)

from explorer.canvas.camera import Camera
from explorer.canvas.scene import CanvasColors, Label, Marker, blend, faded

_MARGIN, _CHIP_WIDTH = 8.0, 260.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A text with the rectangle it takes, and how visible it is (0…1)."""

    text: str
    rect: QRectF
    colour: str
    alpha: float


def free(rect: QRectF, taken: Sequence[QRectF]) -> bool:
    """Whether ``rect`` overlaps none of ``taken``."""
    return not any(rect.intersects(other) for other in taken)


def kept_inside(rect: QRectF, bounds: QRectF) -> QRectF:
    """The rectangle moved, not shrunk, until it lies within ``bounds`` (its left top at least)."""
    x = max(bounds.left(), min(rect.left(), bounds.right() - rect.width()))
    y = max(bounds.top(), min(rect.top(), bounds.bottom() - rect.height()))
    return QRectF(QPointF(x, y), rect.size())


def place_chips(
    markers: Sequence[Marker], camera: Camera, font: QFont, taken: list[QRectF]
) -> list[Placed]:
    """Chips beside their markers: right, left, above, below, or wherever is free nearby.

    Adds their rectangles to ``taken``. A chip that finds no free place is left out.
    """
    metrics, chips = QFontMetricsF(font), []
    bounds = QRectF(0, 0, camera.width, camera.height).adjusted(
        _MARGIN, _MARGIN, -_MARGIN, -_MARGIN
    )
    spots = [camera.project(marker.position) for marker in markers]
    taken += [QRectF(x - 13, y - 13, 26, 26) for x, y, _ in spots]
    for marker, (x, y, depth) in zip(markers, spots, strict=True):
        widest = min(_CHIP_WIDTH, bounds.width() - 18)
        text = metrics.elidedText(marker.label, Qt.TextElideMode.ElideRight, widest)
        if not text:
            continue
        size = QSizeF(metrics.horizontalAdvance(text) + 18, metrics.height() + 8)
        w, h = size.width(), size.height()
        offsets = [(17, -h / 2), (-17 - w, -h / 2), (-w / 2, -17 - h), (-w / 2, 17)]
        offsets += [
            (dx, dy + side * step * (h + 3))
            for step in (1, 2, 3)
            for side in (-1, 1)
            for dx, dy in offsets[:2]
        ]
        for dx, dy in offsets:
            rect = kept_inside(QRectF(QPointF(x + dx, y + dy), size), bounds)
            if free(rect, taken):
                taken.append(rect.adjusted(-3, -3, 3, 3))
                near = float(camera.nearness(depth))
                chips.append(Placed(text, rect, marker.colour, 0.35 + 0.65 * near))
                break
    return chips


def place_labels(
    labels: Sequence[Label], camera: Camera, font: QFont, colour: str, taken: list[QRectF]
) -> list[Placed]:
    """Names centred on their positions, in order of priority, skipping those that collide."""
    metrics, placed = QFontMetricsF(font), []
    bounds = QRectF(0, 0, camera.width, camera.height)
    for label in sorted(labels, key=lambda label: -label.priority):
        x, y, depth = camera.project(label.position)
        alpha = 2 * float(camera.nearness(depth)) - 1
        if alpha <= 0.02 or not bounds.contains(QPointF(x, y)):
            continue
        text = metrics.elidedText(label.text, Qt.TextElideMode.ElideRight, 220)
        w, h = metrics.horizontalAdvance(text) + 8, metrics.height() + 2
        rect = QRectF(x - w / 2, y - h / 2, w, h)
        rect = kept_inside(rect, bounds.adjusted(4, 4, -4, -4))
        if free(rect, taken):
            taken.append(rect.adjusted(-5, -2, 5, 2))
            placed.append(Placed(text, rect, label.colour or colour, alpha))
    return placed


def paint_chip(painter: QPainter, chip: Placed, font: QFont, colors: CanvasColors) -> None:
    """A rounded chip with a hairline in the marker's colour."""
    painter.setOpacity(chip.alpha)
    painter.setPen(QPen(faded(chip.colour, 0.75), 1.0))
    painter.setBrush(faded(blend(colors.background, colors.globe, 0.5), 0.94))
    radius = chip.rect.height() / 2
    painter.drawRoundedRect(chip.rect, radius, radius)
    painter.setPen(QColor(colors.text))
    painter.setFont(font)
    painter.drawText(chip.rect, Qt.AlignmentFlag.AlignCenter, chip.text)
    painter.setOpacity(1.0)


class Halos:
    """Texts with a halo in the background's colour, kept as pixmaps: outlines cost too much."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], QPixmap] = {}

    def paint(
        self, painter: QPainter, label: Placed, font: QFont, colors: CanvasColors, ratio: float
    ) -> None:
        key = (label.text, label.colour, font.key(), colors, ratio)
        if key not in self._known:
            if len(self._known) > 400:
                self._known.clear()
            self._known[key] = self._render(label, font, colors, ratio)
        painter.setOpacity(label.alpha)
        painter.drawPixmap(label.rect.topLeft() - QPointF(4, 4), self._known[key])
        painter.setOpacity(1.0)

    @staticmethod
    def _render(label: Placed, font: QFont, colors: CanvasColors, ratio: float) -> QPixmap:
        size = (label.rect.size() + QSizeF(8, 8)) * ratio
        pixmap = QPixmap(size.toSize())
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        path = QPainterPath()
        path.addText(QPointF(8, 5 + QFontMetricsF(font).ascent()), font, label.text)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        halo = QPen(faded(colors.background, 0.82), 4.0)
        halo.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(path, halo)
        painter.fillPath(path, QColor(label.colour))
        painter.end()
        return pixmap
