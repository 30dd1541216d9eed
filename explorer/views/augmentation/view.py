"""The Augmentation workspace: what views are made of, and whether an encoder overlooks it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from explorer.commands import Command
from explorer.context import AppContext
from explorer.theme import space, themes
from explorer.views.augmentation.images_page import ImagesPage
from explorer.views.augmentation.text_page import TextPage
from explorer.widgets import Segmented

_AGAIN = "augmentation.again"


class AugmentationView(QWidget):
    """A page for each kind of data, and a choice among them where there is more than one."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._stack = QStackedWidget(self)
        self.images = ImagesPage(context, self._stack)
        self.text = TextPage(context, self._stack)
        self.pages: dict[str, tuple[str, QWidget]] = {
            "images": ("Images", self.images),
            "text": ("Sentences", self.text),
        }
        self.kind = Segmented([(name, title) for name, (title, _) in self.pages.items()], "Data")
        self.kind.setVisible(len(self.pages) > 1)
        for _, page in self.pages.values():
            self._stack.addWidget(page)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.kind, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self._stack, 1)
        self.kind.changed.connect(self.show_page)
        themes().changed.connect(self._fit)
        self._fit()

    def show_page(self, name: str) -> None:
        """Turns to the data called ``name``."""
        self.kind.set_value(name)
        self._stack.setCurrentWidget(self.pages[name][1])

    def draw_again(self) -> None:
        """Other views of what is looked at."""
        page = self.text if self._stack.currentWidget() is self.text else self.images.form
        page.draw_again()

    def showEvent(self, event: QShowEvent) -> None:
        # A single letter is a shortcut only here: elsewhere it finds entries of lists.
        super().showEvent(event)
        if not event.spontaneous():
            again = Command(_AGAIN, "Draw views again", self.draw_again, "Augmentation", "R")
            self.context.commands.add(again)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self.context.commands.remove(_AGAIN)

    def _fit(self, _theme: object = None) -> None:
        self._column.setContentsMargins(space(6), space(5), space(2), 0)
        self._column.setSpacing(space(3))
