"""What a reader says of questions that it never saw, while it learns: a card a question."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.views.training.marked_text import MarkedText
from explorer.widgets import Card, Label, ScrollPage
from models.evaluation.ranking import exact_match, f1
from models.reader.watched import Mark, Watched

_EMPTY = "Silent: it finds no answer here"


class ReadingCard(Card):
    """A question, its passage with the marked span, and how good that is."""

    def __init__(self, pair: Watched) -> None:
        super().__init__(padding=3)
        self.pair = pair
        self.mark: Mark | None = None
        self.question = Label(pair.question, "heading", wrap=True)
        self.verdict = Label("", "muted", wrap=True)
        self.passage = MarkedText()
        self.passage.show_text(pair.passage, pair.place)
        for part in (self.question, self.verdict, self.passage):
            self.column.addWidget(part)

    @property
    def said(self) -> str:
        """The text of the marked span."""
        return "" if self.mark is None else self.pair.passage[slice(*self.mark.span)]

    @property
    def is_exact(self) -> bool:
        """Whether that is an accepted answer."""
        return bool(self.pair.answers) and exact_match(self.said, self.pair.answers)

    def show_mark(self, mark: Mark) -> None:
        """Moves the marked span."""
        if mark == self.mark:
            return
        self.mark = mark
        silent = self.pair.place is None and mark.odds < 0
        self.passage.mark(None if silent else mark.span, mark.read)
        self.verdict.setText(self._verdict())
        self.setAccessibleName(f"{self.pair.question} {self.said}. {self.verdict.text()}")

    def _verdict(self) -> str:
        """In words, for colour alone tells not everybody."""
        mark = self.mark
        assert mark is not None
        if self.pair.place is None:
            return _EMPTY if mark.odds < 0 else f"Misled, {mark.share:.0%} sure of the span"
        shared = f1(self.said, self.pair.answers)
        right = "Exact" if self.is_exact else f"F1 {100 * shared:.0f}%" if shared else "Wrong"
        doubt = ", would be silent" if mark.odds < 0 else ""
        return f"{right}, {mark.share:.0%} sure{doubt}"


class ReadingsPage(ScrollPage):
    """Cards in a column; a new film makes them anew, a frame only moves their marks."""

    def __init__(self) -> None:
        super().__init__("Questions with what the reader marks")
        self.cards: list[ReadingCard] = []
        self._shown: Sequence[Watched] | None = None
        self._lay()
        themes().changed.connect(self._fit)
        self._fit()

    def show_pairs(self, pairs: Sequence[Watched]) -> None:
        """The questions that are watched."""
        if pairs == self._shown:
            return
        self._shown = pairs
        self._lay()
        self.cards = [ReadingCard(pair) for pair in pairs]
        for card in self.cards:
            self._column.insertWidget(self._column.count() - 1, card)
        self._fit()

    def show_marks(self, marks: NDArray[np.float32]) -> None:
        """What the reader says of each of them, (n, 6)."""
        for card, row in zip(self.cards, marks, strict=True):
            card.show_mark(Mark.of(row))

    def _lay(self) -> None:
        """An empty column; the one before goes with its cards."""
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.addStretch(1)
        self.setWidget(body)

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(2))
        self._column.setContentsMargins(0, 0, space(2), 0)
