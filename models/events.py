"""What long work says while it runs.

Long work is a generator: it yields frozen events, returns a frozen result, and may be closed at
any ``yield`` (that is how it is cancelled; its ``finally`` blocks still run). The same generator
is driven by a background job, by a command line, or by ``list`` in a test.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` units of one stage; ``total`` is None while it is not known."""

    stage: str
    done: int = 0
    total: int | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something of the user's that could not be used: where it is, and why, in one sentence."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Shortened(Skipped):
    """Something that is used, but not the whole of it."""


Event = Progress | Skipped
Work = Generator[Event, None, T]


def finish(work: Work[T], listen: Callable[[Event], None] | None = None) -> T:
    """Runs ``work`` to its end, tells ``listen`` every event, and returns its result."""
    while True:
        try:
            event = next(work)
        except StopIteration as stop:
            result: T = stop.value
            return result
        if listen is not None:
            listen(event)
