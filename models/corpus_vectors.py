"""The vectors of a corpus: those that are known are taken over, the others embedded, once each."""

from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.data.lazy import Lazy
from models.encoders.base import Encoder, Text
from models.events import Progress, Work
from models.project import Project
from models.store import VectorStore
from models.vectors import Encoded, encoding, text_key

_WINDOW = 4096  # texts tokenised at once: bounds memory, and progress begins soon


def embed(
    texts: Lazy[Text], encoder: Encoder, folder: Path, previous: Project | None, workspace: Path
) -> Work[None]:
    """Embeds the texts that no earlier build has, and writes vectors.npy and keys.npy.

    Args:
        folder: the project's, in whose ``embedding`` store unfinished work lies.
        previous: the project that was there, whose vectors serve again.
        workspace: where the two files are written.
    """
    card = encoder.card
    store = VectorStore(folder / "embedding" / card.key, card.dimensions)
    if previous is not None and previous.manifest.encoder.key == card.key:
        store.know(np.load(previous.data / "keys.npy"), previous.vectors.array)
    total = len(texts)
    keys = yield from _keys(texts, card.key)
    todo = _unknown(keys, store)
    known = total - len(todo)
    yield Progress("Embedding", known, total, "passages")
    rows = iter(todo.tolist())
    try:
        while window := list(islice(rows, _WINDOW)):
            for event in encoding(_at(texts, window), encoder, "passage"):
                if isinstance(event, Encoded):
                    fresh = keys[[window[place] for place in event.rows]]
                    store.add([key.tobytes() for key in fresh], event.vectors)
                    known += len(event.rows)
                    yield Progress("Embedding", known, total, "passages")
    finally:
        store.flush()
    # Written, not memory-mapped: a disk that fills up then is an error, not a bus error.
    with (workspace / "vectors.npy").open("wb") as file:
        shape = {"descr": "<f4", "fortran_order": False, "shape": (total, card.dimensions)}
        np.lib.format.write_array_header_1_0(file, shape)
        for start in range(0, total, _WINDOW):
            yield Progress("Writing the vectors", start, total, "passages")
            block = [key.tobytes() for key in keys[start : start + _WINDOW]]
            file.write(store.rows(block).tobytes())
    np.save(workspace / "keys.npy", keys)


def _keys(texts: Lazy[Text], encoder_key: str) -> Work[NDArray[np.uint8]]:
    """The key of each text, (N, 16)."""
    keys = np.empty((len(texts), 16), np.uint8)
    for start in range(0, len(texts), _WINDOW):
        if start:
            yield Progress("Looking for known vectors", start, len(texts), "passages")
        block = [text_key(text, encoder_key, "passage") for text in texts[start : start + _WINDOW]]
        keys[start : start + len(block)] = np.frombuffer(b"".join(block), np.uint8).reshape(-1, 16)
    return keys


def _unknown(keys: NDArray[np.uint8], store: VectorStore) -> NDArray[np.int64]:
    """Rows, ascending, of the first of each text that ``store`` does not know."""
    # As byte strings, which NumPy sorts fast; all are of one length, so its padding is harmless.
    first = np.sort(np.unique(keys.view("S16").ravel(), return_index=True)[1])
    if len(store):
        first = np.array([row for row in first if keys[row].tobytes() not in store], np.int64)
    return first


def _at(texts: Lazy[Text], rows: list[int]) -> list[Text]:
    """The texts at ``rows``, ascending; where they follow one another, read at once."""
    found: list[Text] = []
    start = 0
    for place in range(1, len(rows) + 1):
        if place == len(rows) or rows[place] != rows[place - 1] + 1:
            found.extend(texts[rows[start] : rows[place - 1] + 1])
            start = place
    return found
