"""Text and pictures that only show."""

from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from explorer import icons
from explorer.theme import px, themes
from explorer.tokens import Theme

Role = Literal["body", "display", "title", "heading", "muted", "caption", "danger", "key"]


class Label(QLabel):
    """Plain text in one of the roles of the style sheet; ``wrap`` breaks it into lines."""

    def __init__(
        self,
        text: str = "",
        role: Role = "body",
        *,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setProperty("role", role)
        self.setText(text)


class ElidedLabel(Label):
    """One line of plain text that ends in … where room is short; a tool tip then holds it all."""

    def __init__(
        self,
        text: str = "",
        role: Role = "body",
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        self._full = ""
        self._mode = mode
        super().__init__(role=role, parent=parent)
        self.setText(text)

    def text(self) -> str:
        return self._full

    def setText(self, text: str) -> None:
        self._full = " ".join(text.split())
        self.setAccessibleName(self._full)
        self.updateGeometry()
        self._elide()

    def sizeHint(self) -> QSize:
        # One pixel more than measured: advances are fractional, and a rounded one must not elide.
        width = self.fontMetrics().horizontalAdvance(self._full) + 1 + self._frame()
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance("…") + self._frame()
        return QSize(min(width, self.sizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _frame(self) -> int:
        return self.width() - self.contentsRect().width()

    def _elide(self) -> None:
        room = self.contentsRect().width()
        shown = self.fontMetrics().elidedText(self._full, self._mode, room)
        super().setText(shown)
        self.setToolTip(_escaped(self._full) if shown != self._full else "")


def _escaped(text: str) -> str:
    """``text`` for a tool tip, which would otherwise read tags in it."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<span>{safe}</span>"


class IconLabel(QWidget):
    """An icon that only shows, in a colour of the theme named by ``role``."""

    def __init__(
        self, name: str, role: str = "muted", size: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._role, self._size = name, role, size
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._fit(themes().current)
        themes().changed.connect(self._fit)

    def set_icon(self, name: str, role: str | None = None) -> None:
        self._name, self._role = name, role or self._role
        self.update()

    def paintEvent(self, event: object) -> None:
        color = getattr(themes().current, self._role)
        icons.icon(self._name, color).paint(QPainter(self), self.rect())

    def _fit(self, theme: Theme) -> None:
        side = px(self._size)
        self.setFixedSize(side, side)
        self.update()
