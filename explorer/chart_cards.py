"""How charts stand on a page: with room to grow, in cards side by side."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.charts import Chart
from explorer.theme import px, space, themes

_NO_LIMIT = (1 << 24) - 1  # Qt's greatest height of a widget


class ChartRoom(QWidget):
    """Lets a chart grow with the card beside it, from the height that it asks for."""

    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self._chart = chart
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(chart)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
        themes().changed.connect(self._free)
        self._free()

    def sizeHint(self) -> QSize:
        return QSize(px(240), self._chart.minimumHeight())

    def _free(self, _theme: object = None) -> None:
        # The chart, which heard of the theme first, has just fixed its height.
        self._chart.setMaximumHeight(_NO_LIMIT)
        self.updateGeometry()


class Columns(QWidget):
    """Cards in two columns, or in one where there is no room for two.

    Args:
        cards: that are there from the first.
        wide: pixels at text size 100 % from which on two stand beside one another.
    """

    def __init__(self, *cards: QWidget, wide: int = 940, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wide = wide
        self._cards: tuple[QWidget, ...] = cards
        self._placed: tuple[object, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        themes().changed.connect(self._place)
        self._place()

    def add(self, card: QWidget) -> None:
        """Puts ``card`` before the last one."""
        self._cards = (*self._cards[:-1], card, *self._cards[-1:])
        self._place()

    def show_cards(self, cards: Sequence[QWidget]) -> None:
        """Shows these and no others, in this order."""
        for card in self._cards:
            if card not in cards:
                card.hide()
        self._cards = tuple(cards)
        self._place()
        for card in self._cards:
            card.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self, _theme: object = None) -> None:
        self._grid.setSpacing(space(4))
        count = 2 if self.width() >= px(self._wide) else 1
        if self._placed == (count, self._cards):
            return
        self._placed = (count, self._cards)
        for card in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            self._grid.removeWidget(card)
        for at, card in enumerate(self._cards):
            # A card that would stand alone takes the whole row.
            alone = at == len(self._cards) - 1 and at % count == 0
            self._grid.addWidget(card, at // count, at % count, 1, count if alone else 1)
        for column in (0, 1):
            self._grid.setColumnStretch(column, 1 if column < count else 0)
