"""How often each angle occurs: of all features, and of each class by itself."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.canvas.scene import blend
from explorer.ring.looks import class_colors, class_name, degrees, small
from explorer.theme import px, themes
from models.ring import Ring

_ALL = -1
_MOST_COLUMNS = 5


@dataclass(frozen=True, eq=False)
class _Panel:
    """One curve: of a class, or of all (−1). ``labelled``: whether angles stand below it."""

    label: int
    box: QRectF
    labelled: bool
    first: bool


class AngleCurves(QWidget):
    """Small multiples with one horizontal axis; heights are in multiples of an even spread."""

    #: The angle under the cursor in radians, or NaN where there is none.
    pointed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Angles on the ring, of all and of each class")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.ring: Ring | None = None
        self._angle = math.nan
        themes().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(px(360), px(260))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(170), px(190))

    def show_ring(self, ring: Ring) -> None:
        self.ring = ring
        self.update()

    def set_angle(self, angle: float) -> None:
        """Marks an angle in every panel, or none for NaN."""
        if angle != self._angle:
            self._angle = angle
            self.update()

    def shown(self) -> list[int]:
        """The classes that have a panel; −1 stands for all features."""
        return [panel.label for panel in self._panels()]

    # Where things are.

    def _panels(self) -> list[_Panel]:
        """All features above, classes below in as many columns as there is room for."""
        if self.ring is None:
            return []
        left, bottom, top, gap = px(34), px(20), px(22), px(12)
        width, height = self.width() - left - px(12), self.height()
        count = len(self.ring.classes)
        if not count:
            return [_Panel(_ALL, QRectF(left, top, width, height - top - bottom), True, True)]
        columns, rows, tall = self._grid(width, height - bottom)
        upper = height - bottom - rows * tall
        box = QRectF(left, top, width, upper - top - bottom)
        panels = [_Panel(_ALL, box, True, True)]
        wide = (width - (columns - 1) * gap) / columns
        shown = min(count, rows * columns)
        for at in range(shown):
            row, column = divmod(at, columns)
            y = upper + row * tall + top
            box = QRectF(left + column * (wide + gap), y, wide, tall - top)
            panels.append(_Panel(at, box, at + columns >= shown, column == 0))
        return panels

    def _grid(self, width: float, height: float) -> tuple[int, int, float]:
        """Columns, rows and the height of a row, so that panels are neither flat nor tiny."""
        assert self.ring is not None
        count = len(self.ring.classes)
        most = max(1, min(_MOST_COLUMNS, int(width // px(96)), count))
        room = height - max(px(86), 0.3 * height)
        least = px(50)
        columns = next(
            (k for k in range(1, most + 1) if math.ceil(count / k) * px(66) <= room), most
        )
        rows = max(1, min(math.ceil(count / columns), int(room // least)))
        return columns, rows, min(room / rows, px(120))

    # Drawing.

    def paintEvent(self, event: object) -> None:
        if self.ring is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = class_colors(self.ring)
        panels = self._panels()
        classes = [panel.label for panel in panels[1:]]
        # One scale for all classes, so that a sharper class looks sharper.
        top = _top(self.ring.by_class[classes]) if classes else 2.0
        for panel in panels:
            if panel.label == _ALL:
                accent = themes().current.accent
                self._paint_panel(painter, panel, self.ring.all, accent, _top(self.ring.all))
            else:
                curve = self.ring.by_class[panel.label]
                self._paint_panel(painter, panel, curve, colors[panel.label], top)
        painter.end()

    def _paint_panel(
        self,
        painter: QPainter,
        panel: _Panel,
        curve: NDArray[np.float32],
        colour: str,
        top: float,
    ) -> None:
        theme, box = themes().current, panel.box
        heights = curve * np.float32(2 * np.pi)
        # The circle closes: the first bin is drawn once more at +180°.
        closed = np.append(heights, heights[0])
        # Many short steps take long to draw: at least two pixels each.
        step = next(k for k in (1, 2, 3, 4, 6) if k * box.width() >= 2 * len(heights) or k == 6)
        closed = closed[::step]
        x = box.left() + np.linspace(0, 1, len(closed)) * box.width()
        y = box.bottom() - closed / top * box.height()
        line = [QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(blend(theme.window, colour, 0.3))  # opaque, which fills far quicker
        painter.drawPolygon(QPolygonF([box.bottomLeft(), *line, box.bottomRight()]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._paint_axes(painter, panel, top)
        painter.setPen(QPen(QColor(colour), px(15) / 10))
        painter.drawPolyline(QPolygonF(line))
        self._paint_title(painter, panel, colour, heights)
        if not math.isnan(self._angle):
            at = box.left() + (self._angle + math.pi) / (2 * math.pi) * box.width()
            painter.setPen(QPen(QColor(theme.text), 1.0))
            painter.drawLine(QPointF(at, box.top()), QPointF(at, box.bottom()))

    def _paint_axes(self, painter: QPainter, panel: _Panel, top: float) -> None:
        theme, box = themes().current, panel.box
        painter.setPen(QPen(QColor(theme.edge), 1.0))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        even = box.bottom() - box.height() / top
        painter.setPen(QPen(QColor(theme.edge), 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(box.left(), even), QPointF(box.right(), even))
        painter.setFont(small(self.font()))
        painter.setPen(QColor(theme.muted))
        if panel.first:
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            marks = [(top, box.top())]
            if even - box.top() > px(15):
                marks.append((1, even))
            for value, y in marks:
                words = QRectF(0, y - px(8), box.left() - px(5), px(16))
                painter.drawText(words, right, f"{value:g}×")
        if panel.labelled:
            many = box.width() > px(230)
            for tick in (-180, -90, 0, 90, 180) if many else (-180, 180):
                at = box.left() + (tick + 180) / 360 * box.width()
                words = QRectF(at - px(24), box.bottom() + px(2), px(48), px(16))
                align = Qt.AlignmentFlag.AlignHCenter
                if abs(tick) == 180:  # so that the angles of neighbours stay apart
                    words.moveLeft(box.left() if tick < 0 else box.right() - words.width())
                    align = Qt.AlignmentFlag.AlignLeft if tick < 0 else Qt.AlignmentFlag.AlignRight
                painter.drawText(words, align, degrees(math.radians(tick)))

    def _paint_title(
        self, painter: QPainter, panel: _Panel, colour: str, heights: NDArray[np.float32]
    ) -> None:
        assert self.ring is not None
        ring, box, theme = self.ring, panel.box, themes().current
        whole = panel.label == _ALL
        line = QRectF(box.left(), box.top() - px(20), box.width(), px(17))
        count = len(ring) if whole else int(ring.counts[panel.label])
        figure, classes = f"{count:,}", len(ring.classes)
        if whole and len(self.shown()) <= classes:
            figure += f"; {len(self.shown()) - 1} of {classes} classes below"
        if not math.isnan(self._angle):
            at = round((self._angle + math.pi) / (2 * math.pi) * len(heights)) % len(heights)
            figure = f"{heights[at]:.2f}×"
        painter.setFont(small(self.font()))
        taken = painter.fontMetrics().horizontalAdvance(figure) + px(6)
        painter.setPen(QColor(theme.muted))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, figure)
        if not whole:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawEllipse(QPointF(line.left() + px(4), line.center().y()), px(4), px(4))
            line.setLeft(line.left() + px(13))
        painter.setFont(small(self.font(), bold=True))
        painter.setPen(QColor(theme.text))
        name = "All features" if whole else class_name(ring, panel.label)
        room = int(line.width() - taken)
        words = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | middle, words)

    # Pointing.

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.position()
        angle = math.nan
        for panel in self._panels():
            if panel.box.adjusted(0, -px(20), 0, 0).contains(here):
                across = (here.x() - panel.box.left()) / panel.box.width()
                angle = (2 * across - 1) * math.pi
        self.set_angle(angle)
        self.pointed.emit(angle)

    def leaveEvent(self, event: QEvent) -> None:
        self.set_angle(math.nan)
        self.pointed.emit(math.nan)
        super().leaveEvent(event)


def _top(curves: NDArray[np.float32]) -> float:
    """The end of an axis that holds the curves: a round multiple of an even spread, 2 at least."""
    peak = float(curves.max(initial=0)) * 2 * math.pi
    steps = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30)
    return float(next((step for step in steps if peak <= step), math.ceil(peak)))
