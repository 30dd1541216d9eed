"""Which triplets are looked at: words, order, kind."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.widgets import Choice, IconButton, Label, SearchField
from models.triplet_table import TripletTable, Wanted

_ONLY = (
    ("all", "All triplets", "All triplets"),
    ("wrong", "Contradiction closer", "A: contradiction closer"),
    ("wrong2", "", "B: contradiction closer"),
    ("changed", "", "Order differs, A and B"),
    ("mended", "", "Wrong in A, right in B"),
    ("spoiled", "", "Right in A, wrong in B"),
    ("shared", "Contradiction shares more words", "Contradiction shares more words"),
    ("unshared", "It does not share more words", "It does not share more words"),
)
_ANY = "All kinds"


class Filters(QWidget):
    """``changed`` tells that ``wanted`` is another."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.wanted = Wanted()
        self.words = SearchField("Words in any of the three", "Search in the triplets")
        self.words.setProperty("role", "")  # as high as the choices beside it
        self.only, self.kind = Choice(), Choice()
        self.only.setAccessibleName("Which triplets")
        self.kind.setAccessibleName("Kind of triplet")
        self.count = Label("", "muted")
        self.export = IconButton("export", "Save these triplets with their figures as CSV …")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.words, 3)
        self._row.addWidget(self.only, 3)
        self._row.addWidget(self.kind, 2)
        self._row.addWidget(self.count)
        self._row.addWidget(self.export)
        self.words.textEdited.connect(lambda text: self._want(words=text))
        self.only.activated.connect(lambda _: self._want(only=self.only.currentData()))
        self.kind.activated.connect(lambda _: self._want(kind=self.kind.currentData()))
        themes().changed.connect(self._fit)
        self._fit()
        self._offer(False)
        self.kind.hide()

    def order(self, column: str, descending: bool) -> None:
        """Sorts by ``column``; none is the order of the file."""
        self._want(column=column, descending=descending)

    def choose(self, **values: Any) -> None:
        """Sets ``only``, ``kind`` or ``words`` as if by hand."""
        self.words.setText(values.get("words", self.wanted.words))
        for choice, name in ((self.only, "only"), (self.kind, "kind")):
            choice.setCurrentIndex(max(0, choice.findData(values.get(name, choice.currentData()))))
        only, kind = self.only.currentData(), self.kind.currentData() or ""
        self._want(words=self.words.text(), only=only, kind=kind)

    def set_kinds(self, kinds: Sequence[str]) -> None:
        """Offers these kinds; without any there is nothing to choose."""
        self.kind.clear()
        self.kind.addItem(_ANY, "")
        for kind in kinds:
            self.kind.addItem(kind.capitalize(), kind)
        self.kind.setVisible(bool(kinds))
        self.wanted = replace(self.wanted, kind="")

    def set_compared(self, compared: bool) -> None:
        """Offers what takes two encoders, or not."""
        self._offer(compared)
        self.wanted = replace(self.wanted, only=self.only.currentData())

    def show_count(self, shown: int, table: TripletTable) -> None:
        """How many of how many are shown."""
        total = len(table.what)
        self.count.setText(f"{total:,}" if shown == total else f"{shown:,} of {total:,}")
        self.export.setEnabled(bool(shown))

    def _offer(self, compared: bool) -> None:
        chosen = self.only.currentData()
        self.only.clear()
        for name, alone, both in _ONLY:
            if compared or alone:
                self.only.addItem(both if compared else alone, name)
        self.only.setCurrentIndex(max(0, self.only.findData(chosen)))

    def _want(self, **changes: Any) -> None:
        wanted = replace(self.wanted, **changes)
        if wanted != self.wanted:
            self.wanted = wanted
            self.changed.emit()

    def _fit(self, _theme: object = None) -> None:
        self._row.setSpacing(space(2))
        self.words.setMinimumWidth(px(100))
