"""More points than UMAP can take: some are drawn at random, and all others placed among them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.blocks import blocks
from models.events import Progress, Work
from models.projection.layout import Surface
from models.projection.neighbours import ROUNDING, medoids, memberships
from models.projection.sphere import on_sphere

#: Each of so many is compared with each, which takes a minute; of a million, hours.
MOST = 50_000
_CHUNK = 4096
_LISTS, _PROBES = 256, 8  # of the index in which neighbours are looked up
_AMID = 5


def place_others(
    vectors: NDArray[np.float32],
    fitted: NDArray[np.float32],
    rows: NDArray[np.int64],
    positions: NDArray[np.float32],
    surface: Surface,
    neighbours: int,
) -> Work[NDArray[np.float32]]:
    """Positions (N, 3) of all ``vectors`` (N, D), those of ``rows`` as they are given.

    Every other point stands amid five of its nearest among the fitted: their medoid
    (``AmongNeighbours``) and the four that are drawn closest to it, by their weights. On the
    medoid alone a million points would stand in few places; neighbours that are drawn farther off
    may lie in another part of the picture.

    Args:
        fitted: (n, D) the vectors of ``rows`` at length 1.
        positions: (n, 3) where UMAP put them.
    """
    index = yield from _index(fitted)
    placed = np.empty((len(vectors), 3), np.float32)
    for start, block in blocks(vectors, _CHUNK, unit=True):
        yield Progress("Placing the others", start, len(vectors), "points")
        similarity, near = index.search(block, min(neighbours, len(fitted)))
        missing = near < 0  # fewer were found than asked for: the nearest stands in
        near[missing] = np.broadcast_to(near[:, :1], near.shape)[missing]
        distances = np.where(missing, 2, np.maximum(1 - similarity, 0)).astype(np.float32)
        around = positions[np.maximum(near, 0)]  # (B, k, 3)
        weights = memberships(distances, connected=False)
        _, off = medoids(weights, around)
        amid = np.argsort(off, axis=1, kind="stable")[:, :_AMID]
        share = np.take_along_axis(weights, amid, axis=1)[:, :, None]
        mean = (np.take_along_axis(around, amid[:, :, None], axis=1) * share).sum(axis=1)
        mean /= np.maximum(share.sum(axis=1), 1e-12)
        mean = np.where(distances[:, :1] < ROUNDING, around[:, 0], mean)  # beside its duplicate
        placed[start : start + len(block)] = on_sphere(mean) if surface == "globe" else mean
    placed[rows] = positions
    return placed


def _index(fitted: NDArray[np.float32]) -> Work[Any]:
    """Inverted lists over the fitted vectors; exact search would take ten times as long."""
    import faiss

    yield Progress("Placing the others")
    dimensions = fitted.shape[1]
    lists = max(1, min(_LISTS, len(fitted) // 39))
    index: Any = faiss.index_factory(dimensions, f"IVF{lists},Flat", faiss.METRIC_INNER_PRODUCT)
    index.train(fitted)
    index.add(fitted)
    index.nprobe = min(_PROBES, lists)
    return index
