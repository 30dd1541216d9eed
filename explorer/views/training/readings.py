"""What a reader says of questions that it never saw, while it learns: a card a question."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.views.training.marked_text import MarkedText
from explorer.widgets import Card, Label, ScrollPage
from models.evaluation.ranking import exact_match, f1
from models.reader.watched import Mark, Watched

_FIRST = 4  # cards that are made in any case
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
    """Cards in a column, made a few at a time as one scrolls to them; only those in sight follow
    the frames, the others do when they come there."""

    def __init__(self) -> None:
        super().__init__("Questions with what the reader marks")
        self.cards: list[ReadingCard] = []
        self.pairs: Sequence[Watched] = ()
        self._marks: Sequence[Mark] = ()
        self._lay()
        self.verticalScrollBar().valueChanged.connect(lambda _: self._follow())
        themes().changed.connect(self._fit)
        self._fit()

    def show_readings(self, pairs: Sequence[Watched], marks: NDArray[np.float32]) -> None:
        """The questions that are watched, and what the reader says of each, (n, 6)."""
        if pairs != self.pairs:
            self.pairs = pairs
            self._lay()
        self._marks = [Mark.of(row) for row in marks]
        self._follow()

    @property
    def exact(self) -> int:
        """How many of all are answered exactly now."""
        both = zip(self.pairs, self._marks, strict=True)
        return sum(
            bool(pair.answers) and exact_match(pair.passage[slice(*mark.span)], pair.answers)
            for pair, mark in both
        )

    @property
    def silent(self) -> int:
        """About how many of all the reader is silent now."""
        return sum(mark.odds < 0 for mark in self._marks)

    @property
    def seen(self) -> list[ReadingCard]:
        """The cards in sight, and the first ones as long as nothing was laid out."""
        page = self.viewport()
        sight = page.rect()
        return [
            card
            for at, card in enumerate(self.cards)
            if (at < _FIRST and not self.verticalScrollBar().value())
            or sight.intersects(QRect(card.mapTo(page, QPoint()), card.size()))
        ]

    def _follow(self) -> None:
        """Makes cards for a screen more than is seen, and moves the marks of those in sight."""
        while len(self.cards) < len(self.pairs) and self._has_room():
            card = ReadingCard(self.pairs[len(self.cards)])
            self.cards.append(card)
            self._column.insertWidget(self._column.count() - 1, card)
            card.show()  # what is not shown has no height yet
        seen = set(self.seen)
        for card, mark in zip(self.cards, self._marks, strict=False):
            if card in seen or card.mark is None:
                card.show_mark(mark)

    def _has_room(self) -> bool:
        page = self.viewport()
        filled = self._column.totalHeightForWidth(page.width())
        wanted = self.verticalScrollBar().value() + 2 * page.height()
        return len(self.cards) < _FIRST or filled < wanted

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._follow()

    def _lay(self) -> None:
        """An empty column; the one before goes with its cards."""
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.addStretch(1)
        self.cards, self._marks = [], ()
        self.setWidget(body)
        self._fit()

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(2))
        self._column.setContentsMargins(0, 0, space(2), 0)
