"""Vectors of test sentences, kept between evaluations: the second one takes seconds."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.encoders.base import Encoder, Text
from models.errors import InputError
from models.events import Progress, Work
from models.files import write_json
from models.store import VectorStore
from models.vectors import Encoded, encoding, text_key

_WINDOW = 4096  # texts embedded before the next are looked up
_ENCODERS = 8  # whose vectors are kept, those used last; a hundred megabytes each


class SentenceVectors:
    """The vectors of one encoder, by content: a sentence is never embedded twice.

    Args:
        encoder: what makes the vectors; its key names its part of the folder.
        folder: where vectors are kept; None keeps none. ``kept_vectors()`` is the user's own.
    """

    def __init__(self, encoder: Encoder, folder: Path | None = None) -> None:
        self.encoder = encoder
        self._home = None if folder is None else folder / encoder.card.key
        self._store: VectorStore | None = None
        if folder is not None:
            _forget_old(folder, encoder.card.key)

    def of(self, texts: Sequence[Text], stage: str = "Embedding") -> Work[NDArray[np.float32]]:
        """(N, D) vectors in the order of ``texts``; those that are known are not made again.

        Yields Progress ``stage`` after each batch; may be closed at any, and keeps what was made.
        Vectors that cannot be kept (a read-only or full disk) are returned all the same.
        """
        card = self.encoder.card
        keys = [text_key(text, card.key, "passage") for text in texts]
        first = {key: row for row, key in reversed(list(enumerate(keys)))}
        vectors = np.empty((len(texts), card.dimensions), np.float32)
        store = self._known()
        todo = sorted(row for key, row in first.items() if store is None or key not in store)
        if store is not None and len(todo) < len(first):
            old = [row for row, key in enumerate(keys) if key in store]
            vectors[old] = store.rows([keys[row] for row in old])
        done = len(first) - len(todo)
        yield Progress(stage, done, len(first), "sentences")
        rest = iter(todo)
        try:
            while window := list(islice(rest, _WINDOW)):
                for event in encoding([texts[row] for row in window], self.encoder):
                    if not isinstance(event, Encoded):
                        continue
                    rows = [window[place] for place in event.rows]
                    vectors[rows] = event.vectors
                    self._keep([keys[row] for row in rows], event.vectors)
                    done += len(rows)
                    yield Progress(stage, done, len(first), "sentences")
        finally:
            self._keep([], None)
        new = {keys[row] for row in todo}
        again = [row for row, key in enumerate(keys) if key in new]  # a text may occur twice
        vectors[again] = vectors[[first[keys[row]] for row in again]]
        return vectors

    def recall(self, name: str) -> dict[str, Any] | None:
        """What was remembered of this encoder under ``name``; None if nothing can be read."""
        if self._home is None:
            return None
        try:
            value = json.loads((self._home / f"{name}.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return value if isinstance(value, dict) else None

    def remember(self, name: str, value: Mapping[str, Any]) -> None:
        """Keeps what was found of this encoder, where there is room for it."""
        if self._home is not None:
            with suppress(InputError):
                write_json(self._home / f"{name}.json", value)

    def _known(self) -> VectorStore | None:
        if self._store is None and self._home is not None:
            self._store = VectorStore(self._home, self.encoder.card.dimensions)
        return self._store

    def _keep(self, keys: list[bytes], vectors: NDArray[np.float32] | None) -> None:
        """Adds vectors to what is on the disk; without any, writes what is pending."""
        if self._home is None or self._store is None:
            return
        try:
            if vectors is None:
                self._store.flush()
            else:
                self._store.add(keys, vectors)
        except InputError:
            # Nothing more is written; what lies on the disk serves on.
            self._store = VectorStore(self._home, self.encoder.card.dimensions)
            self._home = None


def kept_vectors() -> Path:
    """Where this user's vectors of test sentences are kept."""
    import platformdirs

    chosen = os.environ.get("CONTRASTIVE_EXPLORER_HOME")
    if chosen:
        return Path(chosen).expanduser() / "sentences"
    return platformdirs.user_cache_path("contrastive-explorer", appauthor=False) / "sentences"


def _forget_old(folder: Path, key: str) -> None:
    """Leaves the vectors of the encoders used last, of which ``key`` now is one."""
    try:
        if (folder / key).is_dir():
            (folder / key).touch()
        others = [path for path in folder.iterdir() if path.is_dir() and path.name != key]
        others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError:
        return  # there is none yet, or another process is at it
    for path in others[_ENCODERS - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
