"""The side panel of a comparison: figures, the chosen point, and the points that changed most."""

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.views.encoders.compare_figures import FiguresCard
from explorer.views.encoders.compare_neighbours import NeighbourColumns
from explorer.views.encoders.compare_work import Compared
from explorer.widgets import Card, IconButton, Label, ScrollPage
from explorer.widgets.rows import RowButton
from models.comparison.points import words

_LISTED = 30
_SHOWN = 220  # characters of a text


class ComparePanel(ScrollPage):
    """``chosen`` carries a row; −1 chooses none."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__("Figures and changes")
        self.compared: Compared | None = None
        self.figures = FiguresCard()
        self.point = Card(padding=3)
        self.heading = Label("", "heading", wrap=True)
        self.close_button = IconButton("close", "Choose no point (Esc)", size=14)
        self.text = Label("", wrap=True)
        self.neighbours = NeighbourColumns()
        self.changed = Card(padding=3)
        self.rows: list[RowButton] = []
        self._build()
        self.close_button.clicked.connect(lambda: self.chosen.emit(-1))
        self.neighbours.chosen.connect(self.chosen)
        themes().changed.connect(self._fit)
        self._fit()
        self.show_compared(None)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.point.column.addLayout(head)
        self.point.column.addWidget(self.text)
        self.point.column.addWidget(self.neighbours)
        self.changed.column.addWidget(Label("Neighbourhoods that changed most", "heading"))
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.changed.column.addLayout(self._list)
        body = QWidget()
        self._column = QVBoxLayout(body)
        for part in (self.figures, self.point, self.changed):
            self._column.addWidget(part)
        self._column.addStretch(1)
        self.setWidget(body)

    def show_compared(self, compared: Compared | None) -> None:
        """Shows another comparison, or none."""
        self.compared = compared
        for card in (self.figures, self.changed):
            card.setVisible(compared is not None)
        self.point.hide()
        if compared is None:
            return
        self.figures.show_compared(compared)
        found = compared.comparison
        order = found.most_changed[:_LISTED].tolist()
        for at, row in enumerate(order):
            if at == len(self.rows):
                button = RowButton()
                button.chosen.connect(self.chosen)
                self.rows.append(button)
                self._list.addWidget(button)
            text = words(compared.points.texts[row])[:_SHOWN]
            self.rows[at].show_row(row, text, f"{found.kept[row]} of {found.k}")
            self.rows[at].show()
        for spare in self.rows[len(order) :]:
            spare.hide()

    def select(self, row: int) -> None:
        """Shows the text of a point and its neighbours under both; −1 shows none."""
        self.point.setVisible(self.compared is not None and row >= 0)
        if self.compared is None or row < 0:
            return
        found = self.compared.comparison
        moved = np.degrees(found.angles[row])
        self.heading.setText(f"{found.kept[row]} of {found.k} neighbours kept, {moved:.0f}° moved")
        text = words(self.compared.points.texts[row])
        self.text.setText(text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …")
        self.neighbours.show_point(self.compared, row)
        QTimer.singleShot(0, self, self._reveal)  # once it is known where the card is

    def _reveal(self) -> None:
        self.verticalScrollBar().setValue(self.point.y() if self.point.isVisible() else 0)

    def _fit(self, _theme: object = None) -> None:
        self._column.setContentsMargins(0, 0, space(2), space(3))
        self._column.setSpacing(space(3))
