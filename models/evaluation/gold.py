"""Which rows of a corpus are right for a question."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from models.data.questions import Question
from models.data.records import Passages
from models.errors import InputError
from models.evaluation.ranking import matchable, matchable_answers
from models.events import Progress, Work

_BATCH = 8192
_OPENING = 4  # words by which a piece is looked up; a shorter piece is too common to tell


@dataclass
class _Found:
    """Rows that hold a wanted id or text whole, and rows that hold a part, by document."""

    whole: list[int] = field(default_factory=list)
    parts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    words: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def gold_rows(
    questions: Sequence[Question], passages: Passages
) -> Work[tuple[Mapping[int, int], ...]]:
    """For each question the rows that are right and their grades; empty where there is none.

    Files name a passage by its id or by its text, and tables do not say which: a gold id or text
    is a passage's id, or else a document's, and then stands for its pieces; or else a passage's
    text, whitespace aside, or the whole that a document's pieces were cut from; of several
    documents with such pieces, the one that shares the most words with it. Of pieces, only those
    that hold an answer are right, if any does.
    """
    names = [name for question in questions for name in _named(question)]
    texts, ids = _Texts(names), {name: _Found() for name in names}
    row = 0
    for batch in passages.table.select(["id", "document", "text"]).to_batches(_BATCH):
        yield Progress("Matching passages", row, len(passages), "passages")
        for name, document, text in zip(*(column.to_pylist() for column in batch), strict=True):
            if name in ids:
                ids[name].whole.append(row)
            elif document in ids:
                ids[document].parts[document].append(row)
            texts.look(row, name, document, text)
            row += 1
    return tuple(_grades(question, ids, texts, passages) for question in questions)


class _Texts:
    """Gold texts, found again among passages without comparing each with each."""

    def __init__(self, wanted: Iterable[str]) -> None:
        self.found = {_folded(text): _Found() for text in wanted}
        self._openings: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for text in self.found:
            words = text.split(" ")
            openings = {tuple(words[i : i + _OPENING]) for i in range(len(words) - _OPENING + 1)}
            for opening in openings:
                self._openings[opening].append(text)

    def look(self, row: int, name: str, document: str, text: str) -> None:
        """Notes which gold texts this passage is, or is a piece of."""
        folded = _folded(text)
        if folded in self.found:
            self.found[folded].whole.append(row)
        if name == document:
            return
        words = folded.split(" ")
        for gold in self._openings.get(tuple(words[:_OPENING]), ()):
            if f" {folded} " in f" {gold} ":
                self.found[gold].parts[document].append(row)
                self.found[gold].words[document] += len(words)


def _grades(
    question: Question, ids: Mapping[str, _Found], texts: _Texts, passages: Passages
) -> Mapping[int, int]:
    grades: dict[int, int] = {}
    for name, grade in _named(question).items():
        rows = _right(ids[name], question, passages)
        for row in rows or _right(texts.found[_folded(name)], question, passages):
            grades[row] = max(grade, grades.get(row, 0))
    return {row: grade for row, grade in grades.items() if grade > 0}


def _named(question: Question) -> dict[str, int]:
    """All that names a right passage, with its grade."""
    return dict.fromkeys(question.gold_texts, 1) | dict(question.gold_ids)


def _right(found: _Found, question: Question, passages: Passages) -> list[int]:
    if found.whole or not found.parts:
        return found.whole
    document = max(found.parts, key=lambda name: (found.words[name], name))
    pieces = found.parts[document]
    try:
        answers = matchable_answers(question.answers)
    except InputError:  # an empty answer tells nothing of where it stands
        return pieces
    column = passages.table.column("text")
    holding = [row for row in pieces if any(a in matchable(column[row].as_py()) for a in answers)]
    return holding or pieces


def _folded(text: str) -> str:
    return " ".join(text.split())
