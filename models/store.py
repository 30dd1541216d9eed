"""Vectors kept by the content they were made from, so that nothing is ever embedded twice.

A key (16 bytes, ``models.vectors.text_key``) covers the text, the role and the encoder. An
unfinished build leaves shards here and the next one goes on from them; a finished build's own
vectors serve the next in the same way, so only texts that are new or changed are embedded.
"""

import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.files import atomic_path

_FLUSH_VECTORS = 512
_FLUSH_SECONDS = 5.0


class VectorStore:
    """Known vectors by key, and a folder of shards to which new ones are added.

    A killed process loses at most the last 512 vectors or 5 seconds.
    """

    def __init__(self, folder: Path, dimensions: int) -> None:
        self.folder = folder
        self.dimensions = dimensions
        self._where: dict[bytes, tuple[int, int]] = {}
        self._blocks: list[NDArray[np.float32]] = []
        self._keys: list[bytes] = []
        self._pending: list[NDArray[np.float32]] = []
        self._flushed = time.monotonic()
        for shard in sorted(folder.glob("*.npz")):
            self._read_shard(shard)

    def _read_shard(self, path: Path) -> None:
        try:
            with np.load(path, allow_pickle=False) as shard:
                self.know(shard["keys"], shard["vectors"])
        except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError):
            path.unlink(missing_ok=True)  # a broken shard costs its vectors' time, no more

    def know(self, keys: NDArray[np.uint8], vectors: NDArray[np.float32]) -> None:
        """Adds vectors (n, D) under keys (n, 16) without writing them again."""
        if vectors.ndim != 2 or vectors.shape[1] != self.dimensions or len(keys) != len(vectors):
            return
        block = len(self._blocks)
        self._blocks.append(vectors)
        data = np.ascontiguousarray(keys, dtype=np.uint8).tobytes()
        for row in range(len(vectors)):
            self._where[data[16 * row : 16 * row + 16]] = (block, row)

    def __contains__(self, key: bytes) -> bool:
        return key in self._where

    def add(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Adds fresh vectors (n, D); they reach the disk in shards."""
        self._keys.extend(keys)
        self._pending.append(vectors)
        due = time.monotonic() - self._flushed > _FLUSH_SECONDS
        if due or len(self._keys) >= _FLUSH_VECTORS:
            self.flush()

    def flush(self) -> None:
        """Writes what is pending as one shard, by atomic rename."""
        self._flushed = time.monotonic()
        if not self._keys:
            return
        keys = np.frombuffer(b"".join(self._keys), np.uint8).reshape(-1, 16)
        vectors = np.concatenate(self._pending)
        name = f"{time.time_ns():020d}.npz"
        with atomic_path(self.folder / name) as temporary:
            with temporary.open("wb") as file:
                np.savez(file, keys=keys, vectors=vectors)
        self._keys, self._pending = [], []
        self.know(keys, vectors)

    def rows(self, keys: Sequence[bytes]) -> NDArray[np.float32]:
        """The vectors of ``keys`` (n, D), in order."""
        self.flush()
        vectors = np.empty((len(keys), self.dimensions), np.float32)
        for row, key in enumerate(keys):
            block, index = self._where[key]
            vectors[row] = self._blocks[block][index]
        return vectors
