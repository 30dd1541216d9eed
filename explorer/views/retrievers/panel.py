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

    def __init__(self) -> None:
        super().__init__()
        self.page = Segmented(_PAGES, "Beside the table")
        self.page.setProperty("compact", True)
        self.duels, self.hybrid = DuelPage(), HybridPage()
        self.negatives, self.paper = NegativesPage(), PaperPage()
        self._pages = QStackedLayout()
        self._pages.addWidget(self.duels)
        for part, name in (
            (self.hybrid, "The hybrid"),
            (self.negatives, "The table of negatives"),
            (self.paper, "Published figures"),
        ):
            self._pages.addWidget(ScrollPage(name, part, keys=False))
        card = Card(padding=3)
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
