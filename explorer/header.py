"""The bar along the top of the window."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.tokens import Theme
from explorer.widgets import Button, ElidedLabel, IconButton


class Header(QFrame):
    """At the left what ``set_content`` puts there, at the right what every workspace shares."""

    palette_wanted = Signal()
    theme_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content: QWidget = ElidedLabel("Contrastive Explorer", "heading")
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._content, 1)
        self.commands = Button("Commands  Ctrl+K", "quiet", "command")
        self.commands.setAccessibleName("Commands")
        self.commands.clicked.connect(self.palette_wanted)
        self.theme = IconButton("moon", "Dark theme")
        self.theme.clicked.connect(self.theme_wanted)
        self._row.addWidget(self.commands)
        self._row.addWidget(self.theme)
        self._fit(themes().current)
        themes().changed.connect(self._fit)

    @property
    def content(self) -> QWidget:
        return self._content

    def set_content(self, widget: QWidget) -> None:
        self._row.replaceWidget(self._content, widget)
        self._row.setStretchFactor(widget, 1)
        self._content.hide()
        self._content.deleteLater()
        self._content = widget
        widget.show()

    def adapt(self, width: int) -> None:
        """Leaves the room to the content where the window is ``width`` pixels wide and small."""
        self.commands.setText("Commands  Ctrl+K" if width >= px(900) else "")

    def _fit(self, theme: Theme) -> None:
        self._row.setContentsMargins(space(4), 0, space(2), 0)
        self._row.setSpacing(space(1))
        self.setFixedHeight(px(48))
        dark = theme.name == "dark"
        self.theme.set_icon("sun" if dark else "moon")
        self.theme.set_label("Light theme" if dark else "Dark theme")
