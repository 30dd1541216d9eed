"""Groups of neighbouring vectors, and words to call them by."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.events import Progress, Work

_WORD = re.compile(r"[^\W\d_]{3,}")
_SAMPLED = 200_000


@dataclass(frozen=True)
class Clusters:
    """``labels`` (N,) int32 in 0 … k−1, largest cluster first; ``names`` one a cluster."""

    labels: NDArray[np.int32]
    names: tuple[str, ...]


def cluster(
    vectors: NDArray[np.float32], texts: Sequence[str], count: int | None = None, seed: int = 0
) -> Work[Clusters]:
    """Spherical k-means of vectors (N, D), named by the words that set each cluster apart.

    ``count`` defaults to √(N/2) held between 2 and 24. Names are the two words by which the
    cluster's document frequencies diverge most from the corpus's (the largest terms of the
    Kullback–Leibler divergence, to which a word as common everywhere adds nothing), counted over
    at most 200,000 texts.
    """
    import faiss

    total, dimensions = vectors.shape
    yield Progress("Clustering", 0, total, "points")
    k = min(total, count or int(np.clip(np.sqrt(total / 2), 2, 24)))
    if k < 2:
        return _frozen(np.zeros(total, np.int32), ("all",) if total else ())
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    kmeans = faiss.Kmeans(
        dimensions, k, niter=25, nredo=3, seed=seed, spherical=True, min_points_per_centroid=1
    )
    kmeans.train(unit)
    _, nearest = kmeans.index.search(unit, 1)
    order = np.argsort(-np.bincount(nearest[:, 0], minlength=k), kind="stable")
    rank = np.empty(k, np.int32)
    rank[order] = np.arange(k, dtype=np.int32)
    labels = rank[nearest[:, 0]]
    yield Progress("Naming the clusters", total, total, "points")
    return _frozen(labels, _names(texts[:_SAMPLED], labels, k))


def _frozen(labels: NDArray[np.int32], names: tuple[str, ...]) -> Clusters:
    labels.setflags(write=False)
    return Clusters(labels, names)


def _names(texts: Sequence[str], labels: NDArray[np.int32], k: int) -> tuple[str, ...]:
    counts = [Counter[str]() for _ in range(k)]
    sizes = np.bincount(labels[: len(texts)], minlength=k)
    for text, label in zip(texts, labels, strict=False):
        counts[label].update(set(_WORD.findall(text.lower())))
    overall: Counter[str] = Counter()
    for one in counts:
        overall.update(one)
    names = []
    for index, (one, size) in enumerate(zip(counts, sizes.tolist(), strict=True)):
        share = size / len(texts)
        weight = {word: n * np.log(n / (share * overall[word])) for word, n in one.items() if n > 1}
        best = sorted(weight, key=lambda word: (-weight[word], word))[:2]
        names.append(" · ".join(best) or f"cluster {index + 1}")
    return tuple(names)
