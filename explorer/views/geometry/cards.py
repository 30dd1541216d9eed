"""The surfaces of this workspace: a figure, a chart with its formula, and their arrangement."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.charts import Chart
from explorer.theme import px, space, themes
from explorer.widgets import Card, Label
from explorer.widgets.formula import Formula
from models.portrait import Portrait

_NO_LIMIT = (1 << 24) - 1  # Qt's greatest height of a widget
_WIDE = 940  # pixels at text size 100 % from which on two cards stand beside one another


class Tile(Card):
    """One figure with its name and what to hold it against."""

    def __init__(self) -> None:
        super().__init__(padding=3)
        self.name = Label("", "caption", wrap=True)
        self.figure = Label("", "title")
        self.note = Label("", "caption", wrap=True)
        for part in (self.name, self.figure, self.note):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def show_figure(self, name: str, figure: str, note: str) -> None:
        """Shows ``figure`` under ``name``; ``note`` says what it is held against."""
        self.name.setText(name)
        self.figure.setText(figure)
        self.note.setText(note)


class ChartCard(Card):
    """A chart under its name, what to read from it, and the formulas that it draws."""

    def __init__(self, chart: Chart, note: str, formulas: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(padding=4)
        self.chart = chart
        self.heading = Label(chart.accessibleName(), "heading", wrap=True)
        self.note = Label(note, "caption", wrap=True)
        self.words = Label("", wrap=True)
        self.words.hide()
        self.formulas = [Formula(*formula) for formula in formulas]
        for part in (self.heading, _Room(chart), self.words, *self.formulas, self.note):
            self.column.addWidget(part)

    def show_portrait(self, portrait: Portrait | None, words: str) -> None:
        """Draws ``portrait`` and says ``words`` of it."""
        self.chart.show_value(portrait)
        self.say(words)

    def say(self, words: str) -> None:
        """What these vectors show, in words; empty takes no room."""
        self.words.setText(words)
        self.words.setVisible(bool(words))


class _Room(QWidget):
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
    """Cards in two columns, or in one where there is no room for two."""

    def __init__(self) -> None:
        super().__init__()
        self._cards: tuple[QWidget, ...] = ()
        self._placed: tuple[object, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        themes().changed.connect(self._place)

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
        count = 2 if self.width() >= px(_WIDE) else 1
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
