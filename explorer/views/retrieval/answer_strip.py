"""The answer above the hits: what a reader read, how far to believe it, and where it stands."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from explorer.theme import space, themes
from explorer.views.retrieval.answer_work import Read
from explorer.widgets import Button, ElidedLabel, Label
from models.data.records import Passages
from models.reader.reader import Found

_SHORT = 28  # letters of a passage's title on the button


class AnswerStrip(QFrame):
    """One line; ``chosen`` brings the row of the passage that the answer stands in."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = Label("Answer", "muted")
        self.answer = ElidedLabel(role="title")
        self.answer.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.confidence = Label(role="muted")
        self.note = ElidedLabel(role="muted")
        self.source = Button("", "quiet", "target")
        self._row = -1
        self._line = QHBoxLayout(self)
        for part in (self.title, self.answer, self.confidence):
            self._line.addWidget(part)
        self._line.addWidget(self.note, 1)
        self._line.addWidget(self.source)
        self.source.clicked.connect(lambda: self.chosen.emit(self._row))
        themes().changed.connect(self._fit)
        self._fit()
        self.clear()

    def clear(self) -> None:
        """Shows that nothing was read yet; the line stays, so that the hits do not jump."""
        self._say("", "", "")

    def wait(self) -> None:
        """Shows that reading has begun."""
        self._say("", "", "Reading the first hits …")

    def show_read(self, read: Read, passages: Passages) -> None:
        """Shows an answer, or that there is none, with what comes nearest to one."""
        reading = read.reading
        cut = f"{reading.cut} of {len(read.rows)} hits read in part" if reading.cut else ""
        best = reading.best
        if best is not None:
            self._say(best.text, f"{best.score:.0%} this passage, {best.span:.0%} this span", cut)
            self._lead(read, best, passages)
        elif reading.answers:
            nearest = reading.answers[0]
            said = f"Nearest, at {nearest.score:.0%}: “{nearest.text}”"
            self._say("No answer found", f"in the first {len(read.rows)} hits", said)
            self._lead(read, nearest, passages)
        else:
            self._say("No answer found", "", "The hits hold no text to read.")
        none = "" if reading.none is None else f" None of them: {reading.none:.0%}."
        about = (
            f"Read by {read.reader.card.name} in the first {len(read.rows)} hits of Hybrid. The "
            f"passage's percentage: {read.reader.card.relevance}.{none} The span's percentage is "
            "among all spans of its passage."
        )
        self.confidence.setToolTip(about)
        self.title.setToolTip(about)

    def _lead(self, read: Read, found: Found, passages: Passages) -> None:
        self._row = read.rows[found.passage]
        passage = passages[self._row]
        name = " ".join((passage.title or passage.id).split())
        short = name if len(name) <= _SHORT else f"{name[: _SHORT - 2]} …"
        self.source.setText(short)
        self.source.setToolTip(f"Show where it stands, in “{name}”")
        self.source.setVisible(True)

    def _say(self, answer: str, confidence: str, note: str) -> None:
        self.answer.setText(answer)
        self.answer.setVisible(bool(answer))
        self.confidence.setText(confidence)
        self.confidence.setVisible(bool(confidence))
        self.note.setText(note)
        self.source.setVisible(False)
        self._row = -1

    def _fit(self, _theme: object = None) -> None:
        self._line.setContentsMargins(space(4), space(2), space(3), space(2))
        self._line.setSpacing(space(3))
        # As high with its button as without, or the hits would jump at each answer.
        self.setMinimumHeight(self.source.sizeHint().height() + space(4))
