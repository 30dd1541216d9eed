"""Whether an entailment lies closer to its premise than a contradiction."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.data.nli import Triplet
from models.errors import InputError
from models.evaluation.embedding import SentenceVectors
from models.evaluation.sts import directions
from models.events import Work


@dataclass(frozen=True, eq=False)
class TripletScore:
    """N triplets under one encoder; arrays are (N,) float32, read-only.

    Attributes:
        entailed: cosine of premise and entailment.
        contradicted: cosine of premise and contradiction.
    """

    entailed: NDArray[np.float32]
    contradicted: NDArray[np.float32]

    def __post_init__(self) -> None:
        self.entailed.setflags(write=False)
        self.contradicted.setflags(write=False)

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
    """Cosines of every triplet.

    Raises:
        InputError: there is none, or the encoder is damaged.
    """
    if not triplets:
        raise InputError("There are no triplets to measure.")
    premises = [triplet.premise for triplet in triplets]
    entailments = [triplet.entailment for triplet in triplets]
    contradictions = [triplet.contradiction for triplet in triplets]
    array = yield from vectors.of([*premises, *entailments, *contradictions])
    premise, entailed, contradicted = np.split(directions(array), 3)
    return TripletScore((premise * entailed).sum(1), (premise * contradicted).sum(1))
