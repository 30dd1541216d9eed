"""Groups of neighbouring vectors, and words to call them by."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.blocks import at_length_1, blocks, gather
from models.events import Progress, Work
from models.geometry import sampled_rows

_WORD = re.compile(r"[^\W\d_]{3,}")
_SAMPLED = 20_000
_STEP = 2000  # texts read at once
_POINTS_A_CENTRE = 256  # that k-means is trained on, as is FAISS's own habit


@dataclass(frozen=True)
class Clusters:
    """``labels`` (N,) int32 in 0 … k−1, largest cluster first; ``names`` one a cluster."""

    labels: NDArray[np.int32]
    names: tuple[str, ...]


def cluster(
    vectors: NDArray[np.float32],
    texts: Sequence[str] | pa.ChunkedArray,
    count: int | None = None,
    seed: int = 0,
) -> Work[Clusters]:
    """Spherical k-means of vectors (N, D), named by the words that set each cluster apart.

    ``count`` defaults to √(N/2) held between 2 and 24. The centres are found from at most 256
    random vectors a cluster, then every vector is given to its nearest. Names are the two words by
    which the cluster's document frequencies diverge most from the corpus's (the largest terms of
    the Kullback–Leibler divergence, to which a word as common everywhere adds nothing), counted
    over at most 20,000 random texts.
    """
    import faiss

    total, dimensions = vectors.shape
    yield Progress("Clustering", 0, total, "points")
    k = min(total, count or int(np.clip(np.sqrt(total / 2), 2, 24)))
    if k < 2:
        return _frozen(np.zeros(total, np.int32), ("all",) if total else ())
    kmeans = faiss.Kmeans(
        dimensions, k, niter=25, nredo=3, seed=seed, spherical=True, min_points_per_centroid=1
    )
    drawn = gather(vectors, sampled_rows(total, _POINTS_A_CENTRE * k, seed))
    kmeans.train(at_length_1(drawn))
    nearest = np.empty(total, np.int64)
    for start, block in blocks(vectors, unit=True):
        yield Progress("Clustering", start, total, "points")
        nearest[start : start + len(block)] = kmeans.index.search(block, 1)[1][:, 0]
    order = np.argsort(-np.bincount(nearest, minlength=k), kind="stable")
    rank = np.empty(k, np.int32)
    rank[order] = np.arange(k, dtype=np.int32)
    labels = rank[nearest]
    names = yield from _names(texts, labels, k, sampled_rows(total, _SAMPLED, seed))
    return _frozen(labels, names)


def _frozen(labels: NDArray[np.int32], names: tuple[str, ...]) -> Clusters:
    labels.setflags(write=False)
    return Clusters(labels, names)


def _names(
    texts: Sequence[str] | pa.ChunkedArray,
    labels: NDArray[np.int32],
    k: int,
    rows: NDArray[np.int64],
) -> Work[tuple[str, ...]]:
    """By the texts of ``rows``."""
    counts = [Counter[str]() for _ in range(k)]
    sizes = np.bincount(labels[rows], minlength=k)
    for start in range(0, len(rows), _STEP):
        yield Progress("Naming the clusters", start, len(rows), "texts")
        part = rows[start : start + _STEP]
        for text, label in zip(_read(texts, part), labels[part].tolist(), strict=True):
            counts[label].update(set(_WORD.findall(text.lower())))
    overall: Counter[str] = Counter()
    for one in counts:
        overall.update(one)
    names = []
    for index, (one, size) in enumerate(zip(counts, sizes.tolist(), strict=True)):
        share = size / len(rows)
        weight = {word: n * np.log(n / (share * overall[word])) for word, n in one.items() if n > 1}
        best = sorted(weight, key=lambda word: (-weight[word], word))[:2]
        names.append(" · ".join(best) or f"cluster {index + 1}")
    return tuple(names)


def _read(texts: Sequence[str] | pa.ChunkedArray, rows: NDArray[np.int64]) -> list[str]:
    if isinstance(texts, pa.ChunkedArray):
        found: list[str] = texts.take(pa.array(rows)).to_pylist()
        return found
    return [texts[row] for row in rows.tolist()]
