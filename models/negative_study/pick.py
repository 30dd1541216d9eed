"""Which passages serve as negatives of a question, kind by kind.

The kinds of Karpukhin et al. 2020, §3.2: random, hard by BM25, gold passages of other questions of
the batch; and those that an encoder itself puts nearest (Xiong et al. 2021, ANCE).
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.negative_study.gathered import Gathered
from models.retrieval.lexical import positive
from models.retrieval.ranked import Ranked, best

Kind = Literal["positive", "false", "given", "bm25", "dense_a", "dense_b", "gold", "random"]

#: In the order in which they are shown: a passage of several kinds is shown as the first of them.
KINDS: tuple[Kind, ...] = (
    "positive",
    "false",
    "given",
    "bm25",
    "dense_a",
    "dense_b",
    "gold",
    "random",
)
#: Those that a question is told apart from.
NEGATIVE = KINDS[2:]
_DEEPEST = 1000  # ranks of an encoder that are looked at
_IF_NONE = 8  # of BM25's first that are looked at where all of them answer the question
#: Mined beyond those wanted, for passages that are left out for more than their answers.
SPARE = 4
_TRIES = 64  # draws for one random passage; and other questions in the batch


@dataclass(frozen=True)
class Spec:
    """How many negatives of each kind, and the seed of what is drawn."""

    each: int = 4
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Picked:
    """Rows of passages for one question.

    Attributes:
        rows: by kind, in the order in which they were found.
        false: what would have been a negative, and why it is none; with the kind it came by.
        askers: the place of the question whose gold passage a row is.
    """

    rows: Mapping[Kind, tuple[int, ...]]
    false: Mapping[int, tuple[Kind, str]]
    askers: Mapping[int, int]


def pick(
    gathered: Gathered,
    place: int,
    mined: Ranked,
    scores: Sequence[NDArray[np.float32]],
    spec: Spec,
) -> Picked:
    """The negatives of the question at ``place``.

    Args:
        mined: the passages that BM25 finds for it, ``SPARE`` more than are wanted, by ``mine``.
        scores: (N,) of every passage, under A and, where it is another encoder, B.
    """
    question = gathered.questions[place]
    own = set(question.positives)
    false: dict[int, tuple[Kind, str]] = {}
    rows: dict[Kind, tuple[int, ...]] = {"positive": question.positives}

    def take(kind: Kind, ordered: Iterable[int], wanted: int) -> None:
        """The first ``wanted`` of ``ordered`` that are negatives; what is none is noted."""
        kept: list[int] = []
        for row in ordered:
            if len(kept) == wanted:
                break
            if row in own or row in kept:
                continue
            why = gathered.excluded(question, row)
            if why:
                false.setdefault(row, (kind, why))
            else:
                kept.append(row)
        rows[kind] = tuple(kept)

    take("given", question.hard, spec.each)
    take("bm25", _by_words(gathered, place, mined), spec.each)
    for kind, known in zip(("dense_a", "dense_b"), scores, strict=False):
        take(kind, _nearest(known), spec.each)  # type: ignore[arg-type]
    rng = random.Random(f"{spec.seed} {place}")
    others = rng.sample(range(len(gathered.questions)), min(_TRIES, len(gathered.questions)))
    askers: dict[int, int] = {}
    for other in others:
        if other != place:
            askers.setdefault(gathered.questions[other].positives[0], other)
    take("gold", askers, spec.each)
    drawn = (rng.randrange(len(gathered.passages)) for _ in range(_TRIES * spec.each))
    take("random", drawn, spec.each)
    shown = {row: askers[row] for row in (*rows["gold"], *false, *own) if row in askers}
    return Picked(rows, false, shown)


def _by_words(gathered: Gathered, place: int, mined: Ranked) -> list[int]:
    """BM25's order down to the last passage that was mined, with all that mining left out."""
    scores = gathered.lexical.scores(gathered.questions[place].text)
    deep = int((scores >= mined.scores[-1]).sum()) if len(mined.rows) else _IF_NONE
    ordered: list[int] = positive(scores, deep).rows.tolist()
    return ordered


def _nearest(scores: NDArray[np.float32]) -> list[int]:
    """The rows of the highest scores first, equal ones by row."""
    rows = np.arange(len(scores), dtype=np.int64)
    ordered: list[int] = best(scores, rows, _DEEPEST).rows.tolist()
    return ordered
