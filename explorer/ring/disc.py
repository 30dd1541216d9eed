"""The ring itself: its density as an image, the features on it, and their pairs as chords."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QLinearGradient, QMouseEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.canvas.scene import faded
from explorer.palettes import sequential
from explorer.ring.looks import class_colors, class_name, degrees, paint_density, share, small
from explorer.theme import px, themes
from models.ring import EXTENT, Ring

_TICKS = (-90, 0, 90, 180)
_KEY = (0, 1, 3, 9)
#: Where the names of the angles begin, in radii; the density has faded there.
_REACH = 1.33
#: At most so many pairs are joined, evenly chosen: more take long to draw, and hide each other.
_CHORDS = 96


class RingDisc(QWidget):
    """Draws one ``Ring``. Its still part is kept as an image while only the cursor moves."""

    #: The angle under the cursor in radians, or NaN where there is none.
    pointed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Features on the ring")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.ring: Ring | None = None
        #: The feature under the cursor, −1 for none.
        self.feature = -1
        self._mates = np.zeros(0, np.int64)
        self._angle = math.nan
        self._layer = QPixmap()
        self._cursor = QPointF()
        self._over = False
        themes().changed.connect(self._forget)

    def sizeHint(self) -> QSize:
        return QSize(px(360), px(380))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(150), px(200))

    def show_ring(self, ring: Ring, mates: NDArray[np.int64]) -> None:
        """``mates`` (n,): of each feature the other of its pair, or −1."""
        self.ring, self._mates = ring, mates
        self.setAccessibleDescription(f"{len(ring):,} features, from sparse to dense.")
        self._point(self._cursor if self._over else None)
        self._forget()

    def set_angle(self, angle: float) -> None:
        """Marks an angle, or none for NaN."""
        if not _same(angle, self._angle):
            self._angle = angle
            self.update()

    def place(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """(n, 2) points of the plane → pixels of the widget."""
        centre, radius = self._circle()
        flipped = np.asarray(points, np.float64) * [radius, -radius]
        return flipped + np.array([centre.x(), centre.y()])

    def joined(self) -> NDArray[np.int64]:
        """The features from which a line goes to the other of their pair."""
        pairs = np.flatnonzero(self._mates > np.arange(len(self._mates)))
        chosen = np.linspace(0, len(pairs) - 1, min(_CHORDS, len(pairs))).round().astype(np.int64)
        return pairs[chosen]

    def text(self) -> str:
        """What is said of the feature under the cursor."""
        if self.ring is None or self.feature < 0:
            return ""
        label, mate = int(self.ring.labels[self.feature]), int(self._mates[self.feature])
        words = f"{class_name(self.ring, label)}, {degrees(self.ring.angles[self.feature])}"
        if mate >= 0:
            cosine = float(self.ring.points[self.feature] @ self.ring.points[mate])
            apart = math.acos(min(1.0, max(-1.0, cosine)))
            words += f"\nIts other view is {degrees(apart)} away"
        return words

    # Where things are.

    def _circle(self) -> tuple[QPointF, float]:
        """Centre and radius of the circle in pixels; the key lies below it."""
        room = QRectF(self.rect()).adjusted(px(4), px(4), -px(4), -px(44))
        # Room for the names of the angles, which stand just outside of the thickest density.
        half = min(room.width() / 2 - px(40), room.height() / 2 - px(20))
        return room.center(), max(1.0, half / _REACH)

    def _forget(self, _theme: object = None) -> None:
        self._layer = QPixmap()
        self.update()

    def resizeEvent(self, event: object) -> None:
        self._forget()

    # Drawing.

    def paintEvent(self, event: object) -> None:
        ratio = self.devicePixelRatioF()
        if self._layer.isNull() or self._layer.devicePixelRatio() != ratio:
            self._layer = self._paint_layer(ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._layer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.ring is not None and self.feature >= 0:
            self._paint_feature(painter)
        elif not math.isnan(self._angle):
            self._paint_angle(painter)
        painter.end()

    def _paint_layer(self, ratio: float) -> QPixmap:
        layer = QPixmap(self.size() * ratio)
        layer.setDevicePixelRatio(ratio)
        layer.fill(Qt.GlobalColor.transparent)
        painter = QPainter(layer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        theme, (centre, radius) = themes().current, self._circle()
        if self.ring is not None:
            pixels = paint_density(self.ring)
            side = pixels.shape[0]
            kind = QImage.Format.Format_RGBA8888
            image = QImage(pixels.data, side, side, 4 * side, kind)
            half = radius * EXTENT
            square = QRectF(centre.x() - half, centre.y() - half, 2 * half, 2 * half)
            painter.drawImage(square, image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(faded(theme.text, 0.35), px(1)))
        painter.drawEllipse(centre, radius, radius)
        self._paint_ticks(painter, centre, radius)
        if self.ring is not None:
            self._paint_features(painter, self.ring)
        self._paint_key(painter)
        painter.end()
        return layer

    def _paint_ticks(self, painter: QPainter, centre: QPointF, radius: float) -> None:
        theme = themes().current
        font = small(self.font())
        painter.setFont(font)
        for tick in _TICKS:
            angle = math.radians(tick)
            out = QPointF(math.cos(angle), -math.sin(angle))
            painter.setPen(QPen(QColor(theme.edge), px(1)))
            painter.drawLine(centre + out * radius * 1.27, centre + out * radius * _REACH)
            painter.setPen(QColor(theme.muted))
            place = centre + out * radius * _REACH
            box = QRectF(place.x() - px(22), place.y() - px(9), px(44), px(18))
            box.translate(out.x() * px(17), out.y() * px(9))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, degrees(angle))

    def _paint_features(self, painter: QPainter, ring: Ring) -> None:
        theme, colors = themes().current, [QColor(color) for color in class_colors(ring)]
        places = [QPointF(x, y) for x, y in self.place(ring.points).tolist()]
        pairs = [(at, int(self._mates[at])) for at in self.joined().tolist()]
        # The more chords there are, the fainter each, so that a hundred are not a grey disc.
        alpha = min(0.55, max(0.16, 3.2 / math.sqrt(max(1, len(pairs)))))
        # Of one pixel, which is drawn four times as fast as any wider line.
        painter.setPen(QPen(faded(theme.text, alpha), 1.0))
        painter.drawLines([QLineF(places[at], places[mate]) for at, mate in pairs])
        size = max(px(28) / 10, min(px(40) / 10, self._circle()[1] * 0.028))
        dots = [_dot(color, size, self.devicePixelRatioF()) for color in colors]
        for place, label in zip(places, ring.labels.tolist(), strict=True):
            painter.drawImage(place - QPointF(size, size), dots[label])

    def _paint_key(self, painter: QPainter) -> None:
        """The ramp with the multiples of an even spread that its colours stand for."""
        theme = themes().current
        width = min(px(230), self.width() - px(60))
        bar = QRectF((self.width() - width) / 2, self.height() - px(34), width, px(8))
        ramp = QLinearGradient(bar.topLeft(), bar.topRight())
        stops = np.linspace(0, 1, 17)
        for stop, colour in zip(stops.tolist(), sequential(stops).tolist(), strict=True):
            t = min(1.0, stop / 0.5)
            ramp.setColorAt(stop, QColor(*colour, round(230 * t * t * (3 - 2 * t))))
        painter.setPen(QPen(QColor(theme.line), 1.0))
        painter.setBrush(ramp)
        painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
        painter.setFont(small(self.font()))
        painter.setPen(QColor(theme.muted))
        for multiple in _KEY:
            at = bar.left() + float(share(np.float32(multiple))) * width
            box = QRectF(at - px(40), bar.bottom() + px(2), px(80), px(18))
            words = {0: "0", 1: "1× even"}.get(multiple, f"{multiple}×")
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_angle(self, painter: QPainter) -> None:
        centre, radius = self._circle()
        out = QPointF(math.cos(self._angle), -math.sin(self._angle))
        painter.setPen(QPen(QColor(themes().current.text), px(15) / 10))
        painter.drawLine(centre + out * radius * 0.72, centre + out * radius * 1.28)
        box = QRectF(centre.x() - px(40), centre.y() - px(12), px(80), px(24))
        painter.setFont(small(self.font(), bold=True))
        _chip(painter, box, degrees(self._angle))

    def _paint_feature(self, painter: QPainter) -> None:
        assert self.ring is not None
        theme, mate = themes().current, int(self._mates[self.feature])
        chosen = [self.feature, *([mate] if mate >= 0 else [])]
        places = [QPointF(x, y) for x, y in self.place(self.ring.points[chosen]).tolist()]
        colors = class_colors(self.ring)
        painter.setPen(QPen(QColor(theme.text), px(18) / 10))
        if mate >= 0:
            painter.drawLine(*places)
        for at, place in zip(chosen, places, strict=True):
            painter.setBrush(QColor(colors[self.ring.labels[at]]))
            painter.drawEllipse(place, px(5), px(5))
        painter.setFont(small(self.font()))
        words = self.text()
        lines = words.split("\n")
        metrics = painter.fontMetrics()
        width = max(metrics.horizontalAdvance(line) for line in lines) + px(20)
        height = metrics.height() * len(lines) + px(10)
        x, y = places[0].x() + px(14), places[0].y() - height / 2
        if x + width > self.width() - px(4):
            x = places[0].x() - px(14) - width
        x = max(px(4), min(x, self.width() - width - px(4)))
        y = max(px(4), min(y, self.height() - height - px(4)))
        _chip(painter, QRectF(x, y, width, height), words)

    # Pointing.

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._cursor, self._over = event.position(), True
        self._point(self._cursor)

    def leaveEvent(self, event: QEvent) -> None:
        self._over = False
        self._point(None)
        super().leaveEvent(event)

    def _point(self, position: QPointF | None) -> None:
        """Finds the feature at ``position``, else the angle if it lies on the ring."""
        feature, angle = -1, math.nan
        if position is not None and self.ring is not None and len(self.ring):
            centre, radius = self._circle()
            apart = self.place(self.ring.points) - [position.x(), position.y()]
            distance = np.hypot(apart[:, 0], apart[:, 1])
            nearest = int(distance.argmin())
            away = position - centre
            if distance[nearest] <= px(7):
                feature, angle = nearest, float(self.ring.angles[nearest])
            elif 0.6 < math.hypot(away.x(), away.y()) / radius < _REACH:
                angle = math.atan2(-away.y(), away.x())
        if feature != self.feature:
            self.feature = feature
            self.update()
        if not _same(angle, self._angle):
            self.set_angle(angle)
            self.pointed.emit(angle)


def _dot(colour: QColor, size: float, ratio: float) -> QImage:
    """A disc of radius ``size`` with a hairline; copied for each feature, which is quick."""
    side = math.ceil(2 * size * ratio)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    hair = px(10) / 10
    painter.setPen(QPen(QColor(themes().current.window), hair))
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(size, size), size - hair / 2, size - hair / 2)
    painter.end()
    return image


def _chip(painter: QPainter, box: QRectF, words: str) -> None:
    theme = themes().current
    painter.setPen(QPen(QColor(theme.edge), 1.0))
    painter.setBrush(faded(theme.surface, 0.95))
    painter.drawRoundedRect(box, px(6), px(6))
    painter.setPen(QColor(theme.text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def _same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))
