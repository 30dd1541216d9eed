"""One run at a time: started, paused, stopped, gone on with, or opened to be looked at."""

import re
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from explorer.context import AppContext
from explorer.folders import runs_folder
from explorer.jobs import Job
from explorer.views.training.fields import Wanted
from explorer.views.training.film import Film
from models.events import Progress, Shortened, Skipped, Work
from models.reader.watched import read_watched
from models.remote import Remote
from models.training.checkpoints import CHECKPOINT
from models.training.events import Saved, TrainingEvent
from models.training.history import read_history
from models.training.shelf import RunCard, list_runs

_RESUME = "models.training.recipes.runs:resume_run"
_LISTED = 200
_ADVICE = "memory may have run out: lower the batch size; what was saved of the run is kept"


class Runs(QObject):
    """The training job and the folders of runs; ``event`` carries what the run says.

    Runs train in a child process, which saves them even if this program goes away.
    """

    event = Signal(object)
    changed = Signal()
    finished = Signal(object)
    opened = Signal(object)
    estimated = Signal(object)
    listed = Signal(tuple)

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._remote: Remote | None = None
        self._estimating: Job | None = None
        self._opening: Job | None = None
        self._skipped: list[Skipped] = []
        self.folder: Path | None = None
        context.session.runs_changed.connect(self.list)

    @property
    def running(self) -> bool:
        """Whether a run is under way, paused or not."""
        return self._job is not None

    @property
    def paused(self) -> bool:
        """Whether the run under way waits."""
        return self.running and self._remote is not None and self._remote.paused

    @property
    def estimating(self) -> bool:
        """Whether an estimate is being made."""
        return self._estimating is not None

    def list(self) -> None:
        """Reads what runs there are; ``listed`` follows with their cards, the latest first."""
        self._context.jobs.start(
            "Looking for runs",
            list_runs(runs_folder(), self._context.session.run),
            done=self.listed.emit,
            quiet=True,
        )

    def start(self, wanted: Wanted) -> None:
        """Trains in a new folder."""
        stem = re.sub(r"[^\w.-]+", "-", Path(wanted.source).stem)
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{wanted.method}-{stem}"
        folder = _free(runs_folder() / name)
        title = f"{wanted.title} on {Path(wanted.source).stem}"
        self._begin(title, folder, _remote(wanted.train, folder=folder, **wanted.arguments))

    def resume(self, card: RunCard) -> None:
        """Goes on with a run."""
        self._begin(card.title, card.folder, _remote(_RESUME, folder=card.folder))

    def estimate(self, wanted: Wanted) -> None:
        """Tries a few steps; ``estimated`` follows with time and memory."""
        if self.running or self.estimating:
            return
        self._estimating = self._context.jobs.start(
            "Estimating",
            _remote(wanted.estimate, **wanted.arguments).work(),
            done=self.estimated.emit,
            failed=self._context.notices.report,
        )
        self._estimating.ended.connect(self._estimate_ended)
        self.changed.emit()

    def pause(self, on: bool) -> None:
        """Lets the run wait between two steps, or go on."""
        if self._remote is not None:
            self._remote.pause(on)
            self.changed.emit()

    def stop(self) -> None:
        """Ends the run after this step; it is saved and can be gone on with."""
        if self._job is not None:
            self._job.cancel()

    def open(self, folder: Path) -> None:
        """Reads what was seen of a run; only the last one asked for is shown."""
        job = self._context.jobs.start(
            "Opening the run",
            _opening(folder),
            done=lambda film: self._opened(job, folder, film),
            failed=self._context.notices.report,
        )
        self._opening = job

    def _opened(self, job: Job, folder: Path, film: Film) -> None:
        if job is self._opening and not self.running:
            self.folder = folder
            self.opened.emit(film)
            self._context.session.open_run(folder)
            self.list()

    def _begin(self, title: str, folder: Path, remote: Remote) -> None:
        if self.running:
            return
        if self._estimating is not None:
            self._estimating.cancel()
        self.folder, self._remote, self._skipped = folder, remote, []
        self._job = self._context.jobs.start(
            title,
            remote.work(),
            done=self.finished.emit,
            failed=self._context.notices.report,
        )
        self._job.event.connect(self._event)
        self._job.ended.connect(self._ended)
        self.changed.emit()

    def _event(self, event: object) -> None:
        self.event.emit(event)
        if isinstance(event, Skipped):
            self._skipped.append(event)
        elif isinstance(event, TrainingEvent) and self._skipped:
            self._tell_skipped()
        if isinstance(event, Saved) and self._context.session.run != self.folder:
            self._context.session.open_run(self.folder)
            self._context.session.tell_runs()

    def _tell_skipped(self) -> None:
        """Lists what could not be used, once all has been read."""
        skipped, self._skipped = self._skipped, []
        count = len(skipped)
        lost = sum(not isinstance(event, Shortened) for event in skipped)
        what = "1 example was" if lost == 1 else f"{lost:,} examples were"
        listed = "\n".join(f"{event.where}: {event.why}" for event in skipped[:_LISTED])
        more = f"\n… and {count - _LISTED:,} more" if count > _LISTED else ""
        text = f"{what} left out." if lost else "Long texts are cut."
        self._context.notices.tell(text, "warning", listed + more)

    def _ended(self) -> None:
        self._job = None
        self._remote = None
        if self.folder is not None and (self.folder / CHECKPOINT).exists():
            self._context.session.open_run(self.folder)
        self._context.session.tell_runs()
        self.changed.emit()

    def _estimate_ended(self) -> None:
        self._estimating = None
        self.changed.emit()


def _remote(target: str, **arguments: Any) -> Remote:
    return Remote(target, "The training", _ADVICE, **arguments)


def _free(folder: Path) -> Path:
    """``folder``, or one with a number at its end if two runs start in one second."""
    number, free = 2, folder
    while free.exists():
        free = folder.with_name(f"{folder.name}-{number}")
        number += 1
    return free


def _opening(folder: Path) -> Work[Film]:
    yield Progress("Opening")
    history = read_history(folder)
    return Film.of(history, read_watched(folder, len(history.labels)))
