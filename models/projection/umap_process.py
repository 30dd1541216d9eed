"""UMAP in a process of its own, which stays warm from one request to the next."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import sysconfig
import tempfile
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError
from models.events import Progress, Work
from models.files import write_error
from models.projection.layout import Surface
from models.projection.umap_child import POSITIONS, VECTORS

_CHILD = "models.projection.umap_child"
_LOG = "log.txt"
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
        with (self._folder / _LOG).open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", _CHILD, folder.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=_environment(cache),
                creationflags=_LOW_PRIORITY,
            )
        self._answers: queue.Queue[bytes] = queue.Queue()
        self.end = weakref.finalize(self, _end, self.process, folder)
        threading.Thread(
            target=_read, args=(self.process.stdout, self._answers), daemon=True
        ).start()

    def ask(self, vectors: NDArray[np.float32], request: dict[str, Any]) -> None:
        path = self._folder / VECTORS
        try:
            np.save(path, vectors, allow_pickle=False)
        except OSError as error:
            raise write_error(path, error) from error
        # A child that has ended is noticed, with its reason, by ``listen``.
        with contextlib.suppress(OSError):
            assert self.process.stdin is not None
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()

    def listen(self) -> Work[dict[str, Any]]:
        """Yields the child's progress until it answers."""
        event = Progress("Starting UMAP")
        while True:
            yield event
            try:
                line = self._answers.get(timeout=_PATIENCE)
            except queue.Empty:
                continue
            if not line:
                raise InputError(self._obituary())
            message = json.loads(line)
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

    def _obituary(self) -> str:
        status = self.process.wait()
        words = f"signal {-status}" if status < 0 else f"status {status}"
        with contextlib.suppress(OSError):
            lines = (self._folder / _LOG).read_text("utf-8", "replace").split("\n")
            last = next((line.strip() for line in reversed(lines) if line.strip()), "")
            words += f": {last[:200]}" if last else ""
        return f"UMAP's process ended before it had finished ({words})."


def _read(stdout: IO[bytes], answers: "queue.Queue[bytes]") -> None:
    """Passes on every line, and an empty one at the end."""
    with contextlib.suppress(OSError, ValueError):
        for line in stdout:
            answers.put(line)
    answers.put(b"")


def _end(process: "subprocess.Popen[bytes]", folder: "tempfile.TemporaryDirectory[str]") -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        # What could not be delivered to a dead child is lost on purpose.
        with contextlib.suppress(OSError):
            if stream is not None:
                stream.close()
    folder.cleanup()


def _environment(cache: Path | None) -> dict[str, str]:
    """One core is left to the window, the packages are found, and compiled code is kept."""
    import platformdirs

    kept = os.environ.get("NUMBA_CACHE_DIR")
    if cache is not None:
        kept = str(cache)
    elif kept is None:
        kept = str(platformdirs.user_cache_path("contrastive-explorer", appauthor=False) / "numba")
    threads = str(max(1, (os.cpu_count() or 2) - 1))
    root = str(Path(__file__).parents[2])
    known = os.environ.get("PYTHONPATH", "")
    here = "" if root == sysconfig.get_path("purelib") else root
    return {
        **os.environ,
        "NUMBA_CACHE_DIR": kept,
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        "PYTHONPATH": os.pathsep.join(part for part in (here, known) if part),
    }


_LOW_PRIORITY = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0) | getattr(
    subprocess, "CREATE_NO_WINDOW", 0
)
