"""The arrays of a BM25 index, made a few thousand passages at a time.

They are those of bm25s (Lù 2024), to the bit, and only the way there differs: bm25s holds a Python
list of numbers for every passage, some ten gigabytes for a million passages; here each occurrence
takes twelve bytes until it is scored and eight from then on.
"""

import math
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.events import Progress, Work

K1, B = 1.5, 0.75  # bm25s's own, with Lucene's variant


class Postings(NamedTuple):
    """Scores by word, as a sparse matrix in columns (CSC) of V words and N passages.

    Attributes:
        data: the score of each (word, passage) that occurs, (P,).
        indices: its passage, (P,), ascending within a word.
        indptr: where each word's part begins, (V + 1,).
        vocabulary: word to column.
        total: N.
    """

    data: NDArray[np.float32]
    indices: NDArray[np.int32]
    indptr: NDArray[np.int64]
    vocabulary: dict[str, int]
    total: int


class _Chunk(NamedTuple):
    """Occurrences in some passages: word, passage and how often, each (P,), by word, then row."""

    words: NDArray[np.int32]
    rows: NDArray[np.int32]
    times: NDArray[np.int32]


def posting(texts: Sequence[str], chunk: int) -> Work[Postings]:
    """Counts the words of ``texts`` (N,), ``chunk`` at a time, and scores them.

    Yields Progress in passages.
    """
    total = len(texts)
    # The empty word keeps the vocabulary from being empty when no passage has any word.
    vocabulary = {"": 0}
    chunks: list[_Chunk] = []
    lengths = np.zeros(total, np.int32)
    for start in range(0, total, chunk):
        yield Progress("Indexing words", start, total, "passages")
        part = list(texts[start : start + chunk])
        counted, lengths[start : start + len(part)] = _counted(part, start, vocabulary)
        chunks.append(counted)
    held = np.zeros(len(vocabulary), np.int64)  # passages that hold each word
    for counted in chunks:
        first, runs = _runs(counted.words)
        held[counted.words[first]] += runs
    indptr = np.concatenate([[0], np.cumsum(held)])
    data, indices = np.empty(indptr[-1], np.float32), np.empty(indptr[-1], np.int32)
    weights = _idf(held, total)
    with np.errstate(invalid="ignore"):  # a mean length of zero, when no passage has words
        norms = K1 * ((1 - B) + B * lengths / lengths.mean())
    heads = indptr[:-1].copy()  # where the next occurrence of each word goes
    chunks.reverse()
    while chunks:
        words, rows, times = chunks.pop()  # and is freed
        tf = times.astype(np.float32)
        scores = weights[words] * (tf / (norms[rows] + tf))  # bm25s's order of operations
        first, runs = _runs(words)
        places = heads[words] + np.arange(len(words)) - np.repeat(first, runs)
        data[places], indices[places] = scores, rows
        heads[words[first]] += runs
    yield Progress("Indexing words", total, total, "passages")
    return Postings(data, indices, indptr, vocabulary, total)


def _counted(
    texts: list[str], start: int, vocabulary: dict[str, int]
) -> tuple[_Chunk, NDArray[np.int32]]:
    """The occurrences in ``texts`` (n,), whose rows begin at ``start``, and their lengths (n,)."""
    import bm25s

    found = bm25s.tokenize(texts, show_progress=False)
    columns = [vocabulary.setdefault(word, len(vocabulary)) for word in found.vocab]
    lengths = np.fromiter(map(len, found.ids), np.int32, len(found.ids))
    spoken = np.fromiter(chain.from_iterable(found.ids), np.int64, int(lengths.sum()))
    words = np.array(columns, np.int64)[spoken] if len(spoken) else spoken
    # One number for a word in a passage: they sort by word and, within it, by row.
    together = words * len(texts) + np.repeat(np.arange(len(texts)), lengths)
    pairs, times = np.unique(together, return_counts=True)
    rows = pairs % len(texts) + start
    chunk = _Chunk(
        (pairs // len(texts)).astype(np.int32), rows.astype(np.int32), times.astype(np.int32)
    )
    return chunk, lengths


def _idf(held: NDArray[np.int64], total: int) -> NDArray[np.float32]:
    """Lucene's inverse document frequency, (V,): ln(1 + (N − n + ½) / (n + ½)); 0 for n = 0."""
    kinds, place = np.unique(held, return_inverse=True)
    weights = [math.log(1 + (total - n + 0.5) / (n + 0.5)) if n else 0 for n in kinds.tolist()]
    chosen: NDArray[np.float32] = np.array(weights, np.float32)[place]
    return chosen


def _runs(words: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each run of equal ``words`` (P,), which are sorted, begins, and how long it is."""
    first = np.flatnonzero(np.diff(words, prepend=-1))
    return first, np.diff(first, append=len(words))
