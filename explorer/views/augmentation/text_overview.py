"""Every augmentation and the cosines of its views on one axis, beside those of other sentences."""

from collections.abc import Mapping, Set

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme import Theme, px, themes
from explorer.views.augmentation.text_methods import METHODS
from models.augment.text_studio import Cosines
from models.printed import number

_STEP, _AXIS = 34, 46


class Overview(QWidget):
    """A row of dots for each augmentation; ``chosen`` carries the one that is clicked."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Cosines of every augmentation")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.names: tuple[str, ...] = ()
        self.low, self.current = 0.0, -1
        self._found: Mapping[str, Cosines] = {}
        self._others: Cosines = np.empty(0, np.float32)
        self._sorted = False
        self._old: frozenset[str] = frozenset()
        themes().changed.connect(self._fit)

    def show_cosines(
        self, found: Mapping[str, Cosines], others: Cosines, low: float, old: Set[str] = frozenset()
    ) -> None:
        """Cosines by method on an axis from ``low`` to 1; those of ``old`` are faded."""
        self._found, self._others, self.low, self._old = found, others, low, frozenset(old)
        self._order()

    def sort(self, on: bool) -> None:
        """The most alike first, or the order of the cards."""
        self._sorted = on
        self._order()

    def fade(self) -> None:
        """Says that newer cosines are on their way."""
        self._old = frozenset(self._found)
        self.update()

    def x_of(self, value: float) -> float:
        """Where ``value`` lies on the axis."""
        pad, share = px(8), (value - self.low) / (1 - self.low)
        return pad + min(max(share, 0.0), 1.0) * (self.width() - 2 * pad)

    def row(self, name: str) -> QRectF:
        """Where the dots of ``name`` lie."""
        return QRectF(0, self.names.index(name) * px(_STEP), self.width(), px(_STEP))

    def sizeHint(self) -> QSize:
        return QSize(px(300), len(self.names) * px(_STEP) + px(_AXIS))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(200), self.sizeHint().height())

    def paintEvent(self, event: object) -> None:
        if not self.names:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(px(12))
        painter.setFont(font)
        theme = themes().current
        self._scale(painter, theme)
        for at, name in enumerate(self.names):
            self._row(painter, at, name, theme)

    def _row(self, painter: QPainter, at: int, name: str, theme: Theme) -> None:
        box, flag, values = self.row(name), Qt.AlignmentFlag, self._found[name]
        if at == self.current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(box.adjusted(0, 1, 0, -1), px(5), px(5))
        line = QRectF(px(8), box.top() + px(2), self.width() - px(16), px(17))
        painter.setPen(QColor(theme.muted))
        painter.drawText(line, flag.AlignLeft | flag.AlignVCenter, METHODS[name].title)
        painter.setOpacity(0.4 if name in self._old else 1.0)
        painter.setPen(QColor(theme.text))
        painter.drawText(line, flag.AlignRight | flag.AlignVCenter, written(values))
        middle = box.top() + px(25)
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.drawLine(QPointF(self.x_of(self.low), middle), QPointF(self.x_of(1), middle))
        self._other(painter, middle, theme)
        color = QColor(theme.accent)
        painter.setPen(Qt.PenStyle.NoPen)
        color.setAlpha(90)
        painter.setBrush(color)
        for value in values.tolist():
            painter.drawEllipse(QPointF(self.x_of(value), middle), px(3.5), px(3.5))
        painter.setPen(QPen(QColor(theme.accent), px(2)))
        x = self.x_of(float(values.mean()))
        painter.drawLine(QPointF(x, middle - px(5)), QPointF(x, middle + px(5)))
        painter.setOpacity(1.0)

    def _other(self, painter: QPainter, middle: float, theme: Theme) -> None:
        """Where other sentences lie: their mean, with its standard deviation to both sides."""
        if not len(self._others):
            return
        mean, spread = float(self._others.mean()), float(self._others.std())
        a, b = self.x_of(mean - spread), self.x_of(mean + spread)
        color = QColor(theme.warning)
        color.setAlpha(60)
        if mean + spread > self.low:
            painter.fillRect(QRectF(a, middle - px(4), b - a, px(8)), color)
        if mean >= self.low:
            painter.setPen(QPen(QColor(theme.warning), px(2)))
            x = self.x_of(mean)
            painter.drawLine(QPointF(x, middle - px(5)), QPointF(x, middle + px(5)))

    def _scale(self, painter: QPainter, theme: Theme) -> None:
        """The axis, and what the amber marks stand for."""
        bottom, flag = len(self.names) * px(_STEP) + px(4), Qt.AlignmentFlag
        line = QFontMetricsF(painter.font()).height()
        for share, align in (
            (0.0, flag.AlignLeft),
            (0.5, flag.AlignHCenter),
            (1.0, flag.AlignRight),
        ):
            value = self.low + share * (1 - self.low)
            x = self.x_of(value)
            painter.setPen(QPen(QColor(theme.line), 1))
            painter.drawLine(QPointF(x, bottom - px(4)), QPointF(x, bottom))
            painter.setPen(QColor(theme.muted))
            where = QRectF(self.x_of(self.low), bottom, self.x_of(1) - self.x_of(self.low), line)
            painter.drawText(where, align | flag.AlignVCenter, number(value, 2))
        if not len(self._others):
            return
        painter.setPen(QColor(theme.warning))
        words = QRectF(px(8), bottom + line + px(4), self.width() - px(16), line)
        painter.drawText(words, flag.AlignLeft | flag.AlignVCenter, "Other sentences")
        painter.drawText(words, flag.AlignRight | flag.AlignVCenter, written(self._others))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = int(event.position().y() // px(_STEP))
        self._look(at if at < len(self.names) else -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.mouseMoveEvent(event)
        if self.current >= 0:
            self.chosen.emit(self.names[self.current])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = Qt.Key, len(self.names) - 1
        if event.key() in (key.Key_Up, key.Key_Down) and self.names:
            step = 1 if event.key() == key.Key_Down else -1
            self._look(min(max(self.current + step, 0), last))
        elif event.key() in (key.Key_Return, key.Key_Enter, key.Key_Space) and self.current >= 0:
            self.chosen.emit(self.names[self.current])
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._look(-1)

    def _look(self, at: int) -> None:
        if at != self.current:
            self.current = at
            self.setCursor(
                Qt.CursorShape.PointingHandCursor if at >= 0 else Qt.CursorShape.ArrowCursor
            )
            self.update()

    def _order(self) -> None:
        names = [name for name in METHODS if name in self._found and len(self._found[name])]
        if self._sorted:
            names.sort(key=lambda name: -float(self._found[name].mean()))
        self.names = tuple(names)
        self.current = min(self.current, len(names) - 1)
        told = [f"{METHODS[name].title} {written(self._found[name])}." for name in names]
        self.setAccessibleDescription(" ".join(told))
        self._fit()

    def _fit(self, _theme: object = None) -> None:
        self.updateGeometry()
        self.update()


def written(values: Cosines) -> str:
    """Mean and standard deviation."""
    return f"{number(values.mean())} ± {number(values.std())}"
