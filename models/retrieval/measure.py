"""What each kind of index gives and costs on the vectors at hand."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.encoders.card import Similarity
from models.errors import InputError
from models.events import Progress, Skipped, Work
from models.retrieval.dense import DenseIndex, IndexSpec, build_dense

_QUESTIONS = 200


@dataclass(frozen=True)
class IndexMeasure:
    """One kind of index, measured.

    Attributes:
        spec: the index and its parameters.
        recall: share of the exact k nearest that it found, mean over questions, within [0, 1].
        p50, p95: milliseconds for one question alone.
        bytes: size of its file, which is about its size in memory.
        seconds: to train and build it.
    """

    spec: IndexSpec
    recall: float
    p50: float
    p95: float
    bytes: int
    seconds: float


class _Counter:
    size = 0

    def write(self, data: bytes) -> None:
        self.size += len(data)


def compare_indexes(
    vectors: NDArray[np.float32],
    specs: Sequence[IndexSpec],
    k: int = 10,
    similarity: Similarity = "cosine",
    questions: NDArray[np.float32] | None = None,
) -> Work[tuple[IndexMeasure, ...]]:
    """Builds each index over ``vectors`` (N, D) and measures it against the exact search.

    ``questions`` (Q, D) default to 200 passages drawn evenly with a fixed seed, each of which is
    left out of its own result. A kind that cannot be built is Skipped.
    """
    own = np.full(0 if questions is None else len(questions), -1)
    if questions is None:
        own = np.sort(np.random.default_rng(0).permutation(len(vectors))[:_QUESTIONS])
        questions = vectors[own]
    truth = _found(DenseIndex.flat(vectors, similarity), questions, own, k)
    measures = []
    for position, spec in enumerate(specs):
        yield Progress(f"Measuring {spec.kind}", position, len(specs), "indexes")
        started = time.perf_counter()
        try:
            index = yield from build_dense(vectors, spec, similarity)
        except InputError as error:
            yield Skipped(spec.kind, str(error))
            continue
        seconds = time.perf_counter() - started
        found = _found(index, questions, own, k)
        p50, p95 = _latency(index, questions, k)
        counter = _Counter()
        index.write(counter)
        measures.append(IndexMeasure(spec, _recall(truth, found), p50, p95, counter.size, seconds))
    yield Progress("Measuring", len(specs), len(specs), "indexes")
    return tuple(measures)


def _found(
    index: DenseIndex, questions: NDArray[np.float32], own: NDArray[np.int64], k: int
) -> list[list[int]]:
    return [
        ranked.rows[ranked.rows != row][:k].tolist()
        for row, ranked in zip(own, index.search(questions, k + 1), strict=True)
    ]


def _recall(truth: list[list[int]], found: list[list[int]]) -> float:
    shares = [
        len(set(expected) & set(actual)) / len(expected)
        for expected, actual in zip(truth, found, strict=True)
        if expected
    ]
    return float(np.mean(shares)) if shares else 1.0


def _latency(index: DenseIndex, questions: NDArray[np.float32], k: int) -> tuple[float, float]:
    times = []
    for question in questions:
        started = time.perf_counter()
        index.search(question[None], k)
        times.append(1000 * (time.perf_counter() - started))
    if not times:
        return 0.0, 0.0
    p50, p95 = np.percentile(times, (50, 95))
    return float(p50), float(p95)
