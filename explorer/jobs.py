"""Long work off the event loop: one generator, one thread, exactly one outcome.

A generator that yields events and returns a result (``models.events.Work``) runs in a thread of
its own; its events and its outcome reach the event loop as queued signals. Only immutable values
cross. Cancelling closes the generator at its next ``yield``.
"""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from models.events import Progress
from models.memory import give_back

_EVENTS_PER_SECOND = 20


class Job(QObject):
    """One run of a generator. After any of the three outcomes ``ended`` follows, once."""

    event = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    ended = Signal()

    _posted = Signal(object)

    def __init__(self, title: str, work: Generator[Any, None, Any], parent: QObject) -> None:
        super().__init__(parent)
        self.title = title
        self.progress: Progress | None = None
        self.quiet = False
        self._work = work
        self._stop = threading.Event()
        self._over = False
        self._pace = _Pace()
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._live, name=f"job: {title}", daemon=True)

    def start(self) -> None:
        """Begins; called once, by ``Jobs``."""
        self._thread.start()

    def cancel(self) -> None:
        """Asks the work to stop at its next step; what it had finished is kept."""
        self._stop.set()

    @property
    def cancelling(self) -> bool:
        """Whether it was asked to stop and has not yet."""
        return self._stop.is_set() and not self._over

    @property
    def remaining(self) -> float | None:
        """Estimated seconds left of the present stage, or None while there is no telling."""
        return self._pace.remaining(self.progress)

    def wait(self, seconds: float) -> bool:
        """Waits for the thread, for an orderly exit; whether it ended in time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _live(self) -> None:
        self._run()
        del self._work  # with all that it holds
        give_back()

    def _run(self) -> None:
        # Everything is caught: a generator that raises RuntimeError, torch's class for running
        # out of memory, must end in ``failed`` like any other.
        last_sent, last_stage = 0.0, ""
        try:
            while True:
                if self._stop.is_set():
                    self._work.close()
                    return self._post("cancelled", None)
                try:
                    event = next(self._work)
                except StopIteration as stop:
                    return self._post("succeeded", stop.value)
                # Mere progress may be thinned; an event that carries more must arrive.
                if type(event) is Progress:
                    now = time.monotonic()
                    early = now - last_sent < 1 / _EVENTS_PER_SECOND
                    if early and event.stage == last_stage and event.done != event.total:
                        continue
                    last_sent, last_stage = now, event.stage
                self._post("event", event)
        except BaseException as error:
            if self._stop.is_set() and isinstance(error, (KeyboardInterrupt, GeneratorExit)):
                return self._post("cancelled", None)
            return self._post("failed", error)

    def _post(self, kind: str, value: Any) -> None:
        with suppress(RuntimeError):  # the window and this object are gone; nobody is left to tell
            self._posted.emit((kind, value))

    def _deliver(self, message: tuple[str, Any]) -> None:
        kind, value = message
        if kind == "event":
            if isinstance(value, Progress):
                self._pace.see(value)
                self.progress = value
            self.event.emit(value)
            return
        self._over = True
        if kind == "cancelled":
            self.cancelled.emit()
        else:
            getattr(self, kind).emit(value)
        self.ended.emit()


class _Pace:
    """Remaining time from the rate of the stage so far."""

    def __init__(self) -> None:
        self._stage = ""
        self._began = 0.0
        self._first = 0

    def see(self, progress: Progress) -> None:
        if progress.stage != self._stage:
            self._stage, self._began, self._first = progress.stage, time.monotonic(), progress.done

    def remaining(self, progress: Progress | None) -> float | None:
        if progress is None or not progress.total or progress.done <= self._first:
            return None
        elapsed = time.monotonic() - self._began
        if elapsed < 1.0:
            return None
        return elapsed / (progress.done - self._first) * (progress.total - progress.done)


class Jobs(QObject):
    """The jobs that run now."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: list[Job] = []
        #: The application is closing: jobs that end as cancelled now were not cancelled by hand.
        self.closing = False

    @property
    def running(self) -> tuple[Job, ...]:
        """Jobs in the order in which they were started."""
        return tuple(job for job in self._running if not job.quiet)

    def start(
        self,
        title: str,
        work: Generator[Any, None, Any],
        *,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[BaseException], None] | None = None,
        quiet: bool = False,
    ) -> Job:
        """Runs ``work`` in the background; ``quiet`` keeps it out of the status bar."""
        job = Job(title, work, self)
        job.quiet = quiet
        if done is not None:
            job.succeeded.connect(done)
        if failed is not None:
            job.failed.connect(failed)
        job.ended.connect(lambda: self._ended(job))
        self._running.append(job)
        job.start()
        self.changed.emit()
        return job

    def shutdown(self, seconds: float = 3.0) -> None:
        """Cancels everything and waits a little, so that no work is torn down half way."""
        self.closing = True
        for job in self._running:
            job.cancel()
        until = time.monotonic() + seconds
        for job in self._running:
            job.wait(max(0.0, until - time.monotonic()))

    def _ended(self, job: Job) -> None:
        self._running.remove(job)
        self.changed.emit()
        # Deleted a turn later, so that every slot of ``ended`` still finds the object.
        QTimer.singleShot(0, job.deleteLater)
