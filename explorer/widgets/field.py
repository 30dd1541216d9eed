"""A line to type in, with an icon before the text and a button that empties it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from explorer.theme import px, themes
from explorer.tokens import Theme
from explorer.widgets.buttons import IconButton
from explorer.widgets.text import IconLabel


class SearchField(QLineEdit):
    """QLineEdit whose icons grow with the text, which those of ``addAction`` do not.

    The button to empty it counts as editing: ``textEdited`` tells of it.
    """

    def __init__(
        self, placeholder: str, label: str, icon: str = "search", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "search")
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(label)
        self._icon = IconLabel(icon, "muted", 16, self)
        self.clear_button = IconButton("close", "Clear", size=14, parent=self)
        self.clear_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clear_button.setCursor(Qt.CursorShape.ArrowCursor)
        self.clear_button.clicked.connect(self._clear)
        self.textChanged.connect(self._place)
        themes().changed.connect(self._fit)
        self._fit(themes().current)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _clear(self) -> None:
        self.clear()
        self.textEdited.emit("")

    def _fit(self, theme: Theme) -> None:
        self.setTextMargins(px(24), 0, px(24), 0)
        self._place()

    def _place(self) -> None:
        self._icon.move(px(12), (self.height() - self._icon.height()) // 2)
        self.clear_button.setVisible(bool(self.text()) and not self.isReadOnly())
        self.clear_button.resize(self.clear_button.sizeHint())
        room = self.height() - self.clear_button.height()
        self.clear_button.move(self.width() - self.clear_button.width() - px(6), room // 2)
