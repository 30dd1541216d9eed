"""A sheet laid over the whole window, in place of a dialog of its own."""

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget
from shiboken6 import isValid

from explorer.theme import px, space, themes

_SCRIM_ALPHA = 110


class Sheet(QFrame):
    """The surface in the middle of an overlay."""


class Overlay(QWidget):
    """Dims its window and shows ``sheet``; Esc or a click beside the sheet closes it.

    Part of the window rather than a dialog, so it appears in the right place on every desktop.
    While it is open the Tab key stays within it; afterwards the focus returns to where it was.
    """

    closed = Signal()

    def __init__(self, window: QWidget, width: int, label: str) -> None:
        super().__init__(window)
        self._width = width
        self._before: QWidget | None = None
        self.setAccessibleName(label)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.sheet = Sheet(self)
        self.column = QVBoxLayout(self.sheet)
        self.column.setContentsMargins(1, 1, 1, 1)
        self.column.setSpacing(0)
        self.hide()
        window.installEventFilter(self)
        self.sheet.installEventFilter(self)
        themes().changed.connect(self._follow)

    def open(self, focus: QWidget) -> None:
        """Shows the overlay with the keyboard on ``focus``."""
        if self.isHidden():
            self._before = QApplication.focusWidget()
        self._fit()
        self.show()
        self.raise_()
        focus.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        if self.isHidden():
            return
        self.hide()
        # What had the focus may be gone: opening another project replaces much.
        if self._before is not None and isValid(self._before) and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._before = None
        self.closed.emit()

    def sheet_height(self, room: int) -> int:
        """The height the sheet wants, where ``room`` is there."""
        wrapped = self.column.totalHeightForWidth(self.sheet.width())
        return min(wrapped if wrapped > 0 else self.sheet.sizeHint().height(), room)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        resized = event.type() == QEvent.Type.Resize and watched is self.parent()
        if resized or (event.type() == QEvent.Type.LayoutRequest and watched is self.sheet):
            self._follow()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        # Every other key ends here too: what lies below the sheet must not hear it.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.sheet.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def focusNextPrevChild(self, forward: bool) -> bool:
        inside = [
            widget
            for widget in self.findChildren(QWidget)
            if widget.isVisible()
            and widget.isEnabled()
            and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        focused = QApplication.focusWidget()
        if inside:
            at = inside.index(focused) if focused in inside else -1
            reason = Qt.FocusReason.TabFocusReason
            inside[(at + (1 if forward else -1)) % len(inside)].setFocus(reason)
        return True

    def paintEvent(self, event: object) -> None:
        color = QColor(themes().current.scrim)
        color.setAlpha(_SCRIM_ALPHA)
        painter = QPainter(self)
        painter.fillRect(self.rect(), color)

    def _follow(self) -> None:
        if self.isVisible():
            self._fit()

    def _fit(self) -> None:
        window = self.parentWidget().size()
        self.setGeometry(0, 0, window.width(), window.height())
        margin = space(4)
        width = min(px(self._width), window.width() - 2 * margin)
        top = max(margin, window.height() // 9)
        self.sheet.setFixedWidth(width)
        height = self.sheet_height(window.height() - top - margin)
        self.sheet.setGeometry(QRect((window.width() - width) // 2, top, width, height))
