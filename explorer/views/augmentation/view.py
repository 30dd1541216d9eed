"""The Augmentation workspace: what views are made of, and whether an encoder overlooks it."""

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from explorer.context import AppContext
from explorer.theme import space, themes
from explorer.views.augmentation.images_page import ImagesPage
from explorer.widgets import Segmented


class AugmentationView(QWidget):
    """A page for each kind of data, and a choice among them where there is more than one."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.images = ImagesPage(context)
        self.pages: dict[str, tuple[str, QWidget]] = {"images": ("Images", self.images)}
        self.kind = Segmented([(name, title) for name, (title, _) in self.pages.items()], "Data")
        self.kind.setVisible(len(self.pages) > 1)
        self._stack = QStackedWidget()
        for _, page in self.pages.values():
            self._stack.addWidget(page)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.kind)
        self._column.addWidget(self._stack, 1)
        self.kind.changed.connect(lambda name: self._stack.setCurrentWidget(self.pages[name][1]))
        themes().changed.connect(self._fit)
        self._fit()

    def _fit(self, _theme: object = None) -> None:
        self._column.setContentsMargins(space(6), space(5), space(2), 0)
        self._column.setSpacing(space(3))
