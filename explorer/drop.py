"""Files dropped anywhere on the window."""

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from explorer.theme import space
from explorer.widgets import IconLabel, Label

_DRAGS = {QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop}


class DropHint(QFrame):
    """Covers the window while files hover over it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column = QVBoxLayout(self)
        column.addStretch()
        column.addWidget(IconLabel("download", "accent", 40), 0, Qt.AlignmentFlag.AlignHCenter)
        text = Label("Drop files or folders to open them", "title")
        column.addWidget(text, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        self.hide()


class DropTarget(QObject):
    """Takes files dropped on ``window``, whatever widget lies under the pointer.

    It listens before any widget does, so that a search field cannot take a file for text.
    """

    dropped = Signal(list)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.hint = DropHint(window)

    def listen(self) -> None:
        """Begins; the window must have been shown."""
        self._window.windowHandle().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.DragLeave:
            self.hint.hide()
        if kind not in _DRAGS:
            return False
        paths = _paths(event.mimeData())
        if not paths:
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if kind == QEvent.Type.Drop:
            self.hint.hide()
            self.dropped.emit(paths)
        elif self.hint.isHidden():
            margin = space(2)
            self.hint.setGeometry(self._window.rect().adjusted(margin, margin, -margin, -margin))
            self.hint.show()
            self.hint.raise_()
        return True


def _paths(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
