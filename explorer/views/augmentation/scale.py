"""The colours of the heat map as an axis, with every measured cosine above it."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.palettes import sequential
from explorer.theme import px, themes
from models.augment.studio import Cosines
from models.printed import number

_STRIPS = ("Two views of this image", "A view and the original", "A view and another image")
_STEP = 33  # from one strip to the next
_DOTS = 400  # drawn of each kind; more would be one bar


class CosineScale(QWidget):
    """A strip of dots with their mean for each kind of pair, then the legend from ``low`` to 1."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Scale of the cosines")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.low = 0.0
        self.means: tuple[str, ...] = ()
        self._strips: tuple[NDArray[np.float32], ...] = ()
        themes().changed.connect(self._fit)

    def show_cosines(self, cosines: Cosines, low: float) -> None:
        self.low = low
        strips = (cosines.pairs, cosines.originals, cosines.others.reshape(-1))
        self.means = tuple(number(strip.mean(), 3) if strip.size else "" for strip in strips)
        self._strips = tuple(strip[:: max(1, len(strip) // _DOTS)] for strip in strips)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(200), px(len(_STRIPS) * _STEP + 30))

    def x_of(self, value: float) -> float:
        """Where ``value`` lies on the axis."""
        pad = px(8)
        share = (value - self.low) / (1 - self.low)
        return pad + min(max(share, 0.0), 1.0) * (self.width() - 2 * pad)

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(px(12))
        painter.setFont(font)
        for at, values in enumerate(self._strips):
            self._strip(painter, at, values)
        self._legend(painter, px(len(_STRIPS) * _STEP + 2))

    def _strip(self, painter: QPainter, at: int, values: NDArray[np.float32]) -> None:
        theme = themes().current
        top, flag = px(_STEP * at), Qt.AlignmentFlag
        line = QRectF(px(8), top, self.width() - px(16), px(16))
        painter.setPen(QColor(theme.muted))
        painter.drawText(line, flag.AlignLeft | flag.AlignVCenter, _STRIPS[at])
        painter.setPen(QColor(theme.text))
        mean = f"mean {self.means[at]}" if self.means[at] else "none to compare with"
        painter.drawText(line, flag.AlignRight | flag.AlignVCenter, mean)
        # Other images are what the loss pushes away; they take another colour.
        color = QColor(theme.warning if at == len(_STRIPS) - 1 else theme.accent)
        middle, radius = top + px(23), px(3.5)
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.drawLine(QPointF(self.x_of(self.low), middle), QPointF(self.x_of(1), middle))
        if not len(values):
            return
        mean = QColor(color)
        color.setAlpha(70)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        for value in values.tolist():
            painter.drawEllipse(QPointF(self.x_of(value), middle), radius, radius)
        painter.setPen(QPen(mean, px(2)))
        x = self.x_of(float(values.mean()))
        painter.drawLine(QPointF(x, middle - px(6)), QPointF(x, middle + px(6)))

    def _legend(self, painter: QPainter, top: int) -> None:
        theme = themes().current
        ramp = np.ascontiguousarray(sequential(np.linspace(0, 1, 128)))
        image = QImage(ramp.tobytes(), 128, 1, 384, QImage.Format.Format_RGB888)
        left, right = self.x_of(self.low), self.x_of(1)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(left, top, right - left, px(8)), image)
        painter.setPen(QColor(theme.muted))
        for share, align in ((0.0, "Left"), (0.5, "HCenter"), (1.0, "Right")):
            value = self.low + share * (1 - self.low)
            flag = getattr(Qt.AlignmentFlag, f"Align{align}")
            box = QRectF(left, top + px(10), right - left, px(18))
            painter.drawText(box, flag | Qt.AlignmentFlag.AlignVCenter, number(value, 2))

    def _fit(self, _theme: object = None) -> None:
        self.updateGeometry()
        self.update()


def lowest(cosines: Cosines) -> float:
    """Where the scale begins: a whole tenth below all that was measured, at most 0.9."""
    values = np.concatenate([cosines.matrix.reshape(-1), cosines.others.reshape(-1)])
    return float(np.clip(np.floor(values.min() * 10) / 10, -1.0, 0.9))
