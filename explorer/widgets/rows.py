"""Rows of short lists, which a click or Space chooses."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from explorer.theme import px, space, themes


class HoverRow(QAbstractButton):
    """What rows have in common; each draws itself upon ``paint_ground``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        themes().changed.connect(self.updateGeometry)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paint_ground(self, painter: QPainter) -> None:
        """Shows whether it is pointed at, and whether it has the keyboard."""
        theme = themes().current
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(box, px(6), px(6))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), px(2)))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), px(6), px(6))


class RowButton(HoverRow):
    """A name, and a figure at its right; plain text whatever it holds."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = -1
        self._figure = self._more = ""
        self.clicked.connect(lambda: self.chosen.emit(self.row))

    def show_row(self, row: int, title: str, figure: str, more: str = "") -> None:
        """What it shows, and what it sends when chosen; ``more`` follows the title, muted."""
        self.row, self._figure, self._more = row, figure, " ".join(more.split())
        self.setText(" ".join(title.split()))
        self.setAccessibleName(f"{title} {figure}".strip())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(120), self.fontMetrics().height() + px(10))

    def paintEvent(self, event: object) -> None:
        theme = themes().current
        painter = QPainter(self)
        self.paint_ground(painter)
        inner = self.rect().adjusted(space(2), 0, -space(2), 0)
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self._figure)
        painter.setPen(QColor(theme.muted))
        painter.drawText(
            inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._figure
        )
        room = inner.width() - width - (space(3) if width else 0)
        title = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, max(room, 0))
        painter.setPen(QColor(theme.text))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, left, title)
        room -= metrics.horizontalAdvance(title) + space(2)
        if self._more and room > space(8):
            painter.setPen(QColor(theme.muted))
            inner.setLeft(inner.right() - width - (space(3) if width else 0) - room + 1)
            more = metrics.elidedText(self._more, Qt.TextElideMode.ElideRight, room)
            painter.drawText(inner, left, more)
