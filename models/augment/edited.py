"""A text and what an augmentation made of it, word by word, so that it can be shown in colour."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from models.augment.words import Span, Words, joined, split_words

EditKind = Literal["kept", "replaced", "inserted", "moved", "deleted"]


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of one word.

    Attributes:
        kind: of the change.
        source: (start, end) in the original; empty, where the word would stand, if inserted.
        target: (start, end) in the result; empty, where the word stood, if deleted.
    """

    kind: EditKind
    source: Span
    target: Span


@dataclass(frozen=True, slots=True)
class Edited:
    """The result of an augmentation.

    Attributes:
        original: the text as it was.
        text: the result.
        marks: one for each word of either, in the order of the result.
    """

    original: str
    text: str
    marks: tuple[Mark, ...]

    @property
    def changes(self) -> tuple[Mark, ...]:
        """The marks of all words that were not kept."""
        return tuple(mark for mark in self.marks if mark.kind != "kept")


@dataclass(frozen=True, slots=True)
class Slot:
    """A word on its way into the result.

    Attributes:
        word: as it will be written.
        origin: number of the original's word that it is or replaces; None if it is new.
        kind: of the change; a deleted word keeps its slot.
    """

    word: str
    origin: int | None
    kind: EditKind = "kept"


def slots_of(words: Words) -> list[Slot]:
    """The words as they are."""
    return [Slot(word, number) for number, word in enumerate(words.words)]


def assemble(words: Words, slots: Iterable[Slot]) -> Edited:
    """Puts the result together.

    Every word of the original has its slot, and those that are not deleted fill the places between
    the original's gaps in their order. Behind a new word stands a space.
    """
    count = len(words.words)
    parts: list[str] = []
    kinds: list[tuple[EditKind, Span, int]] = []  # the last is the word's number in ``parts``
    place, gap = 0, words.gaps[0]
    for slot in slots:
        if slot.kind == "deleted":
            place += 1
            last = place == count
            gap = joined(gap, words.gaps[place], first=not parts, last=last)
        else:
            parts += [gap, slot.word]
            place += slot.origin is not None
            gap = words.gaps[place] if slot.origin is not None else " "
        at = words.spans[min(place, count - 1)][0]
        source = (at, at) if slot.origin is None else words.spans[slot.origin]
        kinds.append((slot.kind, source, len(parts)))
    ends = [0]
    for part in parts:
        ends.append(ends[-1] + len(part))
    marks = [
        Mark(kind, source, (ends[number], ends[number]))
        if kind == "deleted"
        else Mark(kind, source, (ends[number - 1], ends[number]))
        for kind, source, number in kinds
    ]
    return Edited(words.text, "".join([*parts, gap]), tuple(marks))


def compare(original: str, text: str) -> Edited:
    """Marks what differs in a text that was written anew; capitals do not count as a difference."""
    before, after = split_words(original), split_words(text)
    marks: list[Mark] = []
    matcher = SequenceMatcher(None, _plain(before.words), _plain(after.words))
    for tag, a, b, c, d in matcher.get_opcodes():
        both = min(b - a, d - c)
        kind: EditKind = "kept" if tag == "equal" else "replaced"
        pairs = zip(before.spans[a : a + both], after.spans[c : c + both], strict=True)
        marks += [Mark(kind, source, target) for source, target in pairs]
        place = after.spans[c + both - 1][1] if c + both else 0
        marks += [Mark("deleted", span, (place, place)) for span in before.spans[a + both : b]]
        place = before.spans[a + both - 1][1] if a + both else 0
        marks += [Mark("inserted", (place, place), span) for span in after.spans[c + both : d]]
    return Edited(original, text, tuple(marks))


def _plain(words: Sequence[str]) -> list[str]:
    return [word.casefold() for word in words]
