"""UMAP in a process of its own, which stays warm from one request to the next."""

import os
import tempfile
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.child import Child, EndedError
from models.errors import InputError
from models.events import Progress, Work
from models.files import write_error
from models.projection.layout import Surface
from models.projection.umap_child import POSITIONS, VECTORS

_CHILD = "models.projection.umap_child"
# How long closing the generator may have to wait for the child to say something.
_PATIENCE = 0.1


@dataclass(frozen=True, slots=True)
class UmapResult:
    """Positions (N, 3) and their trustworthiness, taken at ``sampled`` points."""

    positions: NDArray[np.float32]
    trustworthiness: float | None
    sampled: int


class UmapProcess:
    """Starts a child process when it is first needed; a fit that is closed early kills it.

    Everything is cleaned up on ``close``, when the object goes, or when this process ends.

    Args:
        cache: a folder for compiled code, which saves seconds at the next start; by default in
            the user's cache folder.
    """

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = cache
        self._busy = threading.Lock()
        self._changing = threading.RLock()
        self._child: _Child | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        child = self._child
        return child.process.pid if child and child.process.poll() is None else None

    def warm(self) -> None:
        """Starts the child if there is none, so that it has imported UMAP when it is needed."""
        self._running()

    def _running(self) -> "_Child":
        with self._changing:
            if self.pid is None:
                self.close()
                self._child = _Child(self._cache)
            assert self._child is not None
            return self._child

    def close(self) -> None:
        """Kills the child and removes its files; the next fit starts another."""
        with self._changing:
            child, self._child = self._child, None
        if child is not None:
            child.end()

    def __enter__(self) -> "UmapProcess":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def fit(
        self,
        vectors: NDArray[np.float32],
        surface: Surface,
        *,
        neighbours: int,
        min_dist: float,
        seed: int,
    ) -> Work[UmapResult]:
        """UMAP of (N, D) vectors; the last event is repeated while there is nothing new to say.

        Raises:
            InputError: UMAP is not installed, gave up, or its process ended.
        """
        while not self._busy.acquire(timeout=_PATIENCE):
            yield Progress("Waiting for UMAP")
        done = False
        try:
            child = self._running()
            child.ask(
                vectors,
                {"surface": surface, "neighbours": neighbours, "min_dist": min_dist, "seed": seed},
            )
            answer = yield from child.listen()
            result = UmapResult(child.positions(), answer["trustworthiness"], answer["sampled"])
            done = True
            return result
        finally:
            if not done:
                self.close()
            self._busy.release()


class _Child:
    """One running process and the private folder through which arrays are exchanged."""

    def __init__(self, cache: Path | None) -> None:
        try:
            folder = tempfile.TemporaryDirectory(prefix="umap-", ignore_cleanup_errors=True)
        except OSError as error:
            raise write_error(Path(tempfile.gettempdir()), error) from error
        self._folder = Path(folder.name)
        self._child = Child(_CHILD, folder.name, environment=_environment(cache))
        self.process = self._child.process
        self.end = weakref.finalize(self, _end, self._child, folder)

    def ask(self, vectors: NDArray[np.float32], request: dict[str, Any]) -> None:
        path = self._folder / VECTORS
        try:
            np.save(path, vectors, allow_pickle=False)
        except OSError as error:
            raise write_error(path, error) from error
        self._child.send(request)

    def listen(self) -> Work[dict[str, Any]]:
        """Yields the child's progress until it answers."""
        event = Progress("Starting UMAP")
        while True:
            yield event
            try:
                message = self._child.receive(_PATIENCE)
            except EndedError as ended:
                words = f"UMAP's process ended before it had finished ({ended})."
                raise InputError(words) from ended
            if message is None:
                continue
            if "error" in message:
                raise InputError(message["error"])
            if "stage" not in message:
                return dict(message)
            event = Progress(**message)

    def positions(self) -> NDArray[np.float32]:
        path = self._folder / POSITIONS
        positions: NDArray[np.float32] = np.load(path, allow_pickle=False)
        path.unlink()
        (self._folder / VECTORS).unlink(missing_ok=True)
        return positions


def _end(child: Child, folder: "tempfile.TemporaryDirectory[str]") -> None:
    child.end()
    folder.cleanup()


def _environment(cache: Path | None) -> dict[str, str]:
    """One core is left to the window, and compiled code is kept."""
    import platformdirs

    kept = os.environ.get("NUMBA_CACHE_DIR")
    if cache is not None:
        kept = str(cache)
    elif kept is None:
        kept = str(platformdirs.user_cache_path("contrastive-explorer", appauthor=False) / "numba")
    threads = str(max(1, (os.cpu_count() or 2) - 1))
    return {
        "NUMBA_CACHE_DIR": kept,
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
    }
