"""What stands beside the list of passages: the sphere, all questions, or their margins."""

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.views.negatives.questions import QuestionList
from explorer.views.negatives.sphere import NegativeSphere
from explorer.views.negatives.summary import Summary
from explorer.widgets import Segmented

_PAGES = (("sphere", "Sphere"), ("questions", "Questions"), ("margins", "All questions"))


class SidePages(QWidget):
    """Three pages, of which one is seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = Segmented(_PAGES, "Beside the list")
        self.sphere, self.list, self.summary = NegativeSphere(), QuestionList(), Summary()
        self._stack = QStackedWidget(self)
        for part in (self.sphere, self.list, self.summary):
            self._stack.addWidget(part)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.page)
        self._column.addWidget(self._stack, 1)
        self.page.changed.connect(self.turn)
        themes().changed.connect(self._fit)
        self._fit()

    def turn(self, page: str) -> None:
        """Turns to "sphere", "questions" or "margins"."""
        self.page.set_value(page)
        self._stack.setCurrentIndex([name for name, _ in _PAGES].index(page))

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(2))
