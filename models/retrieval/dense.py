"""Nearest passages by their vectors, with FAISS (Johnson, Douze & Jégou 2017).

The one place for the conventions of similarity: every index ranks by inner product, higher is
better, and where the similarity is the cosine, passages and questions are normalised here.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.encoders.card import Similarity
from models.errors import InputError
from models.events import Progress, Work, finish
from models.files import atomic_path
from models.mapped import let_go
from models.retrieval.faiss_kinds import (
    CLASSES,
    empty_index,
    load_faiss,
    threads,
    training,
    training_rows,
)
from models.retrieval.index_spec import IndexSpec, Kind, suggested_index
from models.retrieval.ranked import Ranked, best

__all__ = ["DenseIndex", "IndexSpec", "Kind", "as_compared", "build_dense", "suggested_index"]

_MANY = 20  # from here on FAISS multiplies blocks of questions, which is worth threads


class DenseIndex:
    """A FAISS index over the vectors of all passages; safe to search from several threads.

    Args:
        index: FAISS's.
        spec: which kind it is; ``spec.candidates`` says whether it nominates more than is asked.
        similarity: what the inner product of compared vectors stands for.
        vectors: the passages' own, (N, D), by which nominated ones are compared exactly; they may
            be memory-mapped. Without them the index's own scores are all there is.
    """

    def __init__(
        self,
        index: Any,
        spec: IndexSpec,
        similarity: Similarity,
        vectors: NDArray[np.float32] | None = None,
    ) -> None:
        self._index = index
        self.spec = spec
        self.similarity = similarity
        self._vectors = vectors if spec.candidates > 1 else None
        if spec.kind == "hnsw":
            index.hnsw.efSearch = spec.ef_search
        if spec.kind in ("ivf", "ivfpq"):
            index.nprobe = spec.visited(index.nlist)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimensions(self) -> int:
        """D of the vectors in the index."""
        return int(self._index.d)

    @classmethod
    def flat(cls, vectors: NDArray[np.float32], similarity: Similarity) -> "DenseIndex":
        """The exact index over a copy of ``vectors`` (N, D), in a moment."""
        return finish(build_dense(vectors, IndexSpec(), similarity))

    @classmethod
    def over(cls, vectors: NDArray[np.float32], similarity: Similarity) -> "DenseIndex":
        """The exact index over ``vectors`` (N, D) as they lie, memory-mapped or not, at once.

        For cosines they are of length 1 already; of other vectors this would be the dot product.
        """
        return cls(_InPlace(vectors), IndexSpec(), similarity)

    def search(self, vectors: NDArray[np.float32], k: int) -> list[Ranked]:
        """The k most similar passages of each question.

        Args:
            vectors: questions, (Q, D).
            k: capped to the number of passages.

        Returns:
            Q rankings. An approximate index may find fewer than k; FAISS's padding (−1) is
            dropped. Which of several passages that tie for the last place appears is FAISS's
            choice; those that do appear are ordered by score, then by row.

        Raises:
            InputError: the questions' vectors have another dimension than the passages'.
        """
        if vectors.ndim != 2 or vectors.shape[1] != self.dimensions:
            raise InputError(
                f"The question's vector has {vectors.shape[-1]} dimensions and the index "
                f"{self.dimensions}; another encoder made them."
            )
        k = min(k, len(self))
        if k < 1 or not len(vectors):
            return [Ranked(np.empty(0, np.float32), np.empty(0, np.int64)) for _ in vectors]
        questions = as_compared(vectors, self.similarity)
        wide = k if self._vectors is None else min(k * self.spec.candidates, len(self))
        with threads(1 if len(questions) < _MANY else None):
            scores, rows = self._index.search(questions, wide)
        found = [(s[r >= 0], r[r >= 0]) for s, r in zip(scores, rows, strict=True)]
        if self._vectors is not None:
            found = [self._exact(q, np.sort(r)) for q, (_, r) in zip(questions, found, strict=True)]
            let_go(self._vectors)
        return [best(s, r, k) for s, r in found]

    def _exact(
        self, question: NDArray[np.float32], rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The similarities of ``rows`` (C,), ascending as they lie on the disk, and the rows."""
        assert self._vectors is not None
        return as_compared(self._vectors[rows], self.similarity) @ question, rows

    def save(self, path: Path) -> None:
        """Writes one file by atomic rename.

        Raises:
            InputError: it cannot be written.
        """
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            self.write(file)

    def write(self, file: Any) -> None:
        """Writes FAISS's own format to anything that has ``write(bytes)``."""

        def write(data: bytes) -> int:
            file.write(data)
            return len(data)

        faiss, index = load_faiss(), self._index
        if isinstance(index, _InPlace):
            index = faiss.IndexFlatIP(index.d)
            index.add(self._index.vectors)
        faiss.write_index(index, faiss.PyCallbackIOWriter(write))

    @classmethod
    def load(
        cls,
        path: Path,
        spec: IndexSpec,
        similarity: Similarity,
        vectors: NDArray[np.float32] | None = None,
    ) -> "DenseIndex":
        """Reads what ``save`` wrote; ``ef_search``, ``probes`` and ``rerank`` may be others now.

        ``vectors`` are the passages' own, as the class takes them.

        Raises:
            InputError: the file is missing, truncated, not FAISS's, or of another kind.
        """
        faiss = load_faiss()
        try:
            # Python opens the file, because FAISS on Windows mistakes names beyond ASCII.
            with path.open("rb") as file:
                index = faiss.read_index(faiss.PyCallbackIOReader(file.read))
        except FileNotFoundError as error:
            raise InputError(f"The index {path} is missing; build it again.") from error
        except Exception as error:  # FAISS and its wrapper raise many kinds for a broken file
            raise InputError(f"{path} is not a whole FAISS index; build it again.") from error
        if type(index).__name__ not in CLASSES[spec.kind]:
            raise InputError(
                f"{path} holds a FAISS {type(index).__name__}, not the {spec.kind} index expected."
            )
        if index.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise InputError(f"{path} ranks by a distance, not by inner product; build it again.")
        return cls(index, spec, similarity, vectors)


