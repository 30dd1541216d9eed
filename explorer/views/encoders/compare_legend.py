"""What the colours mean, in one line that breaks where room is short."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme import px, themes
from explorer.views.encoders.compare_colors import Paint
from explorer.widgets.ramp import ramp

_LINES, _MORE = 2, "and {} more"
_LONGEST = 200  # pixels of a name at text size 100 %


class PaintLegend(QWidget):
    """A bar between two words, or a dot before each name."""

    def __init__(self) -> None:
        super().__init__()
        self._paint: Paint | None = None
        self._more: tuple[float, float, str] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        themes().changed.connect(self._fit)
        self._fit()

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that is written, in its order."""
        if self._paint is None:
            return ()
        return self._paint.ends or tuple(name for name, _ in self._paint.names)

    def show_paint(self, paint: Paint | None) -> None:
        """Explains ``paint``; None explains nothing."""
        self._paint = paint
        self.setAccessibleName(f"Colours: {', '.join(self.words)}" if self.words else "")
        self.setToolTip(", ".join(self.words) if paint is not None and paint.names else "")
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(px(120), self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(px(60), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._paint is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._paint.ends is not None:
            self._paint_ramp(painter, *self._paint.ends)
            return
        dot, line = px(8), self._line()
        for (x, y, text), (_, color) in zip(self._places(), self._paint.names, strict=False):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(color))
            painter.drawEllipse(QRectF(x, y + (line - dot) / 2, dot, dot))
            self._write(painter, x + dot + px(5), y, text)
        if self._more is not None:
            self._write(painter, *self._more)

    def _paint_ramp(self, painter: QPainter, low: str, high: str) -> None:
        gap, width = px(8), px(110)
        left = self.fontMetrics().horizontalAdvance(low) + gap
        bar = QRectF(left, (self._line() - px(8)) / 2, width, px(8))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ramp(bar))
        painter.drawRoundedRect(bar, px(4), px(4))
        self._write(painter, 0, 0, low)
        self._write(painter, bar.right() + gap, 0, high)

    def _write(self, painter: QPainter, x: float, y: float, text: str) -> None:
        painter.setPen(QColor(themes().current.muted))
        room = QRectF(x, y, self.fontMetrics().horizontalAdvance(text) + 2, self._line())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)

    def _places(self) -> list[tuple[float, float, str]]:
        """Where each name stands, shortened where it is very long; of many the first lines."""
        places, x, y = [], 0.0, 0.0
        names = self._paint.names if self._paint is not None else ()
        for at, (name, _) in enumerate(names):
            text = self._short(name)
            if x and x + self._wide(text) > self.width():
                x, y = 0.0, y + self._line()
            places.append((x, y, text))
            x += self._wide(text) + px(14)
            if y >= (_LINES - 1) * self._line() and at < len(names) - 1:
                following = self._wide(self._short(names[at + 1][0]))
                last = at == len(names) - 2
                rest = 0.0 if last else px(14) + self._wide(_MORE.format(len(names) - at - 2))
                if x + following + rest > self.width():
                    self._more = (x, y, _MORE.format(len(names) - at - 1))
                    return places
        self._more = None
        return places

    def _short(self, name: str) -> str:
        return self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, px(_LONGEST))

    def _wide(self, text: str) -> int:
        return px(13) + self.fontMetrics().horizontalAdvance(text)

    def _line(self) -> float:
        return self.fontMetrics().height() + px(3)

    def _fit(self, _theme: object = None) -> None:
        places = self._places()
        height = round((places[-1][1] if places else 0) + self._line())
        if height != self.height() or height != self.maximumHeight():
            self.setFixedHeight(height)
        self.update()
