"""Questions over a corpus, made ready to be studied one by one."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.data.asked import Asked, QuestionSet
from models.data.dpr_questions import QuestionSource, question_set
from models.data.records import Passages
from models.encoders.base import Text
from models.errors import InputError
from models.evaluation.ranking import matchable, matchable_answers
from models.events import Shortened, Skipped, Work
from models.project import MANIFEST, Project, text_of
from models.retrieval.lexical import LexicalIndex

#: "train", "dev" or "held", as a run over the same questions splits them.
_PARTS = ("train", "dev", "held")
_HARD = 4  # of the data's own negatives of a question that are kept where passages are drawn


@dataclass(frozen=True, eq=False)
class Gathered:
    """Q questions and the N passages that they are asked of.

    Attributes:
        questions: those with a passage in the corpus, or some drawn at random, in the order of
            their parts.
        asked: how many such questions there are.
        parts: (Q) where a run over these questions has each of them.
        passages: all there are, or the right ones and some drawn at random.
        rows: (N,) their rows in the whole corpus, ascending, read-only.
        of: passages in the whole corpus.
        lexical: BM25 over the texts, as hard negatives are mined.
        titles: whether an encoder reads the title before the text.
        project: whose passages these are, where they are a project's.
        left_out: each question without a passage, and what could not be read.
        repeated: questions that another one asks in the same words.
    """

    questions: tuple[Asked, ...]
    asked: int
    parts: tuple[str, ...]
    passages: Passages
    rows: NDArray[np.int64]
    of: int
    lexical: LexicalIndex
    titles: bool
    project: Project | None
    left_out: tuple[Skipped, ...]
    repeated: int
    _forms: dict[int, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.rows.setflags(write=False)

    def text(self, row: int) -> str:
        """The text of a passage, without its title."""
        value: str = self.passages.table.column("text")[row].as_py()
        return value

    def titled(self) -> list[Text]:
        """Every passage as an encoder is given it."""
        pairs = zip(self.passages.column("title"), self.passages.column("text"), strict=True)
        return [text_of(title, text, self.titles) for title, text in pairs]

    def holds(self, row: int, answers: Sequence[str]) -> str:
        """The first of ``answers`` that stands in a passage; empty where none does."""
        if row not in self._forms:  # only ever grows, and always to the same: safe in any thread
            self._forms[row] = matchable(self.text(row))
        form = self._forms[row]
        for answer in answers:
            try:
                (wanted,) = matchable_answers((answer,))
            except InputError:  # an empty answer tells nothing of where it stands
                continue
            if wanted in form:
                return answer
        return ""

    def excluded(self, question: Asked, row: int) -> str:
        """Why a passage must not count against ``question``; empty where it may.

        The words complete "it …". A question's own passages are none of its negatives either, and
        are not looked at here.
        """
        if row in question.known:
            return "answers this question too, by the data"
        answer = self.holds(row, question.answers)
        if answer:
            return f"holds the answer “{answer}”"
        text = _folded(self.text(row))
        if any(text == _folded(self.text(own)) for own in question.positives):
            return "has the same text as the right passage"
        return ""

    @property
    def sentence(self) -> str:
        """How many of what, how they were chosen, and what is missing."""
        count = len(self.passages)
        where = f"{count:,} passages"
        if count < self.of:
            where = (
                f"{count:,} of {self.of:,} passages, the right ones and others drawn at random "
                "with seed 0"
            )
        asked = f"{len(self.questions):,} questions"
        if len(self.questions) < self.asked:
            asked = f"{len(self.questions):,} of {self.asked:,} questions, drawn at random,"
        words = f"{asked} over {where}"
        if self.left_out:
            words += f"; {len(self.left_out):,} left out"
        if self.repeated:
            words += f"; {self.repeated:,} asked in the same words as another"
        return f"{words}."


def gather(source: QuestionSource, most: int | None = None) -> Work[Gathered]:
    """Reads questions and their corpus; of more than ``most`` of either some are drawn.

    Raises:
        InputError: as ``question_set``.
    """
    left_out: list[Skipped] = []
    work = question_set(source)
    while True:
        try:
            event = next(work)
        except StopIteration as stop:
            found: QuestionSet = stop.value
            break
        if isinstance(event, Skipped) and not isinstance(event, Shortened):
            left_out.append(event)
        else:
            yield event
    project = None
    if source.corpus and (Path(source.corpus) / MANIFEST).is_file():
        project = Project.open(Path(source.corpus))
    asked = [(q, part) for part in _PARTS for q in getattr(found, part)]
    whole = len(asked)
    if most is not None and whole > most:
        asked = [asked[at] for at in sorted(random.Random(0).sample(range(whole), most))]
    questions = [question for question, _ in asked]
    rows = _drawn(questions, len(found.passages), most)
    passages = found.passages
    if len(rows) < len(passages):
        passages = Passages(passages.table.take(rows))
        place = {int(row): at for at, row in enumerate(rows)}
        questions = [_moved(question, place) for question in questions]
    lexical = yield from LexicalIndex.building(passages.column("text"))
    texts = [" ".join(question.text.casefold().split()) for question in questions]
    return Gathered(
        questions=tuple(questions),
        asked=whole,
        parts=tuple(part for _, part in asked),
        passages=passages,
        rows=rows,
        of=len(found.passages),
        lexical=lexical,
        titles=project.manifest.titles if project is not None else True,
        project=project,
        left_out=tuple(left_out),
        repeated=len(texts) - len(set(texts)),
    )


def _drawn(questions: Sequence[Asked], count: int, most: int | None) -> NDArray[np.int64]:
    """The rows that are kept, ascending: the right ones, the hardest that the data names, and
    others up to ``most``."""
    if most is None or count <= most:
        return np.arange(count, dtype=np.int64)
    named = {row for q in questions for row in (*q.positives, *q.hard[:_HARD])}
    others = [row for row in range(count) if row not in named]
    spare = max(0, most - len(named))
    named.update(random.Random(0).sample(others, min(spare, len(others))))
    return np.array(sorted(named), np.int64)


def _moved(question: Asked, place: dict[int, int]) -> Asked:
    return replace(
        question,
        positives=tuple(place[row] for row in question.positives),
        hard=tuple(place[row] for row in question.hard if row in place),
        known=tuple(place[row] for row in question.known if row in place),
    )


def _folded(text: str) -> str:
    return " ".join(text.split())
