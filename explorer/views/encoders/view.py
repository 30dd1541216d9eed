"""The Encoders workspace: what encoders of text reach, and how they differ."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from explorer.context import AppContext
from explorer.theme import space, themes
from explorer.views.encoders.compare_page import ComparePage
from explorer.views.encoders.layers_page import LayersPage
from explorer.views.encoders.plane_page import PlanePage
from explorer.views.encoders.scores_page import ScoresPage
from explorer.widgets import Segmented


class EncodersView(QWidget):
    """A page for each question; each is made when it is first asked."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.pages: dict[str, tuple[str, Callable[[AppContext], QWidget]]] = {
            "scores": ("Scores", ScoresPage),
            "compare": ("Compare", ComparePage),
            "plane": ("Plane", PlanePage),
            "layers": ("Layers", LayersPage),
        }
        self._made: dict[str, QWidget] = {}
        self.page = Segmented([(name, title) for name, (title, _) in self.pages.items()], "Page")
        self.page.setVisible(len(self.pages) > 1)
        self._stack = QStackedWidget()
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.page, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self._stack, 1)
        self.page.changed.connect(self.show_page)
        themes().changed.connect(self._fit)
        self._fit()
        self.show_page("scores")

    def show_page(self, name: str) -> QWidget:
        """Turns to the page called ``name`` and returns it."""
        if name not in self._made:
            self._made[name] = self.pages[name][1](self.context)
            self._stack.addWidget(self._made[name])
        self.page.set_value(name)
        self._stack.setCurrentWidget(self._made[name])
        return self._made[name]

    def _fit(self, _theme: object = None) -> None:
        self._column.setContentsMargins(space(6), space(5), space(6), 0)
        self._column.setSpacing(space(3))
