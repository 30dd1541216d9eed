"""Messages at the bottom right of the window."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QEnterEvent, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from explorer.notices import Notice
from explorer.theme import px, space, themes
from explorer.tokens import Theme
from explorer.widgets.buttons import Button, IconButton
from explorer.widgets.overlay import Overlay
from explorer.widgets.text import IconLabel, Label

_ICONS = {
    "info": ("info", "accent"),
    "success": ("success", "ok"),
    "warning": ("warning", "warning"),
    "error": ("error", "danger"),
}
_TIMEOUT_MS = {"info": 6000, "success": 5000, "warning": 12000}  # errors stay
_MOST = 4


class Toast(QFrame):
    """One message. A click dismisses it, and so does time, unless the pointer rests on it."""

    dismissed = Signal()

    def __init__(self, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setAccessibleName(notice.text)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.dismissed)
        self.text = Label(notice.text, wrap=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.close_button = IconButton("close", "Dismiss this message", size=14)
        self.close_button.clicked.connect(self.dismissed)
        self._top = QHBoxLayout()
        mark = IconLabel(*_ICONS[notice.kind], 18)
        self._top.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        self._top.addWidget(self.text, 1)
        self._top.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._top)
        self._buttons = QHBoxLayout()
        self._buttons.addStretch()
        if notice.details:
            self._add_details(notice.details)
        if notice.action:
            label, run = notice.action
            self.action = Button(label, "normal")
            self.action.clicked.connect(self.dismissed)
            self.action.clicked.connect(lambda: run())
            self._buttons.addWidget(self.action)
        if self._buttons.count() > 1:
            self._column.addLayout(self._buttons)
        self._fit(themes().current)
        themes().changed.connect(self._fit)

    def start(self) -> None:
        """Lets time run, from the beginning."""
        if self.notice.kind in _TIMEOUT_MS:
            self._timer.start(_TIMEOUT_MS[self.notice.kind])

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.dismissed.emit()

    def _add_details(self, details: str) -> None:
        self.details = QPlainTextEdit(details, readOnly=True)
        self.details.setAccessibleName("Details")
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.hide()
        self._column.addWidget(self.details)
        self.details_button = Button("Details", "quiet")
        self.details_button.clicked.connect(self._toggle_details)
        self.copy_button = Button("Copy", "quiet", "copy")
        self.copy_button.clicked.connect(self._copy)
        self._buttons.addWidget(self.details_button)
        self._buttons.addWidget(self.copy_button)

    def _toggle_details(self) -> None:
        self.details.setVisible(self.details.isHidden())
        self.details_button.setText("Details" if self.details.isHidden() else "Hide details")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.notice.text}\n\n{self.notice.details}")
        self.copy_button.setText("Copied")
        self.copy_button.set_icon("check")

    def _fit(self, theme: Theme) -> None:
        self._column.setContentsMargins(space(3.5), space(3), space(2.5), space(3))
        self._column.setSpacing(space(2))
        self._top.setSpacing(space(2.5))
        self._buttons.setSpacing(space(1))
        if self.notice.details:
            self.details.setFixedHeight(px(150))


class ToastStack(QWidget):
    """The messages of one window, the newest at the bottom; Esc dismisses that one."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._toasts: list[Toast] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._bottom = 0
        self.hide()
        window.installEventFilter(self)

    @property
    def toasts(self) -> tuple[Toast, ...]:
        return tuple(self._toasts)

    def set_bottom(self, pixels: int) -> None:
        """Keeps clear of the lowest ``pixels`` of the window."""
        self._bottom = pixels
        self._place()

    def add(self, notice: Notice) -> None:
        """Shows ``notice``; one that is already shown only starts its time anew."""
        for toast in self._toasts:
            if (toast.notice.text, toast.notice.kind) == (notice.text, notice.kind):
                toast.start()
                return
        if len(self._toasts) == _MOST:
            self._drop(self._toasts[0])
        toast = Toast(notice, self)
        toast.dismissed.connect(lambda: self._drop(toast))
        if not self._toasts:
            QApplication.instance().installEventFilter(self)
        self._toasts.append(toast)
        self._column.addWidget(toast)
        toast.start()
        toast.show()
        self.show()
        self.raise_()
        self._place()
        QAccessible.updateAccessibility(QAccessibleEvent(toast, QAccessible.Event.Alert))

    def clear(self) -> None:
        """Dismisses everything."""
        for toast in self.toasts:
            self._drop(toast)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a toast has grown, shrunk or gone
            self._place()
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Resize and watched is self.parent():
            self._place()
        elif self._toasts and kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            return self._hear_escape(watched, event)
        return False

    def _hear_escape(self, watched: QObject, event: QEvent) -> bool:
        """Takes Esc for the newest toast, before any shortcut or view gets it."""
        if event.key() != Qt.Key.Key_Escape or not isinstance(watched, QWidget):
            return False
        if QApplication.activePopupWidget() or QApplication.activeModalWidget():
            return False
        widget: QObject | None = watched
        while widget is not None and widget is not self.parent():
            if isinstance(widget, Overlay):
                return False
            widget = widget.parent()
        if widget is None:
            return False
        event.accept()  # of a ShortcutOverride this means: send it as a key, not as a shortcut
        if event.type() == QEvent.Type.KeyPress:
            self._drop(self._toasts[-1])
        return True

    def _drop(self, toast: Toast) -> None:
        if toast not in self._toasts:
            return
        self._toasts.remove(toast)
        self._column.removeWidget(toast)
        toast.hide()
        toast.deleteLater()
        if not self._toasts:
            QApplication.instance().removeEventFilter(self)
            self.hide()
        self._place()

    def _place(self) -> None:
        window = self.parentWidget().size()
        margin = space(4)
        if self._column.spacing() != space(2):  # setting it asks for a layout, and that for this
            self._column.setSpacing(space(2))
        width = min(px(390), window.width() - 2 * margin)
        height = self._column.totalHeightForWidth(width)
        if height < 0:
            height = self._column.totalSizeHint().height()
        bottom = window.height() - self._bottom - margin
        height = min(height, bottom)
        self.setGeometry(window.width() - width - margin, bottom - height, width, height)
