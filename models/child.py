"""A process of this program that speaks JSON, a value a line, on standard input and output."""

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
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from models.files import write_error

NICENESS = "CONTRASTIVE_EXPLORER_NICENESS"
_LOG_TAIL = 4096
_LOW_PRIORITY = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0) | getattr(
    subprocess, "CREATE_NO_WINDOW", 0
)


class EndedError(Exception):
    """The process is gone; the text says how, "signal 9" or "status 1: the last line it wrote"."""


class Child:
    """One running process; it is killed on ``end``, or when the object goes.

    When this process ends, the child's standard input does too, and it ends by itself in order.

    Args:
        module: run as ``python -m``.
        arguments: its command line.
        environment: variables besides this process's own.

    Raises:
        InputError: there is no room for its log.
    """

    def __init__(
        self, module: str, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> None:
        try:
            self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 – lives as long
        except OSError as error:
            raise write_error(Path(tempfile.gettempdir()), error) from error
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, "PYTHONPATH": _search_path(), **(environment or {})},
            creationflags=_LOW_PRIORITY,
        )
        self._lines: queue.Queue[bytes] = queue.Queue()
        self.end = weakref.finalize(self, _end, self.process, self._log)
        self.end.atexit = False
        threading.Thread(
            target=_read,
            args=(self.process.stdout, self._lines),
            name=f"child {self.process.pid}",
            daemon=True,
        ).start()

    @property
    def runs(self) -> bool:
        """Whether the process is there."""
        return self.process.poll() is None

    def send(self, value: Any) -> None:
        """Writes one value; that a process has ended is noticed, with its reason, on receiving."""
        with contextlib.suppress(OSError, ValueError):
            assert self.process.stdin is not None
            self.process.stdin.write(json.dumps(value).encode() + b"\n")
            self.process.stdin.flush()

    def receive(self, seconds: float) -> Any:
        """The next value, or None if there is none within ``seconds``.

        Raises:
            EndedError: the process has ended, and all that it said has been received.
        """
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            return None
        if not line:
            raise EndedError(self._obituary())
        return json.loads(line)

    def _obituary(self) -> str:
        status = self.process.wait()
        words = f"signal {-status}" if status < 0 else f"status {status}"
        with contextlib.suppress(OSError, ValueError):
            self._log.seek(max(0, self._log.seek(0, os.SEEK_END) - _LOG_TAIL))
            lines = self._log.read().decode("utf-8", "replace").split("\n")
            last = next((line.strip() for line in reversed(lines) if line.strip()), "")
            words += f": {last[:200]}" if last else ""
        return words


def own_output() -> IO[str]:
    """Standard output for the values alone: whatever a library prints goes to the log instead."""
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return output


def be_modest() -> None:
    """Lets the window go first where both want a core; ``NICENESS`` in the environment says by
    how much, 10 unless it does."""
    if hasattr(os, "nice"):
        with contextlib.suppress(ValueError):  # what is no number leaves it as it is
            os.nice(int(os.environ.get(NICENESS, "10")))


def _read(stdout: IO[bytes], lines: "queue.Queue[bytes]") -> None:
    """Passes on every line, and an empty one at the end."""
    with contextlib.suppress(OSError, ValueError):
        for line in stdout:
            lines.put(line)
    lines.put(b"")


def _end(process: "subprocess.Popen[bytes]", log: IO[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, log):
        # What could not be delivered to a dead child is lost on purpose.
        with contextlib.suppress(OSError):
            if stream is not None:
                stream.close()


def _search_path() -> str:
    """Where the child finds this package, though it does not start in its folder."""
    root = str(Path(__file__).parents[1])
    known = os.environ.get("PYTHONPATH", "")
    here = "" if root == sysconfig.get_path("purelib") else root
    return os.pathsep.join(part for part in (here, known) if part)
