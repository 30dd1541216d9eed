"""Embedding a set of triplets in the background: progress, cancelling, going on."""

from PySide6.QtCore import QObject, Signal

from explorer.context import AppContext
from explorer.jobs import Job
from models.encoders.base import Encoder
from models.evaluation.embedding import SentenceVectors, kept_vectors
from models.evaluation.triplets import score_triplets
from models.events import Progress, Work
from models.triplet_set import TripletSet
from models.triplet_table import Seen


class Measuring(QObject):
    """One set under one encoder at a time; what is measured is remembered while the set stays."""

    progressed = Signal(object)
    arrived = Signal()
    #: Nothing is measured any more: it was cancelled, or could not be done.
    stopped = Signal()

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._what: TripletSet | None = None
        self._seen: dict[str, Seen] = {}
        self._key = ""

    @property
    def busy(self) -> bool:
        """Whether something is being measured."""
        return self._job is not None

    def set_triplets(self, what: TripletSet | None) -> None:
        """Another set; what is known of the one before is forgotten."""
        self.cancel()
        self._job = None
        self._what, self._seen = what, {}

    def known(self, encoder: Encoder | None) -> Seen | None:
        """What ``encoder`` makes of the set, if that is known."""
        return None if encoder is None else self._seen.get(encoder.card.key)

    def measure(self, encoder: Encoder) -> None:
        """Begins with ``encoder``, unless that is under way."""
        at_it = self._job is not None and not self._job.cancelling
        if self._what is None or (at_it and self._key == encoder.card.key):
            return
        self.cancel()
        self._key = encoder.card.key
        job = self._context.jobs.start(
            f"Embedding triplets by {encoder.card.name}",
            _measuring(self._what, encoder),
            done=lambda seen: self._done(job, seen),
            failed=self._context.notices.report,
        )
        self._job = job
        job.event.connect(lambda event: self._tell(job, event))
        job.ended.connect(lambda: self._ended(job))

    def cancel(self) -> None:
        """Asks what runs to stop; what was embedded is kept."""
        if self._job is not None:
            self._job.cancel()

    def _tell(self, job: Job, event: object) -> None:
        if job is self._job and isinstance(event, Progress):
            self.progressed.emit(event)

    def _done(self, job: Job, seen: Seen) -> None:
        if job is self._job:
            self._job = None
            self._seen[seen.card.key] = seen
            self.arrived.emit()

    def _ended(self, job: Job) -> None:
        if job is self._job:  # neither done nor replaced
            self._job = None
            self.stopped.emit()


def _measuring(what: TripletSet, encoder: Encoder) -> Work[Seen]:
    yield Progress("Looking up vectors")
    vectors = SentenceVectors(encoder, kept_vectors())
    score = yield from score_triplets(vectors, what.triplets)
    return Seen(encoder.card, score)
