"""Beside the table: questions one by one, the hybrid, negatives, and what the paper prints."""

from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.views.retrievers.duel_page import DuelPage
from explorer.views.retrievers.hybrid_page import HybridPage
from explorer.views.retrievers.negatives_page import NegativesPage
from explorer.views.retrievers.paper_page import PaperPage
from explorer.widgets import Card, ScrollPage, Segmented

_PAGES = (
    ("questions", "Questions"),
    ("hybrid", "Hybrid"),
    ("negatives", "Negatives"),
    ("paper", "Published"),
)


class Panel(QWidget):
    """Four pages in a card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        card = Card(self, padding=3)
        self.page = Segmented(_PAGES, "Beside the table")
        self.page.setProperty("compact", True)
        self.duels = DuelPage(card)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.duels)
        names = ("The hybrid", "The table of negatives", "Published figures")
        places = [ScrollPage(name, keys=False, parent=card) for name in names]
        hybrid, negatives, paper = (place.viewport() for place in places)
        self.hybrid = HybridPage(hybrid)
        self.negatives, self.paper = NegativesPage(negatives), PaperPage(paper)
        for place, part in zip(places, (self.hybrid, self.negatives, self.paper), strict=True):
            place.setWidget(part)
            self._pages.addWidget(place)
        self._switches = QHBoxLayout()
        self._switches.addWidget(self.page)
        self._switches.addStretch(1)
        card.column.addLayout(self._switches)
        card.column.addLayout(self._pages, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(card)
        self.page.changed.connect(self.turn)
        themes().changed.connect(self._fit)
        self._fit()

    def turn(self, page: str) -> None:
        """Shows a page."""
        self.page.set_value(page)
        self._pages.setCurrentIndex([name for name, _ in _PAGES].index(page))

    def _fit(self, _theme: object = None) -> None:
        for part in (self.hybrid, self.negatives, self.paper):
            part.setContentsMargins(0, space(1), space(2), 0)
