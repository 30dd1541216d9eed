"""What lies on the plane of runs beside its points: the colour scale and the card."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.widgets import Label
from explorer.widgets.ramp import ramp


class ScoreScale(QWidget):
    """A bar of the colours with the scores at both its ends; ``scored`` is their name and unit."""

    def __init__(self, parent: QWidget, scored: tuple[str, str] = ("accuracy", " %")) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._scored = scored
        self._ends = ("", "")

    @property
    def words(self) -> str:
        """What is written, in one line."""
        return " … ".join(self._ends) if self._ends[0] else ""

    def show_domain(self, domain: tuple[float, float], known: bool) -> None:
        """Shows a bar from one score to the other, or nothing where no score is known."""
        name, unit = self._scored
        low, high = (f"{end:g}{unit}" for end in domain)
        self._ends = (low, f"{high} {name}") if known else ("", "")
        self.setAccessibleName(f"Colours: {self.words}" if known else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.words:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        font.setPixelSize(px(12))
        painter.setFont(font)
        painter.setPen(QColor(themes().current.muted))
        low, high = self._ends
        metrics = painter.fontMetrics()
        gap, width = space(2), px(110)
        right = self.width() - gap - metrics.horizontalAdvance(high)
        left = right - 2 * gap - width - metrics.horizontalAdvance(low)
        height, middle = metrics.height(), px(14)
        for x, text in ((left, low), (right, high)):
            area = QRectF(x, middle - height / 2, metrics.horizontalAdvance(text) + 2, height)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)
        bar = QRectF(right - gap - width, middle - px(4), width, px(8))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ramp(bar))
        painter.drawRoundedRect(bar, px(4), px(4))


class PointCard(QFrame):
    """The name and figures of a point, beside it; never leaves the chart nor takes the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "hovercard")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.title = Label("", "heading", wrap=True)
        self.text = Label("", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.title)
        self._column.addWidget(self.text)
        self.hide()

    def show_point(self, title: str, text: str, at: QPointF) -> None:
        """Shows ``title`` over lines of ``text`` beside ``at``, a point of the parent."""
        self.title.setText(title)
        self.text.setText(text)
        side = space(3)
        self._column.setContentsMargins(side, space(2), side, space(2))
        self._column.setSpacing(space(1))
        room = self.parentWidget().rect()
        width = min(px(240), room.width())
        self.setFixedWidth(width)
        height = self._column.totalHeightForWidth(width)
        self.setFixedHeight(min(height, room.height()))
        gap = px(14)
        x = at.x() + gap if at.x() + gap + width <= room.right() else at.x() - gap - width
        y = min(max(at.y() - self.height() / 2, 0), room.height() - self.height())
        self.move(round(max(x, 0)), round(y))
        self.show()
        self.raise_()
