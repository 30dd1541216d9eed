"""Vectors kept by the content they were made from, so that nothing is ever embedded twice.

A key (16 bytes, ``models.vectors.text_key``) covers the text, the role and the encoder. An
unfinished build leaves shards here and the next one goes on from them; a finished build's own
vectors serve the next in the same way, so only texts that are new or changed are embedded.
"""

import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.files import atomic_path

_FLUSH_VECTORS = 512
_FLUSH_SECONDS = 5.0
_SHARE = 32  # a shard is at least this part of all, so that a million vectors lie in some hundred
_ROW = 40  # bits of a place that tell the row in its block


class VectorStore:
    """Known vectors by key, and a folder of shards to which new ones are added.

    What is on the disk is memory-mapped: a store takes about 200 bytes a vector, whatever its
    dimensions. A killed process loses at most the last 5 seconds.
    """

    def __init__(self, folder: Path, dimensions: int) -> None:
        self.folder = folder
        self.dimensions = dimensions
        self._where: dict[bytes, int] = {}  # block << _ROW | row: half the memory of two numbers
        self._blocks: list[NDArray[np.float32]] = []
        self._keys: list[bytes] = []
        self._pending: list[NDArray[np.float32]] = []
        self._flushed = time.monotonic()
        for shard in sorted(folder.glob("*.npz")):
            self._read_shard(shard)

    def _read_shard(self, path: Path) -> None:
        try:
            self.know(_mapped(path, "keys"), _mapped(path, "vectors"))
        except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError):
            path.unlink(missing_ok=True)  # a broken shard costs its vectors' time, no more

    def know(self, keys: NDArray[np.uint8], vectors: NDArray[np.float32]) -> None:
        """Adds vectors (n, D) under keys (n, 16) without writing them again."""
        if vectors.ndim != 2 or vectors.shape[1] != self.dimensions or len(keys) != len(vectors):
            return
        first = len(self._blocks) << _ROW
        self._blocks.append(vectors)
        data = np.ascontiguousarray(keys, dtype=np.uint8).tobytes()
        for row in range(len(vectors)):
            self._where[data[16 * row : 16 * row + 16]] = first | row

    def __contains__(self, key: bytes) -> bool:
        return key in self._where

    def __len__(self) -> int:
        return len(self._where)

    def add(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Adds fresh vectors (n, D); they reach the disk in shards."""
        self._keys.extend(keys)
        self._pending.append(vectors)
        due = time.monotonic() - self._flushed > _FLUSH_SECONDS
        if due or len(self._keys) >= max(_FLUSH_VECTORS, len(self._where) // _SHARE):
            self.flush()

    def flush(self) -> None:
        """Writes what is pending as one shard, by atomic rename."""
        self._flushed = time.monotonic()
        if not self._keys:
            return
        keys = np.frombuffer(b"".join(self._keys), np.uint8).reshape(-1, 16)
        vectors = np.concatenate(self._pending)
        path = self.folder / f"{time.time_ns():020d}.npz"
        with atomic_path(path) as temporary:
            with temporary.open("wb") as file:
                np.savez(file, keys=keys, vectors=vectors)
        self._keys, self._pending = [], []
        self.know(keys, _mapped(path, "vectors"))

    def rows(self, keys: Sequence[bytes]) -> NDArray[np.float32]:
        """The vectors of ``keys`` (n, D), in order."""
        self.flush()
        vectors = np.empty((len(keys), self.dimensions), np.float32)
        places = np.array([self._where[key] for key in keys], np.int64)
        blocks = places >> _ROW
        for block in np.unique(blocks).tolist():
            here = np.flatnonzero(blocks == block)
            vectors[here] = self._blocks[block][places[here] & ((1 << _ROW) - 1)]
        return vectors


def _mapped(path: Path, name: str) -> NDArray[Any]:
    """One array of an .npz file, memory-mapped where NumPy itself would read it whole.

    Raises:
        ValueError: the array is compressed, or longer than the file.
    """
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        member = archive.getinfo(f"{name}.npy")
        if member.compress_type != zipfile.ZIP_STORED:
            raise ValueError(f"{path} is compressed.")
        file.seek(member.header_offset + 26)  # in the local header: lengths of name and extras
        lengths = np.frombuffer(file.read(4), "<u2")
        file.seek(int(lengths.sum()), 1)
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError(f"{path} was not written here.")
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        if dtype.hasobject:
            raise ValueError(f"{path} holds objects.")
        return np.memmap(path, dtype, "r", file.tell(), shape)
