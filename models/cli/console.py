"""How a command speaks: progress on standard error, results on standard output."""

import json
import sys
import time
from typing import Any, TypeVar

from models.events import Event, Progress, Skipped, Work, finish

T = TypeVar("T")
_LISTED = 20


class Console:
    """Draws one progress line on a terminal, or a line a stage and a few seconds elsewhere."""

    def __init__(self) -> None:
        self.live = sys.stderr.isatty()
        self.skipped = 0
        self._stage = ""
        self._last = 0.0

    def run(self, work: Work[T]) -> T:
        """Runs ``work`` to its end and reports on the way."""
        try:
            return finish(work, self.tell)
        finally:
            if self.live and self._stage:
                print(file=sys.stderr)
            if self.skipped > _LISTED:
                print(f"… and {self.skipped - _LISTED} more skipped.", file=sys.stderr)

    def tell(self, event: Event) -> None:
        """One event, as a person reads it."""
        if isinstance(event, Skipped):
            self.skipped += 1
            if self.skipped <= _LISTED:
                print(f"{chr(13) if self.live else ''}{event.where}: {event.why}", file=sys.stderr)
        elif isinstance(event, Progress):
            now = time.monotonic()
            whole = event.total is not None and event.done >= event.total
            if event.stage == self._stage and not whole and now - self._last < self._pause:
                return
            self._stage, self._last = event.stage, now
            line = sentence(event)
            if self.live:
                print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
            else:
                print(line, file=sys.stderr, flush=True)

    @property
    def _pause(self) -> float:
        return 0.1 if self.live else 5.0


def sentence(progress: Progress) -> str:
    """ "Embedding: 1,024 of 5,000 passages"."""
    if progress.total is None:
        count = f"{progress.done:,}" if progress.done else ""
    else:
        count = f"{progress.done:,} of {progress.total:,}"
    return f"{progress.stage}: {count} {progress.unit}".strip().rstrip(":")


def put(value: Any, as_json: bool, text: str) -> None:
    """Prints a result: one JSON object a line, or text for people."""
    print(json.dumps(value, ensure_ascii=False) if as_json else text)
