"""A small reader trained from the window, in a process of its own, on the user's questions."""

import re
import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.context import AppContext
from explorer.folders import runs_folder
from explorer.jobs import Job
from models.events import Skipped
from models.remote import Remote
from models.training.checkpoints import CHECKPOINT
from models.training.loop import RunResult

_TRAIN = "models.reader.runs:train_on_laptop"
_ADVICE = "memory may have run out: try fewer questions; what was saved of the run is kept"


class ReaderTraining(QObject):
    """One reader at a time; ``trained`` brings the run's folder, also of one that was stopped."""

    trained = Signal(object)

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._folder = Path()
        self._skipped = 0
        self._done = False

    @property
    def running(self) -> bool:
        """Whether a reader is being trained."""
        return self._job is not None

    def start(self, source: Path) -> None:
        """Trains on a file in SQuAD's form; the status bar shows how far it is."""
        stem = re.sub(r"[^\w.-]+", "-", source.stem)
        self._folder = runs_folder() / f"{time.strftime('%Y%m%d-%H%M%S')}-reader-{stem}"
        self._skipped, self._done = 0, False
        remote = Remote(_TRAIN, "The training", _ADVICE, source=str(source), folder=self._folder)
        self._job = self._context.jobs.start(
            f"Training a reader on {source.stem}",
            remote.work(),
            done=self._finished,
            failed=self._context.notices.report,
        )
        self._job.event.connect(self._count)
        self._job.ended.connect(self._ended)

    def stop(self) -> None:
        """Ends the training after this step; what it has learnt by then is kept."""
        if self._job is not None:
            self._job.cancel()

    def _count(self, event: object) -> None:
        self._skipped += isinstance(event, Skipped)

    def _finished(self, result: RunResult) -> None:
        self._done = True
        left = f" {self._skipped:,} questions were left out." if self._skipped else ""
        before, after = result.first.knn or 0.0, result.last.knn or 0.0
        self._context.notices.tell(
            f"The reader is trained: of a few questions that it never saw, given their passage, "
            f"it answers {after:.0f}% exactly ({before:.0f}% before).{left}",
            "success",
        )

    def _ended(self) -> None:
        self._job = None
        if self._done or (self._folder / CHECKPOINT).is_file():
            self.trained.emit(self._folder)
