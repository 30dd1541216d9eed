"""Wrong paragraphs that look right: those that BM25 finds for a question and that do not answer it.

The same questions as with hard negatives of dense retrieval (Karpukhin et al. 2020, §3.2): what a
reader must be silent about when a search brings it.
"""

import random
from collections.abc import Mapping

import numpy as np

from models.evaluation.ranking import has_answer
from models.events import Progress, Work
from models.reader.squad import Pair, ReaderSet

_LOOKED_AT = 20  # of BM25's list, in which those with an answer are passed over
_DRAWN_FROM = 6  # the best of the others
_KEPT = 4  # a question
_TOLD = 50  # questions between two reports


def near_paragraphs(
    questions: ReaderSet, seed: int, parts: tuple[str, ...] = ("train",)
) -> Work[Mapping[Pair, tuple[int, ...]]]:
    """For each answered question of ``parts`` up to four rows of paragraphs, in a random order.

    A part is searched by itself, so that nothing is learnt from articles that are set aside.
    """
    from models.retrieval.lexical import LexicalIndex

    found: dict[Pair, tuple[int, ...]] = {}
    for name in parts:
        pairs: tuple[Pair, ...] = getattr(questions, name)
        rows = sorted({pair.paragraph for pair in pairs})
        asked = [pair for pair in dict.fromkeys(pairs) if pair.span is not None]
        if len(rows) < 2 or not asked:
            continue
        index = yield from LexicalIndex.building([questions.paragraphs[row] for row in rows])
        for done, pair in enumerate(asked):
            if done % _TOLD == 0:
                yield Progress("Looking for wrong passages", done, len(asked), "questions")
            hits = [rows[hit] for hit in np.asarray(index.search(pair.question, _LOOKED_AT).rows)]
            wrong = [row for row in hits if not _answers(pair, row, questions)][:_DRAWN_FROM]
            random.Random(f"near {seed} {pair.paragraph} {pair.question}").shuffle(wrong)
            found[pair] = tuple(wrong[:_KEPT])
    return found


def _answers(pair: Pair, row: int, questions: ReaderSet) -> bool:
    return row == pair.paragraph or has_answer(pair.answers, questions.paragraphs[row])
