"""The surfaces of this workspace: a figure, a chart with its formula, and their arrangement."""

from collections.abc import Sequence

from explorer.chart_cards import ChartRoom
from explorer.charts import Chart
from explorer.widgets import Card, Label
from explorer.widgets.formula import Formula
from models.portrait import Portrait


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
        for part in (self.heading, ChartRoom(chart), self.words, *self.formulas, self.note):
            self.column.addWidget(part)

    def show_portrait(self, portrait: Portrait | None, words: str) -> None:
        """Draws ``portrait`` and says ``words`` of it."""
        self.chart.show_value(portrait)
        self.say(words)

    def say(self, words: str) -> None:
        """What these vectors show, in words; empty takes no room."""
        self.words.setText(words)
        self.words.setVisible(bool(words))
