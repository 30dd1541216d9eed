"""The colours of the classes, in one line that breaks where room is short."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.palettes import categorical, rgb
from explorer.theme import px, themes

_MOST = 24  # classes; of more, no one could tell the colours apart
_UNLABELLED = "#8a8f9c"


def point_colors(labels: NDArray[np.int64]) -> NDArray[np.uint8]:
    """(N, 3) a colour a label (N,); −1, no label, is grey.

    Where nothing has a label, first views have one colour and their second views another.
    """
    if (labels < 0).all():
        return rgb(categorical(2))[(np.arange(len(labels)) >= len(labels) // 2).astype(np.intp)]
    count = max(1, int(labels.max(initial=0)) + 1)
    table = rgb([*categorical(count), _UNLABELLED])
    return table[labels]


class ClassLegend(QWidget):
    """A dot and a name for each class."""

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        themes().changed.connect(self._fit)
        self._fit()

    def show_classes(self, names: Sequence[str]) -> None:
        """Shows ``names`` in the order of their labels; nothing where they are too many."""
        self._names = tuple(names) if len(names) <= _MOST else ()
        self.setAccessibleName(f"Classes: {', '.join(self._names)}" if self._names else "")
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(px(200), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dot, line = px(8), self._line()
        ascent = (line - self.fontMetrics().height()) / 2 + self.fontMetrics().ascent()
        for (x, y), name, color in zip(
            self._places(), self._names, categorical(len(self._names)), strict=True
        ):
            painter.setPen(QColor(0, 0, 0, 0))
            painter.setBrush(QColor(color))
            painter.drawEllipse(QRectF(x, y + (line - dot) / 2, dot, dot))
            painter.setPen(QColor(themes().current.muted))
            painter.drawText(int(x + dot + px(5)), int(y + ascent), name)

    def _places(self) -> list[tuple[float, float]]:
        """Where each entry begins."""
        places, x, y = [], 0.0, 0.0
        for name in self._names:
            width = px(8 + 5) + self.fontMetrics().horizontalAdvance(name)
            if x and x + width > self.width():
                x, y = 0.0, y + self._line()
            places.append((x, y))
            x += width + px(14)
        return places

    def _line(self) -> float:
        return self.fontMetrics().height() + px(3)

    def _fit(self, _theme: object = None) -> None:
        places = self._places()
        height = round(places[-1][1] + self._line()) if places else 0
        if height != self.height() or height != self.maximumHeight():
            self.setFixedHeight(height)
        self.update()
