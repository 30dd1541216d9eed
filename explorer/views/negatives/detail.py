"""One passage whole: what it is, why, its figures, and its text with the words it shares."""

import regex
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QTextEdit

from explorer.theme import px, space, themes
from explorer.views.negatives.looks import LOOKS, percent, score
from explorer.widgets import Card, Chip, ElidedLabel, IconButton, Label
from models.data.records import Passage
from models.negative_study.study import Candidate, Study, Weighed

_LONGEST = 20_000  # characters of a passage that are shown
_HIGHEST = 200  # pixels at text size 100 % of its text
_MARKED = 400  # words of it that are marked at most


class PassageCard(Card):
    """``closed`` tells that no passage is wanted any more."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__(padding=3)
        self.title = ElidedLabel("", "heading")
        self.close_button = IconButton("close", "Choose no passage (Esc)", size=14)
        self.chips = {
            kind: Chip(name, swatch=color, static=True) for kind, (color, name, _) in LOOKS.items()
        }
        self.why = Label("", wrap=True)
        self.figures = Label("", "caption", wrap=True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setAccessibleName("The passage")
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._words: tuple[str, ...] = ()
        self._answers: tuple[str, ...] = ()
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        for chip in self.chips.values():
            head.addWidget(chip)
        head.addWidget(self.close_button)
        self.column.addLayout(head)
        for part in (self.why, self.figures):
            self.column.addWidget(part)
        self.column.addWidget(self.text, 1)
        self.close_button.clicked.connect(self.closed)
        themes().changed.connect(self._dress)
        self._dress()

    def show_passage(self, passage: Passage, study: Study, candidate: Candidate | None) -> None:
        """Shows a passage; without a candidate it is one of the corpus that was not chosen."""
        self.title.setText(passage.title or passage.id)
        kinds = () if candidate is None else candidate.kinds
        for kind, chip in self.chips.items():
            chip.setVisible(kind in kinds)
        self.why.setText(
            "Another passage of the corpus, drawn for comparison."
            if candidate is None
            else candidate.why
        )
        self._words = () if candidate is None else candidate.words
        self._answers = study.question.answers
        text = passage.text
        cut = len(text) > _LONGEST
        self.text.setPlainText(f"{text[:_LONGEST]} …" if cut else text)
        self._fit_text()
        self.figures.setVisible(candidate is not None)
        self._mark()

    def show_figures(
        self, study: Study, candidate: Candidate, weighed: tuple[Weighed, Weighed]
    ) -> None:
        """Scores, ranks and weights under both encoders, and what is shared with the question."""
        at = study.candidates.index(candidate)
        sides = []
        for side, name in enumerate("AB"):
            words = f"{name}: {score(candidate.scores[side], study.cosine[side])}"
            words += f", rank {candidate.ranks[side]:,}"
            if candidate.used:
                words += f", {percent(weighed[side].shares[at])} of the loss's weight"
            sides.append(words)
        shared = ", ".join(candidate.words) or "no word"
        self.figures.setText(
            f"{'; '.join(sides)}. BM25 {candidate.bm25:.2f}; shares with the question: {shared}."
        )

    def _mark(self, _theme: object = None) -> None:
        """Shades what the passage shares with the question, and any accepted answer more."""
        theme, text = themes().current, self.text.toPlainText()
        marks = [(word, theme.accent_soft) for word in self._words]
        marks += [(answer, theme.highlight) for answer in self._answers]
        shades: list[QTextEdit.ExtraSelection] = []
        places = _units(text)
        for wanted, color in marks:
            pattern = regex.compile(rf"\b{regex.escape(wanted)}\b", regex.IGNORECASE)
            for found in pattern.finditer(text):
                if len(shades) == _MARKED:
                    break
                shade = QTextEdit.ExtraSelection()
                shade.cursor = QTextCursor(self.text.document())
                shade.cursor.setPosition(places[found.start()])
                shade.cursor.setPosition(places[found.end()], QTextCursor.MoveMode.KeepAnchor)
                shade.format.setBackground(QColor(color))
                shades.append(shade)
        self.text.setExtraSelections(shades)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_text()

    def _fit_text(self) -> None:
        """As high as the text, which scrolls where it is long."""
        lines = max(1, round(self.text.document().size().height()))
        room = 2 * self.text.document().documentMargin() + space(4)
        high = round(lines * self.text.fontMetrics().lineSpacing() + room)
        self.text.setFixedHeight(min(high, px(_HIGHEST)))

    def _dress(self, _theme: object = None) -> None:
        self._fit_text()
        self._mark()


def _units(text: str) -> list[int]:
    """Where each character stands in Qt's UTF-16, and the end."""
    places = [0]
    for character in text:
        places.append(places[-1] + (2 if ord(character) > 0xFFFF else 1))
    return places
