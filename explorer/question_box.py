"""The question, in whichever view it is typed: every box shows the same text."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from explorer.session import Session
from explorer.widgets import SearchField


class QuestionBox(SearchField):
    """A search field bound to the session's question; the answer follows at every key."""

    down = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Ask a question …", "Question", parent=parent)
        self.setMaxLength(2000)
        self.textEdited.connect(session.ask)
        session.question_changed.connect(self._follow)
        self._follow(session.question)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.down.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self.textEdited.emit("")
        else:
            super().keyPressEvent(event)

    def _follow(self, question: str) -> None:
        if question != self.text():
            self.setText(question)
            self.setCursorPosition(0)
