"""One augmentation: its name and paper, its views, and how far they lie from the sentence."""

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from explorer.theme import space, themes
from explorer.views.augmentation.text_methods import METHODS
from explorer.views.augmentation.text_overview import written
from explorer.views.augmentation.text_views import ViewList, ViewRow
from explorer.widgets import Card, Label
from models.augment.text_studio import Cosines, way


class MethodCard(Card):
    """What is shown of one entry of ``METHODS``."""

    def __init__(self, name: str) -> None:
        super().__init__(padding=3)
        shown = METHODS[name]
        self.method = name
        self.title = Label(shown.title, "heading")
        self.figures = Label("", "muted")
        self.figures.setToolTip(
            "Mean and standard deviation of the cosines, and how far that lies on the way from "
            "the sentence (0%) to other sentences (100%)"
        )
        self.about = Label(f"{shown.paper}. {shown.about}", "caption", wrap=True)
        self.note = Label("", "muted", wrap=True)
        self.note.hide()
        self.views = ViewList()
        self.views.setAccessibleName(f"Views by {shown.title}")
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.figures.setAlignment(right)
        self._head = QHBoxLayout()
        self._head.addWidget(self.title)
        self._head.addWidget(self.figures, 1)
        self.column.addLayout(self._head)
        self.column.addWidget(self.about)
        self.column.addWidget(self.note)
        self.column.addWidget(self.views)
        themes().changed.connect(self._space)
        self._space()

    def show_rows(self, rows: Sequence[ViewRow], note: str = "") -> None:
        """Other views of this kind; ``note`` is what there is to say of them."""
        self._say(note)
        self.views.show_rows(rows)

    def show_cosines(self, cosines: Cosines, others: Cosines, low: float) -> None:
        """What was measured of them; an axis begins at ``low``."""
        other = float(others.mean()) if len(others) else math.nan
        self.views.show_cosines(cosines.tolist(), low, other)
        share = way(cosines, others)
        words = written(cosines)
        if not math.isnan(share):
            words += f"  ·  {share:.0%} of the way".replace("-", "−")
        self.figures.setText(words)

    def show_trouble(self, text: str) -> None:
        """Says why there are no views."""
        self.views.show_rows(())
        self.views.show_cosines((), 0.0, math.nan)
        self.figures.setText("")
        self._say(text)

    def _say(self, text: str) -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _space(self, _theme: object = None) -> None:
        self._head.setSpacing(space(2))
