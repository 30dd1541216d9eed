"""Whose neighbours stay neighbours from one encoder to the other."""

from math import comb

import numpy as np
from numpy.typing import NDArray

from models.events import Progress, Work

_ENTRIES = 1 << 22  # similarities held at once


def directions(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """(N, D) at length 1; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.zeros(vectors.shape, np.float32)
    np.divide(vectors, lengths, out=unit, where=lengths > 0, casting="same_kind")
    return unit


def nearest(
    vectors: NDArray[np.floating], k: int, stage: str = "Neighbours"
) -> Work[NDArray[np.int32]]:
    """The k others of highest cosine to each point, nearest first; exact, in blocks of rows.

    Which points they are does not change when the vectors are turned, mirrored or stretched, all
    by one factor or each by its own.

    Args:
        vectors: (N, D), N > k.
        k: at least 1.
        stage: what progress is called.

    Returns:
        (N, k) row numbers, read-only. Of equal cosines the lower row comes first.

    Raises:
        ValueError: there are not k others.
    """
    count = len(vectors)
    if not 1 <= k < count:
        raise ValueError(f"{count} points do not have {k} neighbours each.")
    unit = directions(vectors)
    found = np.empty((count, k), np.int32)
    step = max(1, _ENTRIES // count)
    for start in range(0, count, step):
        yield Progress(stage, start, count, "points")
        block = unit[start : start + step] @ unit.T  # (B, N)
        block[np.arange(len(block)), np.arange(start, start + len(block))] = -np.inf
        rows = np.sort(np.argpartition(-block, k - 1, axis=1)[:, :k], axis=1)
        order = np.argsort(-np.take_along_axis(block, rows, 1), axis=1, kind="stable")
        found[start : start + len(block)] = np.take_along_axis(rows, order, 1)
    found.setflags(write=False)
    return found


def kept(first: NDArray[np.int32], second: NDArray[np.int32]) -> NDArray[np.int64]:
    """(N,) how many of a point's k neighbours it has under both encoders.

    Args:
        first, second: (N, k) of ``nearest``.
    """
    if first.shape != second.shape:
        raise ValueError(f"Neighbours are two (N, k), not {first.shape} and {second.shape}.")
    counts = np.zeros(len(first), np.int64)
    for column in range(second.shape[1]):  # a number stands in a row once at most
        counts += (first == second[:, column : column + 1]).sum(1)
    return counts


def jaccard(kept: NDArray[np.int64], k: int) -> NDArray[np.float64]:
    """(N,) neighbours under both over neighbours under either: m / (2k − m)."""
    return np.asarray(kept / (2 * k - kept), np.float64)


def kept_by_chance(count: int, k: int) -> float:
    """The share of k neighbours that stays where both sets are drawn blindly: k / (N − 1)."""
    return k / (count - 1)


def jaccard_by_chance(count: int, k: int) -> float:
    """What ``jaccard`` is on average then; how many are shared is hypergeometric."""
    others = count - 1
    ways = comb(others, k)
    least = max(0, 2 * k - others)
    shared = ((m, comb(k, m) * comb(others - k, k - m)) for m in range(least, k + 1))
    return sum(m / (2 * k - m) * (each / ways) for m, each in shared)
