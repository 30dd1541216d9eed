"""Whether an entailment lies closer to its premise than a contradiction."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.data.nli import Triplet
from models.errors import InputError
from models.evaluation.embedding import SentenceVectors
from models.evaluation.sts import directions
from models.events import Progress, Work

#: Triplets whose vectors are held at a time: of a few hundred thousand they would not fit.
_WINDOW = 8192


@dataclass(frozen=True, eq=False)
class TripletScore:
    """N triplets under one encoder; arrays are (N,) float32, read-only.

    The three cosines of a triplet are the whole Gram matrix of its directions: nothing else is
    needed to draw them.

    Attributes:
        entailed: cosine of premise and entailment.
        contradicted: cosine of premise and contradiction.
        opposed: cosine of entailment and contradiction.
    """

    entailed: NDArray[np.float32]
    contradicted: NDArray[np.float32]
    opposed: NDArray[np.float32]

    def __post_init__(self) -> None:
        for array in (self.entailed, self.contradicted, self.opposed):
            array.setflags(write=False)

    @property
    def margins(self) -> NDArray[np.float32]:
        """(N,) how much closer the entailment is; negative where the order is wrong."""
        return self.entailed - self.contradicted

    @property
    def ordered(self) -> float:
        """Percentage of triplets in the right order; equally close is not."""
        return 100 * float(np.mean(self.margins > 0))

    @property
    def margin(self) -> float:
        """The mean margin."""
        return float(self.margins.mean())


def score_triplets(vectors: SentenceVectors, triplets: Sequence[Triplet]) -> Work[TripletScore]:
    """Cosines of every triplet; may be closed at any event, and what was embedded is kept.

    Raises:
        InputError: there is none, or the encoder is damaged.
    """
    if not triplets:
        raise InputError("There are no triplets to measure.")
    cosines = np.empty((3, len(triplets)), np.float32)
    for start in range(0, len(triplets), _WINDOW):
        part = triplets[start : start + _WINDOW]
        texts = [
            *(triplet.premise for triplet in part),
            *(triplet.entailment for triplet in part),
            *(triplet.contradiction for triplet in part),
        ]
        array = yield from _within(vectors.of(texts), start, len(part), len(triplets))
        premise, entailed, contradicted = np.split(directions(array), 3)
        cosines[0, start : start + len(part)] = (premise * entailed).sum(1)
        cosines[1, start : start + len(part)] = (premise * contradicted).sum(1)
        cosines[2, start : start + len(part)] = (entailed * contradicted).sum(1)
    return TripletScore(*cosines)


def _within(
    work: Work[NDArray[np.float32]], start: int, size: int, total: int
) -> Work[NDArray[np.float32]]:
    """``work`` on ``size`` triplets from ``start`` on, its progress told as part of the whole."""
    with closing(work):
        while True:
            try:
                event = next(work)
            except StopIteration as stop:
                array: NDArray[np.float32] = stop.value
                return array
            if isinstance(event, Progress) and event.total:
                done = start + event.done * size // event.total
                event = replace(event, done=done, total=total, unit="triplets")
            yield event
