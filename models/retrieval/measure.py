"""What each kind of index gives and costs on the vectors at hand."""

import math
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
_UNIT = 1e-4  # how far from 1 a length may be by rounding
_BLOCK = 20_000


@dataclass(frozen=True)
class IndexMeasure:
    """One kind of index, measured.

    Attributes:
        spec: the index and its parameters.
        recall: share of the exact k nearest that it found, mean over questions, within [0, 1].
        p50, p95: milliseconds for one question alone.
        bytes: size of its file, which is about its size in memory; of the flat index, which is
            the vectors themselves, theirs.
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
    patience: float = math.inf,
) -> Work[tuple[IndexMeasure, ...]]:
    """Builds each index over ``vectors`` (N, D) and measures it against the exact search.

    ``questions`` (Q, D) default to 200 passages drawn evenly with a fixed seed, each of which is
    left out of its own result. A kind that cannot be built is Skipped, and so is one that would
    take longer than ``patience`` seconds, as soon as its progress tells. The vectors may be
    memory-mapped; one index at a time is in memory.
    """
    own = np.full(0 if questions is None else len(questions), -1)
    if questions is None:
        own = np.sort(np.random.default_rng(0).permutation(len(vectors))[:_QUESTIONS])
        questions = vectors[own]
    exact = yield from _exact(vectors, similarity)
    truth = _found(exact, questions, own, k)
    measures = []
    for position, spec in enumerate(specs):
        yield Progress(f"Measuring {spec.kind}", position, len(specs), "indexes")
        started = time.perf_counter()
        try:
            if spec.kind == "flat":
                index = exact
            else:
                index = yield from _patient(build_dense(vectors, spec, similarity), patience)
        except InputError as error:
            yield Skipped(spec.kind, str(error))
            continue
        seconds = time.perf_counter() - started
        found = _found(index, questions, own, k)
        p50, p95 = _latency(index, questions, k)
        counter = _Counter()
        if spec.kind == "flat":
            counter.size = vectors.nbytes
        else:
            index.write(counter)
        del index  # before the next is built
        measures.append(IndexMeasure(spec, _recall(truth, found), p50, p95, counter.size, seconds))
    yield Progress("Measuring", len(specs), len(specs), "indexes")
    return tuple(measures)


def _exact(vectors: NDArray[np.float32], similarity: Similarity) -> Work[DenseIndex]:
    """The exact index; over the vectors as they lie, where their lengths allow it."""
    yield Progress("Measuring exactly")
    if similarity == "cosine":
        for start in range(0, len(vectors), _BLOCK):
            lengths = np.linalg.norm(vectors[start : start + _BLOCK], axis=1)
            if (np.abs(lengths - 1) > _UNIT).any():
                return DenseIndex.flat(vectors, similarity)
    return DenseIndex.over(vectors, similarity)


class Forecast:
    """Seconds from now on that work will have taken when its present stage ends."""

    def __init__(self) -> None:
        self._began = self._stage_began = time.perf_counter()
        self._stage = ""

    def after(self, event: Progress) -> float:
        """What ``event`` lets expect: the stages before took what they took."""
        now = time.perf_counter()
        if event.stage != self._stage:
            self._stage, self._stage_began = event.stage, now
        if not event.done or not event.total:
            return now - self._began
        before, passed = self._stage_began - self._began, now - self._stage_began
        return before + passed * event.total / event.done


def _patient(work: Work[DenseIndex], patience: float) -> Work[DenseIndex]:
    """Passes on the events of ``work`` while it will have ended within ``patience`` seconds.

    Raises:
        InputError: it will not, by what it has done so far.
    """
    forecast = Forecast()
    try:
        while True:
            try:
                event = next(work)
            except StopIteration as stop:
                built: DenseIndex = stop.value
                return built
            if isinstance(event, Progress) and (whole := forecast.after(event)) > patience:
                raise InputError(
                    f"Building it would take about {math.ceil(whole / 60)} minutes, so it was not "
                    "measured."
                )
            yield event
    finally:
        work.close()


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
