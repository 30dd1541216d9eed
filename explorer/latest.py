"""The newest request wins: what comes while another is served waits, and only the last waits."""

from collections.abc import Callable, Hashable

from PySide6.QtCore import QObject, Signal

from explorer.jobs import Job, Jobs
from models.events import Work


class Latest(QObject):
    """One job at a time. ``arrived`` brings answers in the order of their requests.

    An answer is dropped once something about another ``topic`` was asked. One about the same topic
    is shown even where a newer request waits, or nothing would move while a slider is dragged.
    ``settled`` follows once nothing is asked any more.
    """

    arrived = Signal(object)
    failed = Signal(object)
    settled = Signal()

    def __init__(self, jobs: Jobs, title: str, parent: QObject, quiet: bool = True) -> None:
        super().__init__(parent)
        self._jobs, self._title, self._quiet = jobs, title, quiet
        self._job: Job | None = None
        self._topic: Hashable = None
        self._waiting: Callable[[], Work] | None = None

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._job is not None

    @property
    def waiting(self) -> bool:
        """Whether a newer request waits for the present one to end."""
        return self._waiting is not None

    def ask(self, work: Callable[[], Work], topic: Hashable = None) -> None:
        """Serves ``work`` as soon as what runs now has ended."""
        if topic != self._topic and self._job is not None:
            self._job.cancel()
        self._topic, self._waiting = topic, work
        if self._job is None:
            self._begin()

    def forget(self) -> None:
        """Nothing is wanted any more."""
        self._waiting = None
        self._topic = object()  # the topic of nothing
        if self._job is not None:
            self._job.cancel()

    def _begin(self) -> None:
        work, self._waiting = self._waiting, None
        if work is None or self._jobs.closing:
            self.settled.emit()
            return
        topic = self._topic
        job = self._jobs.start(
            self._title,
            work(),
            done=lambda answer: self._deliver(topic, self.arrived, answer),
            failed=lambda error: self._deliver(topic, self.failed, error),
            quiet=self._quiet,
        )
        self._job = job
        job.ended.connect(self._ended)

    def _deliver(self, topic: Hashable, signal: Signal, value: object) -> None:
        if topic == self._topic:
            signal.emit(value)

    def _ended(self) -> None:
        self._job = None
        self._begin()
