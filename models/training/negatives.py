"""What a question is told apart from in training, as the table of negatives has it.

Karpukhin et al. 2020, §3.2 and table 3: passages drawn at random, gold passages of other
questions, and passages that BM25 ranks high though they hold no answer. With in-batch negatives
the passages of all questions of a batch serve each of them.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.data.asked import Asked, QuestionSet
from models.errors import InputError
from models.events import Work
from models.retrieval.mining import mine

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_MOST = 64  # negatives of one question


@dataclass(frozen=True)
class Negatives:
    """How many negatives of each kind a question brings along.

    Attributes:
        in_batch: whether the passages of the other questions count as well (the paper's choice).
        hard: given by the data, or else mined by BM25.
        random: drawn from the whole corpus, but for what only dev and held questions ask for.
        gold: drawn from the passages that answer other questions.
        pool: the hardest passages of a question from which its hard ones are drawn; the paper
            takes the very hardest.
        mask: leaves out passages of the batch that answer the question as well. A deviation from
            the paper, where questions that share a paragraph are each other's false negatives.
    """

    in_batch: bool = True
    hard: int = 1
    random: int = 0
    gold: int = 0
    pool: int = 8
    mask: bool = False

    @property
    def each(self) -> int:
        """Negatives that one question brings along."""
        return self.hard + self.random + self.gold


@dataclass(frozen=True, eq=False)
class Batch:
    """The passages of a batch; ``questions`` (B,) and ``contexts`` (C,) are rows.

    Attributes:
        questions: of the training questions.
        contexts: of the corpus: each question's positive, then its negatives.
        positives: (B,) the place of each question's positive among the contexts.
        seen: (B, C) what each question is compared with; None means all.
    """

    questions: tuple[int, ...]
    contexts: tuple[int, ...]
    positives: tuple[int, ...]
    seen: "Tensor | None"


def check_negatives(spec: Negatives) -> None:
    """Refuses what cannot be trained with.

    Raises:
        InputError: a number is out of range, or there would be no negative at all.
    """
    for name in ("hard", "random", "gold"):
        if not 0 <= getattr(spec, name) <= _MOST:
            raise InputError(f"A question has 0 to {_MOST} {name} negatives.")
    if spec.pool < 1:
        raise InputError("Hard negatives are drawn from one passage at least.")
    if not spec.in_batch and not spec.each:
        raise InputError(
            "Without those of the batch there is no negative; take hard, random or gold ones."
        )


def hard_pools(found: QuestionSet, spec: Negatives) -> Work[tuple[tuple[int, ...], ...]]:
    """For each training question the rows that its hard negatives are drawn from.

    Those that the data gives come first; where they are too few, BM25 searches the corpus. None
    is of what is set apart.

    Raises:
        InputError: an answer is empty.
    """
    train = found.train
    if not spec.hard:
        return ((),) * len(train)
    depth = max(spec.hard, spec.pool)
    given = [tuple(row for row in q.hard if row not in found.apart) for q in train]
    poor = [n for n, rows in enumerate(given) if len(rows) < spec.hard]
    pools = [rows[:depth] for rows in given]
    if poor:
        chosen = [train[n] for n in poor]
        texts, answers = [q.text for q in chosen], [q.answers for q in chosen]
        own = [(*q.positives, *q.known) for q in chosen]
        mined = yield from mine(texts, answers, own, found.passages, depth, apart=found.apart)
        for n, ranked in zip(poor, mined, strict=True):
            pools[n] = tuple(dict.fromkeys((*pools[n], *ranked.rows.tolist())))[:depth]
    return tuple(pools)


def free_rows(found: QuestionSet) -> NDArray[np.int64]:
    """(F,) the rows that may be drawn at random: all but those set apart."""
    free = np.ones(len(found.passages), bool)
    free[list(found.apart)] = False
    return np.flatnonzero(free)


class Drawer:
    """Chooses the passages of each batch; ``free`` (F,) are those to draw at random from."""

    def __init__(
        self,
        train: Sequence[Asked],
        free: NDArray[np.int64],
        pools: Sequence[tuple[int, ...]],
        spec: Negatives,
    ) -> None:
        self._train, self._free, self._pools, self._spec = train, free, pools, spec
        self._right = [frozenset((*q.positives, *q.known)) for q in train]
        self._gold = sorted({q.positives[0] for q in train})

    def batch(self, rows: Sequence[int], generator: "torch.Generator") -> Batch:
        """The passages for the training questions ``rows``; all chance is the generator's."""
        import torch

        rng = random.Random(int(torch.randint(1 << 62, (1,), generator=generator)))
        contexts: list[int] = []
        positives: list[int] = []
        for row in rows:
            positives.append(len(contexts))
            contexts.append(rng.choice(self._train[row].positives))
            contexts.extend(self._negatives(row, rng))
        seen = self._seen(rows, contexts)
        return Batch(tuple(rows), tuple(contexts), tuple(positives), seen)

    def _negatives(self, row: int, rng: random.Random) -> list[int]:
        spec, pool = self._spec, self._pools[row]
        found = rng.sample(pool, min(spec.hard, len(pool)))
        # Where nothing shares a word with the question, chance fills up.
        missing = spec.hard - len(found)
        found += self._others(row, self._free, spec.random + missing, rng)
        return found + self._others(row, self._gold, spec.gold, rng)

    def _others(
        self, row: int, source: "Sequence[int] | NDArray[np.int64]", count: int, rng: random.Random
    ) -> list[int]:
        """``count`` of ``source``, none of which answers the question unless all do."""
        right = self._right[row]
        found: list[int] = []
        for _ in range(count):
            tries = (int(source[rng.randrange(len(source))]) for _ in range(_MOST))
            first = chosen = next(tries)
            while chosen in right:
                chosen = next(tries, -1)
            found.append(first if chosen < 0 else chosen)
        return found

    def _seen(self, rows: Sequence[int], contexts: Sequence[int]) -> "Tensor | None":
        import torch

        spec, block = self._spec, 1 + self._spec.each
        if spec.in_batch and not spec.mask:
            return None
        seen = torch.full((len(rows), len(contexts)), spec.in_batch)
        for place, row in enumerate(rows):
            seen[place, place * block : (place + 1) * block] = True
            if spec.mask:
                right = self._right[row]
                same = [c for c, context in enumerate(contexts) if context in right]
                seen[place, same] = False
            seen[place, place * block] = True
        return seen
