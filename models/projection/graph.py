"""The graph that UMAP draws: exact nearest neighbours, joined into fuzzy neighbourhoods."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.projection.neighbours import ROUNDING, memberships
from models.projection.trust import normalized

#: Told the stage, how many units of it are done, of how many, and their name.
Report = Callable[[str, int, int, str], None]
_CHUNK = 512


@dataclass(frozen=True)
class Graph:
    """UMAP's fuzzy graph: edges (E,) from head to tail, in both directions, weights in 0 … 1."""

    head: NDArray[np.int32]
    tail: NDArray[np.int32]
    weight: NDArray[np.float32]


def nearest_neighbours(
    vectors: NDArray[np.float32], neighbours: int, report: Report
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Rows and 1 − cosine (N, k) of the exact nearest neighbours, each point itself first."""
    import faiss

    count, dimensions = vectors.shape
    k = min(neighbours, count)
    unit = normalized(vectors)
    index = faiss.IndexFlatIP(dimensions)
    index.add(unit)
    rows = np.empty((count, k), np.int64)
    distances = np.empty((count, k), np.float32)
    for start in range(0, count, _CHUNK):
        report("Neighbours", start, count, "points")
        similarity, found = index.search(unit[start : start + _CHUNK], k)
        rows[start : start + _CHUNK] = found
        distances[start : start + _CHUNK] = 1 - similarity
    distances[distances < ROUNDING] = 0
    # Among duplicates a point need not find itself first, or at all.
    for row in np.flatnonzero(rows[:, 0] != np.arange(count)):
        itself = np.flatnonzero(rows[row] == row)
        rows[row, itself[0] if len(itself) else k - 1] = rows[row, 0]
        rows[row, 0] = row
    distances[:, 0] = 0
    return rows, distances


def fuzzy_graph(rows: NDArray[np.int64], distances: NDArray[np.float32]) -> Graph:
    """The union w + wᵀ − w·wᵀ of all neighbourhoods (McInnes et al. 2018, algorithm 1)."""
    count, k = rows.shape
    weight = memberships(distances, connected=True)[:, 1:].ravel()
    head, tail = np.repeat(np.arange(count), k - 1), rows[:, 1:].ravel()
    forward, backward = head * count + tail, tail * count + head
    edges, position = np.unique(np.concatenate([forward, backward]), return_inverse=True)
    there, back = np.zeros(len(edges), np.float32), np.zeros(len(edges), np.float32)
    there[position[: len(forward)]] = weight
    back[position[len(forward) :]] = weight
    union = there + back - there * back
    return Graph((edges // count).astype(np.int32), (edges % count).astype(np.int32), union)
