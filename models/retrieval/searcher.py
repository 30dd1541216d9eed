"""From a question to the passages that answer it, by vectors, by words and by both."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from models.data.records import Passages
from models.encoders.base import Encoder
from models.errors import InputError
from models.retrieval.dense import DenseIndex, as_compared
from models.retrieval.hybrid import DEPTH, WEIGHTS, candidates, fuse
from models.retrieval.lexical import LexicalIndex, positive
from models.retrieval.ranked import Ranked
from models.vectors import Vectors

Method = Literal["dense", "bm25", "hybrid"]
METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage found: its rank from 1, its row, and its score by the method that found it."""

    rank: int
    row: int
    score: float


@dataclass(frozen=True)
class Answer:
    """What was found for one question.

    Attributes:
        question: as it was asked.
        vector: the question's vector, (D,), read-only; all zero for an empty question.
        hits: of each method asked for, best first.
        seconds: from the question's text to its hits.
    """

    question: str
    vector: NDArray[np.float32]
    hits: Mapping[Method, tuple[Hit, ...]]
    seconds: float


class Searcher:
    """A corpus with its indexes and encoder; safe to use from several threads.

    Raises:
        InputError: the parts do not belong together, or ``weight`` is not within [0, 1].
    """

    def __init__(
        self,
        passages: Passages,
        vectors: Vectors,
        encoder: Encoder,
        dense: DenseIndex,
        lexical: LexicalIndex,
        weight: float | None = None,
    ) -> None:
        count, dimensions = vectors.array.shape
        if encoder.card.key != vectors.encoder_key:
            raise InputError(f"The passages were not embedded by {encoder.card.name} as it is now.")
        if encoder.card.conventions.similarity != dense.similarity:
            raise InputError(
                f"The index compares by {dense.similarity} and {encoder.card.name} by "
                f"{encoder.card.conventions.similarity}."
            )
        if dense.dimensions != dimensions:
            raise InputError(
                f"The index has {dense.dimensions} dimensions and the vectors have {dimensions}."
            )
        for name, size in (("vectors", count), ("index", len(dense)), ("word index", len(lexical))):
            if size != len(passages):
                raise InputError(f"The {name} cover {size} passages of {len(passages)}.")
        self.passages = passages
        self.vectors = vectors
        self.encoder = encoder
        self.dense = dense
        self.lexical = lexical
        self.weight = WEIGHTS[dense.similarity] if weight is None else weight
        if not 0 <= self.weight <= 1:
            raise InputError(f"The weight of the dense score is {weight}; it lies within 0 and 1.")

    def search(self, question: str, k: int = 10, methods: Sequence[Method] = METHODS) -> Answer:
        """The k best passages by each method; k is capped to the number of passages."""
        started = time.perf_counter()
        if question.strip():
            tokens = self.encoder.tokenize([question], "question")
            vectors = self.encoder.forward(tokens, "question")
            (ranked,) = self.rank([question], vectors, k, methods)
            hits = {method: _hits(ranked[method]) for method in methods}
        else:
            vectors = np.zeros((1, self.vectors.array.shape[1]), np.float32)
            hits = dict.fromkeys(methods, ())
        vector = vectors[0].copy()
        vector.setflags(write=False)
        return Answer(question, vector, MappingProxyType(hits), time.perf_counter() - started)

    def rank(
        self,
        questions: Sequence[str],
        vectors: NDArray[np.float32],
        k: int,
        methods: Sequence[Method] = METHODS,
    ) -> list[dict[Method, Ranked]]:
        """The same for many questions whose vectors (Q, D) are known, without building hits."""
        depth = max(k, DEPTH) if "hybrid" in methods else k
        by_vector = "dense" in methods or "hybrid" in methods
        nearest = self.dense.search(vectors, depth if by_vector else 0)
        return [
            self._rank(question, vector, near, k, depth, methods)
            for question, vector, near in zip(questions, vectors, nearest, strict=True)
        ]

    def _rank(
        self,
        question: str,
        vector: NDArray[np.float32],
        near: Ranked,
        k: int,
        depth: int,
        methods: Sequence[Method],
    ) -> dict[Method, Ranked]:
        ranked: dict[Method, Ranked] = {"dense": near.first(k)}
        if "bm25" in methods or "hybrid" in methods:
            scores = self.lexical.scores(question)
            worded = positive(scores, depth)
            ranked["bm25"] = worded.first(k)
        if "hybrid" in methods:
            # Each method's score of the other's candidates is computed, never guessed.
            rows = candidates(near, worded)
            exact = self._similarities(vector, rows)
            least = -1.0 if self.dense.similarity == "cosine" else None
            ranked["hybrid"] = fuse(rows, exact, scores[rows], self.weight, least, k)
        return {method: ranked[method] for method in methods}

    def _similarities(
        self, vector: NDArray[np.float32], rows: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """The question's exact similarity to each row, (C,), whatever the index approximates."""
        passages = as_compared(self.vectors.array[rows], self.dense.similarity)
        similarities: NDArray[np.float32] = passages @ as_compared(vector, self.dense.similarity)
        return similarities


def found_only(answer: Answer, method: Literal["dense", "bm25"]) -> tuple[Hit, ...]:
    """The hits of ``method`` that the other of the two methods lacks, best first."""
    other: Method = "bm25" if method == "dense" else "dense"
    theirs = {hit.row for hit in answer.hits[other]}
    return tuple(hit for hit in answer.hits[method] if hit.row not in theirs)


def _hits(ranked: Ranked) -> tuple[Hit, ...]:
    pairs = zip(ranked.rows.tolist(), ranked.scores.tolist(), strict=True)
    return tuple(Hit(rank, row, score) for rank, (row, score) in enumerate(pairs, start=1))