def build_dense(
    vectors: NDArray[np.float32], spec: IndexSpec, similarity: Similarity
) -> Work[DenseIndex]:
    """Builds an index over ``vectors`` (N, D); yields Progress in rounds and vectors.

    The vectors may be memory-mapped: they are read in blocks, and a sample to train on.

    Raises:
        InputError: too few vectors for this kind to be trained on.
    """
    count = len(vectors)
    index = empty_index(spec, count, vectors.shape[1])
    if not index.is_trained:
        sample = as_compared(vectors[training_rows(spec, count)], similarity)
        let_go(vectors)
        yield from training(index, sample)
        del sample
    step = 2_000 if spec.kind == "hnsw" else 20_000
    for start in range(0, count, step):
        yield Progress("Building the index", start, count, "vectors")
        index.add(as_compared(vectors[start : start + step], similarity))
        let_go(vectors)
    yield Progress("Building the index", count, count, "vectors")
    return DenseIndex(index, spec, similarity, vectors)


class _InPlace:
    """What FAISS's flat index does, over vectors (N, D) that it doesn't own."""

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        self.vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        self.ntotal, self.d = self.vectors.shape

    def search(
        self, questions: NDArray[np.float32], k: int
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        faiss = load_faiss()
        scores, rows = faiss.knn(questions, self.vectors, k, faiss.METRIC_INNER_PRODUCT)
        return scores, rows


def as_compared(vectors: NDArray[np.float32], similarity: Similarity) -> NDArray[np.float32]:
    """The vectors (…, D) whose inner product is the similarity; a zero vector stays zero."""
    array = np.ascontiguousarray(vectors, dtype=np.float32)
    if similarity == "dot":
        return array
    norms: NDArray[np.float32] = np.linalg.norm(array, axis=-1, keepdims=True)
    norms[norms == 0] = 1
    return array / norms
