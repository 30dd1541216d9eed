"""From a question over a corpus to answers, and how often they are right over a question set."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from models.data.questions import Question
from models.data.records import Passages
from models.errors import InputError
from models.evaluation.ranking import exact_match, f1
from models.events import Progress, Work
from models.reader.reader import Reader, Reading
from models.retrieval.searcher import Answer, Method, Searcher

#: Passages that are read for one question, unless somebody says otherwise.
READ = 5


@dataclass(frozen=True)
class Answered:
    """A question, its hits, and what was read in the first of them.

    Attributes:
        rows: of the passages that were read, as ``reading`` numbers them.
        seconds: from the question to its answers.
    """

    hits: Answer
    rows: tuple[int, ...]
    reading: Reading
    seconds: float


def answering(
    searcher: Searcher, reader: Reader, question: str, k: int = READ, method: Method = "hybrid"
) -> Work[Answered]:
    """Searches, and reads the ``k`` best passages.

    Raises:
        InputError: the question is empty, or there are no passages.
    """
    started = time.perf_counter()
    if not question.strip():
        raise InputError("The question is empty.")
    if not len(searcher.passages):
        raise InputError("The project has no passages to read.")
    hits = searcher.search(question, k, (method,))
    rows = tuple(hit.row for hit in hits.hits[method])
    reading = yield from reading_rows(searcher.passages, reader, question, rows)
    return Answered(hits, rows, reading, time.perf_counter() - started)


def reading_rows(
    passages: Passages, reader: Reader, question: str, rows: Sequence[int]
) -> Work[Reading]:
    """Reads the passages ``rows``, titles and texts."""
    found = [passages[row] for row in rows]
    return (yield from reader.reading(question, [(each.title, each.text) for each in found]))


@dataclass(frozen=True)
class AnswerScores:
    """How often answers are right, in percent.

    Attributes:
        questions: that have an answer and were asked.
        unanswered: those without one, which were left out.
    """

    exact_match: float
    f1: float
    questions: int
    unanswered: int


def evaluate_answers(
    searcher: Searcher,
    reader: Reader,
    questions: Sequence[Question],
    k: int = READ,
    method: Method = "hybrid",
) -> Work[AnswerScores]:
    """Exact match and F1 of the first answer to each question, end to end.

    The likeliest passage's answer counts even where none is likelier still, as in the papers.

    Raises:
        InputError: no question has an answer, or there are no passages.
    """
    asked = [question for question in questions if question.answers]
    if not asked:
        raise InputError("None of the questions has an answer to compare with.")
    exact, shared = [], []
    for done, question in enumerate(asked):
        yield Progress("Answering", done, len(asked), "questions")
        found = yield from answering(searcher, reader, question.text, k, method)
        answers = found.reading.answers
        text = answers[0].text if answers else ""
        exact.append(float(exact_match(text, question.answers)))
        shared.append(f1(text, question.answers))
    return AnswerScores(
        exact_match=100 * math.fsum(exact) / len(asked),
        f1=100 * math.fsum(shared) / len(asked),
        questions=len(asked),
        unanswered=len(questions) - len(asked),
    )
