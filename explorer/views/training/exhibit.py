"""A chart with its name and what it is measured on, made when it is first seen."""

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.views.training.plots import RunChart
from explorer.widgets import Label


class Exhibit(QWidget):
    """A place in a column of charts; empty until its chart is asked for.

    Nine charts at once would hold the window up for as long as it takes to paint six frames.

    Attributes:
        name: the label above the chart.
        note: the label below it.
    """

    def __init__(self, kind: type[RunChart], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._chart: RunChart | None = None
        self._renamed: tuple[str, str] | None = None
        self._waiting: list[Any] = []
        self.name = Label(kind.title, "heading")
        self.note = Label("", "caption", wrap=True)
        self._room = QWidget(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for part in (self.name, self._room, self.note):
            self._column.addWidget(part)
        themes().changed.connect(self._fit)
        self._fit()

    @property
    def chart(self) -> RunChart:
        """The chart, which is made now if it was not yet."""
        if self._chart is None:
            self._chart = self._kind()
            self._column.replaceWidget(self._room, self._chart)
            self._room.deleteLater()
            if self._renamed is not None:
                self._chart.rename(*self._renamed)
        return self._chart

    def rename(self, name: str, left: str) -> None:
        """Another name, and another of the left axis."""
        self.name.setText(name)
        self._renamed = name, left
        if self._chart is not None:
            self._chart.rename(name, left)

    def say(self, text: str) -> None:
        """What it is measured on."""
        if self.note.text() != text:
            self.note.setText(text)

    def put(self, value: Any) -> None:
        """Keeps ``value`` to be drawn by ``draw``."""
        self._waiting = [value]

    def draw(self) -> None:
        """Draws what was put last, unless that is drawn."""
        if self._waiting:
            self.chart.show_value(self._waiting.pop())

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(1))
        if self._chart is None:
            self._room.setFixedHeight(px(self._kind.tall))
