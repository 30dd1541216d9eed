"""A gathered set as one encoder sees it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.blocks import gather
from models.encoders.base import Encoder
from models.encoders.card import EncoderCard
from models.evaluation.embedding import SentenceVectors, kept_vectors
from models.events import Work
from models.negative_study.gathered import Gathered
from models.retrieval.dense import as_compared
from models.vectors import encoding


@dataclass(frozen=True, eq=False)
class Sight:
    """Vectors whose inner product is the encoder's own similarity; both arrays are read-only.

    Attributes:
        passages: (N, D).
        questions: (Q, D).
    """

    card: EncoderCard
    passages: NDArray[np.float32]
    questions: NDArray[np.float32]

    def __post_init__(self) -> None:
        self.passages.setflags(write=False)
        self.questions.setflags(write=False)

    @property
    def cosine(self) -> bool:
        """Whether scores are cosines; else they are dot products of any length."""
        return self.card.conventions.similarity == "cosine"

    def scores(self, place: int) -> NDArray[np.float32]:
        """(N,) the score of every passage for the question at ``place``."""
        found: NDArray[np.float32] = self.passages @ self.questions[place]
        return found


def look(gathered: Gathered, encoder: Encoder, name: str) -> Work[Sight]:
    """Embeds passages and questions; those of an encoder's own corpus are there already.

    Args:
        name: of the encoder in what is told of the progress, such as "A".
    """
    card, project = encoder.card, gathered.project
    if project is not None and project.vectors.encoder_key == card.key:
        passages = gather(project.vectors.array, gathered.rows)
    else:
        kept = SentenceVectors(encoder, kept_vectors())
        passages = yield from kept.of(gathered.titled(), f"Embedding passages under {name}")
    asked = [question.text for question in gathered.questions]
    questions = yield from encoding(asked, encoder, "question")
    similarity = card.conventions.similarity
    return Sight(
        card, as_compared(passages, similarity), as_compared(questions.array, similarity).copy()
    )
