"""The sentence, and all that decides its views."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSpinBox, QVBoxLayout, QWidget

from explorer.settings import SettingsStore
from explorer.theme import px, space, themes
from explorer.views.augmentation.text_knob import Knob
from explorer.views.augmentation.text_sentences import EXAMPLES
from explorer.views.augmentation.text_translators import Translators
from explorer.widgets import Choice, Divider, IconButton, Label, NumberField, Segmented
from models.augment.text_studio import (
    MOST_WORDS,
    StudioRequest,
    alpha_of,
    changed_words,
    one_line,
)

_COUNTS = (("2", "2"), ("4", "4"), ("8", "8"))


class TextForm(QWidget):
    """``changed`` follows every change of what is drawn, ``another`` asks for another sentence."""

    changed = Signal()
    another = Signal()

    def __init__(self, settings: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = QPlainTextEdit(EXAMPLES[0])
        self.sentence.setAccessibleName("Sentence")
        self.sentence.setPlaceholderText("Write a sentence …")
        self.sentence.setTabChangesFocus(True)
        self.examples = Choice()
        self.examples.setAccessibleName("Examples")
        self.examples.setPlaceholderText("Examples")
        self.examples.addItems(list(EXAMPLES))
        self.examples.setCurrentIndex(-1)  # a list to take from, not a state
        self.corpus = IconButton("refresh", "Another sentence of the open corpus", size=16)
        self.note = Label("", "caption", wrap=True)
        self.note.hide()
        self.seed = QSpinBox()
        self.seed.setRange(0, 999_999)
        self.seed.setAccessibleName("Seed")
        self.seed.setMinimumWidth(1)
        self.again = IconButton("dice", "Draw again, with the next seed (R)")
        self.count = Segmented(_COUNTS, "Views of each kind", "4")
        self.n = NumberField("Words changed", 1, MOST_WORDS, 1)
        self.alpha = Knob(
            "Share of words α",
            *(0.5, 0.1),
            "EDA's four edits change n = max(1, α · words) words, or drop each with "
            "probability α. Published: 10%.",
        )
        self.crop = Knob("Crop", *(0.9, 0.1), "Share cut off. Published: 10%, SimCSE's mildest.")
        self.cutoff = Knob(
            "Cutoff ratio",
            *(0.9, 0.1),
            "Share of tokens or dimensions, rounded down. Its authors choose it for each task.",
        )
        self.dropout = Knob("Dropout", *(0.9, 0.1), "Probability p. Published: 10%, in SimCSE.")
        self.knobs = (self.alpha, self.crop, self.cutoff, self.dropout)
        self.translators = Translators(settings)
        self._words = 0
        self._build()
        self._connect()

    def _build(self) -> None:
        self._column = QVBoxLayout(self)
        places = QHBoxLayout()
        places.setSpacing(0)
        places.addWidget(self.examples, 1)
        places.addWidget(self.corpus)
        self._column.addLayout(places)
        self._column.addWidget(self.sentence)
        self._column.addWidget(self.note)
        self._pair = QHBoxLayout()
        for title, parts in (("Seed", (self.seed, self.again)), ("Views", (self.count,))):
            column, line = QVBoxLayout(), QHBoxLayout()
            column.setSpacing(0)
            line.setSpacing(0)
            column.addWidget(Label(title, "caption"))
            for place, part in enumerate(parts):
                line.addWidget(part, 0 if place else 1)
            column.addLayout(line)
            self._pair.addLayout(column, 1)
        self._column.addLayout(self._pair)
        self._column.addWidget(Divider())
        self._column.addWidget(self.alpha)
        self._counted = QHBoxLayout()
        self._of = Label("", "muted")
        for part in (Label("n ="), self.n, self._of):
            self._counted.addWidget(part)
        self._counted.addStretch(1)
        self._column.addLayout(self._counted)
        for knob in self.knobs[1:]:
            self._column.addWidget(Divider())
            self._column.addWidget(knob)
        self._column.addWidget(Divider())
        self._column.addWidget(self.translators)
        self._column.addStretch(1)
        themes().changed.connect(self._fit)
        self._fit()

    def _connect(self) -> None:
        self.sentence.textChanged.connect(self._typed)
        self.examples.activated.connect(self._take_example)
        self.corpus.clicked.connect(self.another)
        self.again.clicked.connect(self.draw_again)
        self.seed.valueChanged.connect(lambda _: self.changed.emit())
        self.count.changed.connect(lambda _: self.changed.emit())
        self.n.valueChanged.connect(self._count)
        for knob in self.knobs:
            knob.changed.connect(self._moved)

    def request(self) -> StudioRequest | None:
        """What is to be drawn; None while there is no sentence."""
        text, _ = one_line(self.sentence.toPlainText())
        if not text:
            return None
        return StudioRequest(
            text,
            *(knob.value for knob in self.knobs),
            count=int(self.count.value),
            seed=self.seed.value(),
        )

    def set_sentence(self, text: str) -> None:
        """Writes another sentence into the box; undo brings back the one before."""
        cursor = self.sentence.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(text)

    def show_words(self, words: int) -> None:
        """How many words the sentence has, and so what n is."""
        self._words = words
        self.n.blockSignals(True)
        self.n.setRange(0 if not self.alpha.value else 1, max(1, words))
        self.n.setValue(changed_words(self.alpha.value, words))
        self.n.blockSignals(False)
        self.n.setEnabled(words > 1)
        self._of.setText(f"of {words} word{'' if words == 1 else 's'}")

    def draw_again(self) -> None:
        """The next seed."""
        self.seed.setValue((self.seed.value() + 1) % (self.seed.maximum() + 1))

    def _take_example(self, at: int) -> None:
        self.examples.setCurrentIndex(-1)
        self.set_sentence(EXAMPLES[at])

    def _typed(self) -> None:
        text = self.sentence.toPlainText()
        line, cut = one_line(text)
        self.note.setVisible(cut)
        if cut:
            self.note.setText(
                f"The first {len(line):,} of {len(text):,} characters are shown: this is a place "
                "for single sentences."
            )
        self.changed.emit()

    def _count(self, n: int) -> None:
        self.alpha.set_value(alpha_of(n, self._words))
        self.changed.emit()

    def _moved(self) -> None:
        self.show_words(self._words)
        self.changed.emit()

    def _fit(self, _theme: object = None) -> None:
        self._column.setContentsMargins(0, 0, space(3), space(4))
        self._column.setSpacing(space(2))
        self._pair.setSpacing(space(3))
        self._counted.setSpacing(space(2))
        self.sentence.setFixedHeight(px(96))
        self.n.setFixedWidth(px(52))
