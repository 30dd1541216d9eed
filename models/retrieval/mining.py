"""Passages that BM25 ranks high for a question and that do not answer it: hard negatives.

Karpukhin et al. 2020, §3.2: the top passages by BM25 that hold no accepted answer. Where a
question comes without answers, only its own passages are known to answer it and left out.
"""

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.data.records import Passages
from models.errors import InputError
from models.evaluation.ranking import matchable, matchable_answers
from models.events import Progress, Work
from models.retrieval.lexical import LexicalIndex, positive
from models.retrieval.ranked import Ranked

_REPORT = 64  # questions between two reports
_SPARE = 30  # passages looked at beyond those wanted, before it is looked deeper
_DEEPEST = 1000
_HELD = 1 << 17  # passages whose matchable form is kept
_SEARCHED = 100  # by BM25, for a passage with an answer, as in the paper

Holds = Callable[[int, tuple[str, ...]], bool]


def mine(
    questions: Sequence[str],
    answers: Sequence[Sequence[str]],
    own: Sequence[Sequence[int]],
    passages: Passages,
    count: int,
    lexical: LexicalIndex | None = None,
    apart: Collection[int] = (),
) -> Work[tuple[Ranked, ...]]:
    """The ``count`` hardest passages of each question, with their BM25 scores; fewer where the
    corpus holds no more that share a word with it.

    Args:
        answers: of each question; none where they are not known.
        own: rows that answer each question.
        lexical: the index of the passages' texts, where there is one already.
        apart: rows that are taken for none of the questions.

    Raises:
        InputError: an answer is empty, or there are no passages.
    """
    forms = [matchable_answers(known) for known in answers]
    index = lexical or (yield from LexicalIndex.building(passages.column("text")))
    holds = _holding(passages)
    left_out = np.array(sorted(apart), np.int64)
    found: list[Ranked] = []
    for place, question in enumerate(questions):
        if place % _REPORT == 0:
            yield Progress("Mining negatives", place, len(questions), "questions")
        scores = index.scores(question)
        scores[left_out] = 0
        found.append(_hardest(scores, set(own[place]), forms[place], holds, count))
    yield Progress("Mining negatives", len(questions), len(questions), "questions")
    return tuple(found)


def answer_bearing(
    pairs: Sequence[tuple[str, Sequence[str]]], passages: Passages
) -> Work[list[int | None]]:
    """For each question with its answers, the passage that BM25 ranks highest among those of its
    top 100 that hold an answer (the paper's §4.2), or None.

    Raises:
        InputError: there are no passages.
    """
    index = yield from LexicalIndex.building(passages.column("text"))
    holds = _holding(passages)
    found: list[int | None] = []
    for place, (question, answers) in enumerate(pairs):
        if place % _REPORT == 0:
            yield Progress("Finding passages with answers", place, len(pairs), "questions")
        try:
            forms = matchable_answers(answers)
        except InputError:  # an empty answer tells nothing of where it stands
            found.append(None)
            continue
        ranked = index.search(question, _SEARCHED).rows.tolist()
        found.append(next((row for row in ranked if holds(row, forms)), None))
    return found


def _hardest(
    scores: NDArray[np.float32],
    own: set[int],
    answers: tuple[str, ...],
    holds: Holds,
    count: int,
) -> Ranked:
    """The ``count`` best of ``scores`` (N,) that are neither ``own`` nor hold an answer."""
    depth = count + len(own) + (_SPARE if answers else 0)
    while True:
        rows = positive(scores, depth).rows
        kept: list[int] = []
        for row in rows.tolist():
            if len(kept) == count:
                break
            if row not in own and not (answers and holds(row, answers)):
                kept.append(row)
        if len(kept) == count or len(rows) < depth or depth >= _DEEPEST:
            chosen = np.array(kept, np.int64)
            return Ranked(scores[chosen], chosen)
        depth = min(4 * depth, _DEEPEST)


def _holding(passages: Passages) -> Holds:
    """Whether a passage holds an answer; the forms of passages that were asked for are kept."""
    column = passages.table.column("text")

    @lru_cache(maxsize=_HELD)
    def form(row: int) -> str:
        return matchable(column[row].as_py())

    def holds(row: int, answers: tuple[str, ...]) -> bool:
        return any(answer in form(row) for answer in answers)

    return holds
