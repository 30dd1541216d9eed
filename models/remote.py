"""Long work in a process of its own, so that neither its load nor its end is the window's."""

import contextlib
import sys
import time
from typing import Any

from models.child import Child, EndedError
from models.errors import InputError
from models.events import Event, Progress, Work
from models.wire import pack, unpack

_CHILD = "models.remote_child"
_PATIENCE = 0.1  # seconds within which closing is noticed
_LAST_WORDS = 60.0  # seconds that the work has to put its things away when it is closed


class Remote:
    """A function of this package that returns ``Work``, to be run in a child process once.

    Args:
        target: ``module:function``.
        about: how a sentence calls it, "The training".
        advice: a clause for when the system ends the process, most likely for want of memory.
        arguments: by name; what ``models.wire`` can carry.
    """

    def __init__(self, target: str, about: str, advice: str = "", **arguments: Any) -> None:
        self._about, self._advice = about, advice
        self._call = {"call": target, "arguments": pack(arguments)}
        self._child: Child | None = None
        self._paused = False

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.process.pid if self._child and self._child.runs else None

    @property
    def paused(self) -> bool:
        """Whether it was asked to wait."""
        return self._paused

    def pause(self, on: bool) -> None:
        """Lets the work wait at its next ``yield``, or go on."""
        self._paused = on
        if self._child is not None:
            self._child.send("pause" if on else "go")

    def work(self) -> Work[Any]:
        """The function's own events and result; closing it closes the function's generator.

        Raises:
            InputError: the function's own, or its process has ended.
            RuntimeError: a defect in the function, with its traceback.
        """
        event: Event = Progress(f"Starting: {self._about.lower()}")
        self._child = child = Child(_CHILD)
        child.send(self._call)
        if self._paused:
            self.pause(True)
        try:
            while True:
                yield event
                message = self._receive(child, _PATIENCE)
                if message is None:  # nothing new, but somebody may want to close this
                    event = _plain(event)
                elif "event" in message:
                    event = unpack(message["event"])
                elif "result" in message:
                    return unpack(message["result"])
                else:
                    raise _error(message)
        except GeneratorExit:
            self._close(child)
            raise
        finally:
            # An interpreter that ends hears nothing any more; its child puts its things away by
            # itself when it notices.
            if not sys.is_finalizing():
                child.end()

    def _receive(self, child: Child, seconds: float) -> Any:
        try:
            return child.receive(seconds)
        except EndedError as ended:
            advice = self._advice if "signal 9" in str(ended) else ""
            words = f"{self._about} stopped because its process was ended ({ended})"
            raise InputError(f"{words}; {advice}." if advice else f"{words}.") from ended

    def _close(self, child: Child) -> None:
        """Lets the work put its things away, and passes on what goes wrong in that."""
        child.send("stop")
        if sys.is_finalizing():
            return
        until = time.monotonic() + _LAST_WORDS
        with contextlib.suppress(EndedError):
            while time.monotonic() < until:
                message = child.receive(_PATIENCE)
                if message is not None and not {"event", "result", "closed"} & set(message):
                    raise _error(message)
                if message is not None and "event" not in message:
                    return


def remote(target: str, about: str, advice: str = "", **arguments: Any) -> Work[Any]:
    """``Remote(…).work()``, for work that is never paused."""
    return Remote(target, about, advice, **arguments).work()


def _plain(event: Event) -> Event:
    if not isinstance(event, Progress):
        return Progress("Working")
    return Progress(event.stage, event.done, event.total, event.unit)


def _error(message: dict[str, str]) -> Exception:
    if "refused" in message:
        return InputError(message["refused"])
    return RuntimeError(message["defect"])
