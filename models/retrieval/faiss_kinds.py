"""FAISS's indexes of each kind, empty, and how they are trained."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError
from models.events import Progress, Work
from models.retrieval.index_spec import IndexSpec, Kind

CLASSES: dict[Kind, tuple[str, ...]] = {
    "flat": ("IndexFlatIP", "IndexFlat"),
    "sq8": ("IndexScalarQuantizer",),
    "hnsw": ("IndexHNSWFlat",),
    "ivf": ("IndexIVFFlat",),
    "ivfpq": ("IndexIVFPQ",),
}
_CENTROIDS = 256  # of one 8-bit product quantiser; it cannot be trained on fewer vectors
_DIMENSIONS_A_BYTE = 4
_POINTS_A_LIST = 39  # FAISS warns of poor clusters when it trains on fewer per centroid
_TRAINED = 64  # vectors a list that clusters are trained on: more take longer and find no better


def empty_index(spec: IndexSpec, count: int, dimensions: int) -> Any:
    """The index for ``count`` vectors, before it is trained and any are added.

    Raises:
        InputError: too few vectors for this kind to be trained on.
    """
    faiss = load_faiss()
    lists = lists_of(spec, count)
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
        wanted = spec.code_bytes or max(1, dimensions // _DIMENSIONS_A_BYTE)
        parts = next(n for n in range(wanted, 0, -1) if dimensions % n == 0)
        index = faiss.IndexIVFPQ(quantizer, dimensions, lists, parts, 8, product)
        index.pq.cp.min_points_per_centroid = 1
    # Few vectors make coarse clusters, which is no reason to write to standard error.
    index.cp.min_points_per_centroid = 1
    quantizer.this.disown()  # the index now frees it
    index.own_fields = True
    return index


def lists_of(spec: IndexSpec, count: int) -> int:
    """How many inverted lists an index over ``count`` vectors has."""
    return spec.lists or max(1, min(int(4 * count**0.5), count // _POINTS_A_LIST))


def training_rows(spec: IndexSpec, count: int) -> NDArray[np.int64]:
    """Rows that an index is trained on, ascending, drawn with a fixed seed."""
    enough = max(_TRAINED * lists_of(spec, count), _CENTROIDS * 256)
    return np.sort(np.random.default_rng(0).permutation(count)[:enough])


def training(index: Any, points: NDArray[np.float32]) -> Work[None]:
    """Trains ``index`` on ``points`` (n, D), and may be closed after each round of clustering.

    FAISS's own training is one call of minutes for a million vectors. Here its rounds of k-means
    are asked for one by one, each of which goes on from the centres of the one before.
    """
    faiss = load_faiss()
    if hasattr(index, "nlist"):
        rounds = index.cp.niter
        once = faiss.ClusteringParameters()
        once.niter, once.spherical = 1, index.cp.spherical
        once.min_points_per_centroid = 1
        once.max_points_per_centroid = len(points)  # all of them: they are a sample already
        clustering = faiss.Clustering(index.d, index.nlist, once)
        for done in range(rounds):
            yield Progress("Training the index", done, rounds, "rounds")
            clustering.train(points, faiss.downcast_index(index.quantizer))
        yield Progress("Training the index", rounds, rounds, "rounds")
    else:
        yield Progress("Training the index", 0, len(points), "vectors")
    index.train(points)


@contextmanager
def threads(count: int | None) -> Iterator[None]:
    """FAISS with ``count`` threads, for this calling thread alone; None leaves it as it is.

    One question against a flat index is bound by memory: a second thread only slows it.
    """
    faiss = load_faiss()
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(count or before)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def load_faiss() -> Any:
    """FAISS, loaded when first needed and untyped: its stubs lack half of what is used here."""
    import faiss

    return faiss
