"""Cosines of all pairs of the original and its views, as colours and, where they fit, numbers."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.palettes import sequential
from explorer.theme import px, themes
from explorer.tokens import contrast
from explorer.views.augmentation.painting import crisp, frame, picture
from models.augment.studio import Cosines, Drawn
from models.printed import number

_INKS = ("#ffffff", "#14132b")


class HeatMap(QWidget):
    """The original comes first. ``looked_at`` carries a pair of places, or None."""

    looked_at = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Cosines of all pairs")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.matrix: NDArray[np.float32] = np.empty((0, 0), np.float32)
        self.current: tuple[int, int] | None = None
        self._low, self._stale = 0.0, False
        self._images: list[QImage] = []
        self._scaled: list[QPixmap] = []
        themes().changed.connect(self._rescale)

    def show_cosines(self, drawn: Drawn, cosines: Cosines, low: float) -> None:
        """Colours run from ``low`` to 1."""
        self._images = [picture(image) for image in (drawn.request.image, *drawn.views)]
        self.matrix, self._low, self._stale = cosines.matrix, low, False
        if self.current is not None and max(self.current) >= len(self.matrix):
            self._look(None)
        self._rescale()

    def fade(self) -> None:
        """Says that newer cosines are on their way."""
        self._stale = True
        self.update()

    @property
    def faded(self) -> bool:
        """Whether newer cosines are on their way."""
        return self._stale

    @property
    def cell(self) -> float:
        """Width of a cell in pixels; the pictures along both sides are as wide."""
        return min(self.width(), self.height()) / (len(self.matrix) + 1)

    @property
    def numbered(self) -> bool:
        """Whether there is room for numbers."""
        return self.cell >= QFontMetricsF(self._font()).horizontalAdvance("-.00")

    def place(self, row: int, column: int) -> QRectF:
        """Where the cosine of ``row`` and ``column`` lies."""
        side = self.cell
        return QRectF((column + 1) * side, (row + 1) * side, side, side)

    def sizeHint(self) -> QSize:
        return QSize(px(300), px(300))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(200), px(220))

    def paintEvent(self, event: object) -> None:
        count = len(self.matrix)
        if not count:
            return
        painter = QPainter(self)
        painter.setOpacity(0.45 if self._stale else 1.0)
        colors = sequential((self.matrix.reshape(-1) - self._low) / (1 - self._low))
        bytes_ = np.ascontiguousarray(colors.reshape(count, count, 3))
        side = self.cell
        painter.drawImage(QRectF(side, side, side * count, side * count), picture(bytes_))
        for at, pixmap in enumerate(self._scaled):
            step = (at + 1) * side
            painter.drawPixmap(QPointF(step + 1, 0), pixmap)
            painter.drawPixmap(QPointF(0, step + 1), pixmap)
        if self.numbered:
            self._number(painter, bytes_)
        if self.current is not None:
            theme = themes().current
            row, column = self.current
            frame(painter, self.place(row, column), theme.text, px(2))
            frame(painter, QRectF(0, (row + 1) * side, side, side), theme.accent, px(2))
            frame(painter, QRectF((column + 1) * side, 0, side, side), theme.accent, px(2))

    def _number(self, painter: QPainter, colors: NDArray[np.uint8]) -> None:
        painter.setFont(self._font())
        for (row, column), value in np.ndenumerate(self.matrix):
            ground = "#{:02x}{:02x}{:02x}".format(*colors[row, column])
            painter.setPen(QColor(max(_INKS, key=lambda ink: contrast(ink, ground))))
            text = "1" if row == column else number(value, 2).replace("0.", ".", 1)
            painter.drawText(self.place(row, column), Qt.AlignmentFlag.AlignCenter, text)

    def resizeEvent(self, event: object) -> None:
        self._rescale()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._look(self._at(event.position().toPoint()))

    def leaveEvent(self, event: object) -> None:
        self._look(None)

    def _at(self, where: QPoint) -> tuple[int, int] | None:
        if not len(self.matrix):
            return None
        row, column = int(where.y() // self.cell) - 1, int(where.x() // self.cell) - 1
        inside = 0 <= row < len(self.matrix) and 0 <= column < len(self.matrix)
        return (row, column) if inside else None

    def _look(self, pair: tuple[int, int] | None) -> None:
        if pair != self.current:
            self.current = pair
            self.update()
            self.looked_at.emit(pair)

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(px(11))
        return font

    def _rescale(self, _theme: object = None) -> None:
        side = max(1, int(self.cell) - 2)
        self._scaled = [crisp(image, side, self.devicePixelRatioF()) for image in self._images]
        self.update()
