"""Questions with what is right for them in one corpus: the ground on which retrievers meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.data.questions import Question
from models.data.records import Passages
from models.errors import InputError
from models.evaluation.gold import gold_rows
from models.evaluation.ranking import matchable, matchable_answers
from models.events import Progress, Skipped, Work
from models.files import content_key

_BATCH = 256  # questions between two reports


@dataclass(frozen=True, eq=False)
class Judged:
    """Q questions over one corpus; those that nothing is known of are left out of all figures.

    Attributes:
        passages: the corpus.
        questions: as they were read.
        golds: of each the rows that are right, with their grades; empty where there are none.
        answers: of each the accepted strings, ready to be found; empty where there are none.
        has_gold: (Q,) bool, whether the corpus holds a passage that is right.
        has_answer: (Q,) bool, whether an answer is known.
        key: content key of the questions.
    """

    passages: Passages
    questions: tuple[Question, ...]
    golds: tuple[Mapping[int, int], ...] = field(repr=False)
    answers: tuple[tuple[str, ...], ...] = field(repr=False)
    has_gold: NDArray[np.bool_] = field(repr=False)
    has_answer: NDArray[np.bool_] = field(repr=False)
    key: str

    def __post_init__(self) -> None:
        self.has_gold.setflags(write=False)
        self.has_answer.setflags(write=False)

    def __len__(self) -> int:
        return len(self.questions)

    @property
    def without_gold(self) -> tuple[Question, ...]:
        """Questions whose right passage the corpus lacks, or which name none."""
        return tuple(q for q, has in zip(self.questions, self.has_gold, strict=True) if not has)

    @property
    def texts(self) -> list[str]:
        """The questions as they are asked."""
        return [question.text for question in self.questions]


@dataclass(frozen=True, eq=False)
class Marks:
    """What is right among the passages found.

    Attributes:
        grades: (Q, K) int16, the grade of each passage; 0 where it is not right.
        holds: (Q, K) bool, whether it holds an answer's tokens (Karpukhin et al. 2020, §5).
    """

    grades: NDArray[np.int16]
    holds: NDArray[np.bool_]


def judge(questions: Sequence[Question], passages: Passages) -> Work[Judged]:
    """Finds the right passages of each question.

    Yields:
        Skipped for an answer that is empty; the question goes on without answers.

    Raises:
        InputError: two passages of the corpus have one id, or nothing is known of any question.
    """
    _one_each(passages)
    golds = yield from gold_rows(questions, passages)
    answers: list[tuple[str, ...]] = []
    for question in questions:
        try:
            answers.append(matchable_answers(question.answers))
        except InputError as error:
            yield Skipped(f"question {question.id}", str(error))
            answers.append(())
    if not any(golds) and not any(answers):
        raise InputError(
            "No question has a passage in this corpus, and none comes with answers to look for: "
            "the questions belong to another corpus."
        )
    return Judged(
        passages,
        tuple(questions),
        golds,
        tuple(answers),
        np.array([bool(gold) for gold in golds]),
        np.array([bool(known) for known in answers]),
        content_key(*map(repr, questions)),
    )


def mark(judged: Judged, rows: NDArray[np.int32]) -> Work[Marks]:
    """Marks the passages found, ``rows`` (Q, K); a negative row is none and never right.

    Each passage is tokenised once, when it is first met.
    """
    grades = np.zeros(rows.shape, np.int16)
    holds = np.zeros(rows.shape, bool)
    texts = judged.passages.table.column("text")
    forms: dict[int, str] = {}
    for at, (found, gold, answers) in enumerate(
        zip(rows.tolist(), judged.golds, judged.answers, strict=True)
    ):
        if at % _BATCH == 0:
            yield Progress("Looking for answers", at, len(rows), "questions")
        for place, row in enumerate(found) if gold else ():
            grades[at, place] = gold.get(row, 0)
        for place, row in enumerate(found) if answers else ():
            if row >= 0:
                form = forms.get(row)
                if form is None:
                    form = forms[row] = matchable(texts[row].as_py())
                holds[at, place] = any(answer in form for answer in answers)
    for array in (grades, holds):
        array.setflags(write=False)
    return Marks(grades, holds)


def _one_each(passages: Passages) -> None:
    """Ids are how rankings of other programs name passages."""
    import pyarrow.compute as pc

    counts = pc.value_counts(passages.table.column("id"))
    if len(counts) < len(passages):
        twice = next(c["values"] for c in counts.to_pylist() if c["counts"] > 1)
        raise InputError(
            f"Two passages of the corpus have the id “{twice}”; build the index again."
        )
