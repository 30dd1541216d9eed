"""Nearest passages by their vectors, with FAISS (Johnson, Douze & Jégou 2017).

The one place for the conventions of similarity: every index ranks by inner product, higher is
better, and where the similarity is the cosine, passages and questions are normalised here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from models.encoders.card import Similarity
from models.errors import InputError
from models.events import Progress, Work, finish
from models.files import atomic_path
from models.retrieval.ranked import Ranked, best

Kind = Literal["flat", "sq8", "hnsw", "ivf", "ivfpq"]

_CLASSES: dict[Kind, tuple[str, ...]] = {
    "flat": ("IndexFlatIP", "IndexFlat"),
    "sq8": ("IndexScalarQuantizer",),
    "hnsw": ("IndexHNSWFlat",),
    "ivf": ("IndexIVFFlat",),
    "ivfpq": ("IndexIVFPQ",),
}
_CENTROIDS = 256  # of one 8-bit product quantiser; it cannot be trained on fewer vectors
_POINTS_A_LIST = 39  # FAISS warns of poor clusters when it trains on fewer per centroid
_MANY = 20  # from here on FAISS multiplies blocks of questions, which is worth threads


@dataclass(frozen=True)
class IndexSpec:
    """Which FAISS index, and its parameters; those of other kinds are ignored.

    Attributes:
        kind: ``flat`` exact; ``sq8`` exact search over 8-bit components; ``hnsw`` a navigable
            graph (Malkov & Yashunin 2018); ``ivf`` inverted lists; ``ivfpq`` inverted lists of
            product-quantised residuals (Jégou et al. 2011).
        links: HNSW's M, neighbours a node keeps.
        ef_construction: HNSW's candidates while building.
        ef_search: HNSW's candidates while searching; more find more and take longer.
        lists: number of inverted lists; None takes 4·√N, or fewer for a small corpus.
        probes: inverted lists visited for a question.
        code_bytes: bytes a vector takes in ``ivfpq``; lowered to a divisor of the dimensions.

    Raises:
        InputError: an unknown kind, or a parameter that is not a positive whole number.
    """

    kind: Kind = "flat"
    links: int = 32
    ef_construction: int = 40
    ef_search: int = 128
    lists: int | None = None
    probes: int = 32
    code_bytes: int = 48

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise InputError(
                f"{self.kind!r} is no kind of index; choose one of {', '.join(get_args(Kind))}."
            )
        for name in ("links", "ef_construction", "ef_search", "lists", "probes", "code_bytes"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, int) or value < 1):
                raise InputError(f"The index's {name} is {value!r}; it must be a positive number.")


class DenseIndex:
    """A FAISS index over the vectors of all passages; safe to search from several threads."""

    def __init__(self, index: Any, spec: IndexSpec, similarity: Similarity) -> None:
        self._index = index
        self.spec = spec
        self.similarity = similarity
        if spec.kind == "hnsw":
            index.hnsw.efSearch = spec.ef_search
        if spec.kind in ("ivf", "ivfpq"):
            index.nprobe = min(spec.probes, index.nlist)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimensions(self) -> int:
        """D of the vectors in the index."""
        return int(self._index.d)

    @classmethod
    def flat(cls, vectors: NDArray[np.float32], similarity: Similarity) -> "DenseIndex":
        """The exact index over ``vectors`` (N, D), in a moment."""
        return finish(build_dense(vectors, IndexSpec(), similarity))

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
        with _threads(1 if len(questions) < _MANY else None):
            scores, rows = self._index.search(questions, k)
        return [
            best(s[found], r[found], k) for s, r, found in zip(scores, rows, rows >= 0, strict=True)
        ]

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

        faiss = _faiss()
        faiss.write_index(self._index, faiss.PyCallbackIOWriter(write))

    @classmethod
    def load(cls, path: Path, spec: IndexSpec, similarity: Similarity) -> "DenseIndex":
        """Reads what ``save`` wrote; ``ef_search`` and ``probes`` may differ from then.

        Raises:
            InputError: the file is missing, truncated, not FAISS's, or of another kind.
        """
        faiss = _faiss()
        try:
            # Python opens the file, because FAISS on Windows mistakes names beyond ASCII.
            with path.open("rb") as file:
                index = faiss.read_index(faiss.PyCallbackIOReader(file.read))
        except FileNotFoundError as error:
            raise InputError(f"The index {path} is missing; build it again.") from error
        except Exception as error:  # FAISS and its wrapper raise many kinds for a broken file
            raise InputError(f"{path} is not a whole FAISS index; build it again.") from error
        if type(index).__name__ not in _CLASSES[spec.kind]:
            raise InputError(
                f"{path} holds a FAISS {type(index).__name__}, not the {spec.kind} index expected."
            )
        if index.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise InputError(f"{path} ranks by a distance, not by inner product; build it again.")
        return cls(index, spec, similarity)


def build_dense(
    vectors: NDArray[np.float32], spec: IndexSpec, similarity: Similarity
) -> Work[DenseIndex]:
    """Builds an index over ``vectors`` (N, D); yields Progress in vectors.

    Raises:
        InputError: too few vectors for this kind to be trained on.
    """
    count = len(vectors)
    index = _empty(spec, count, vectors.shape[1])
    if not index.is_trained:
        yield Progress("Training the index", 0, count, "vectors")
        enough = max(_CENTROIDS * _lists(spec, count), _CENTROIDS * 256)
        chosen = np.random.default_rng(0).permutation(count)[:enough]
        index.train(as_compared(vectors[np.sort(chosen)], similarity))
    step = 2_000 if spec.kind == "hnsw" else 20_000
    for start in range(0, count, step):
        yield Progress("Building the index", start, count, "vectors")
        index.add(as_compared(vectors[start : start + step], similarity))
    yield Progress("Building the index", count, count, "vectors")
    return DenseIndex(index, spec, similarity)


def as_compared(vectors: NDArray[np.float32], similarity: Similarity) -> NDArray[np.float32]:
    """The vectors (…, D) whose inner product is the similarity; a zero vector stays zero."""
    array = np.ascontiguousarray(vectors, dtype=np.float32)
    if similarity == "dot":
        return array
    norms: NDArray[np.float32] = np.linalg.norm(array, axis=-1, keepdims=True)
    norms[norms == 0] = 1
    return array / norms


def _lists(spec: IndexSpec, count: int) -> int:
    return spec.lists or max(1, min(int(4 * count**0.5), count // _POINTS_A_LIST))


def _empty(spec: IndexSpec, count: int, dimensions: int) -> Any:
    faiss = _faiss()
    lists = _lists(spec, count)
    least = {"flat": 0, "sq8": 1, "hnsw": 0, "ivf": lists, "ivfpq": max(lists, _CENTROIDS)}
    if count < least[spec.kind]:
        raise InputError(
            f"An index of kind {spec.kind} needs at least {least[spec.kind]} passages to be "
            f"trained on, and there are {count}; choose the flat index."
        )
    product = faiss.METRIC_INNER_PRODUCT
    if spec.kind == "flat":
        return faiss.IndexFlatIP(dimensions)
    if spec.kind == "sq8":
        return faiss.IndexScalarQuantizer(dimensions, faiss.ScalarQuantizer.QT_8bit, product)
    if spec.kind == "hnsw":
        index = faiss.IndexHNSWFlat(dimensions, spec.links, product)
        index.hnsw.efConstruction = spec.ef_construction
        return index
    quantizer = faiss.IndexFlatIP(dimensions)
    if spec.kind == "ivf":
        index = faiss.IndexIVFFlat(quantizer, dimensions, lists, product)
    else:
        parts = next(n for n in range(spec.code_bytes, 0, -1) if dimensions % n == 0)
        index = faiss.IndexIVFPQ(quantizer, dimensions, lists, parts, 8, product)
        index.pq.cp.min_points_per_centroid = 1
    # Few vectors make coarse clusters, which is no reason to write to standard error.
    index.cp.min_points_per_centroid = 1
    quantizer.this.disown()  # the index now frees it
    index.own_fields = True
    return index


@contextmanager
def _threads(count: int | None) -> Iterator[None]:
    """FAISS with ``count`` threads, for this calling thread alone; None leaves it as it is.

    One question against a flat index is bound by memory: a second thread only slows it.
    """
    faiss = _faiss()
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(count or before)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _faiss() -> Any:
    """FAISS, loaded when first needed and untyped: its stubs lack half of what is used here."""
    import faiss

    return faiss
