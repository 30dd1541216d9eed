"""One run at a time: started, paused, stopped, gone on with, or opened to be looked at."""

import re
import threading
import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.context import AppContext
from explorer.folders import runs_folder
from explorer.jobs import Job
from models.events import Event, Progress, Work
from models.training.checkpoints import RUN
from models.training.history import History, read_history
from models.training.loop import RunResult, train
from models.training.recipes.catalog import load_task, reopen
from models.training.recipes.images import ImageRecipe


class Runs(QObject):
    """The training job and the folders of runs; ``event`` carries what the run says."""

    event = Signal(object)
    changed = Signal()
    finished = Signal(object)
    opened = Signal(object)

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._go = threading.Event()
        self.folder: Path | None = None

    @property
    def running(self) -> bool:
        """Whether a run is under way, paused or not."""
        return self._job is not None

    @property
    def paused(self) -> bool:
        """Whether the run under way waits."""
        return self.running and not self._go.is_set()

    def known(self) -> list[Path]:
        """Folders of runs, the latest first."""
        runs = [path.parent for path in runs_folder().glob(f"*/{RUN}")]
        return sorted(runs, key=lambda run: run.name, reverse=True)

    def start(self, recipe: ImageRecipe, source: str) -> None:
        """Trains in a new folder."""
        stem = re.sub(r"[^\w.-]+", "-", Path(source).stem)
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{recipe.method}-{stem}"
        folder = runs_folder() / name
        self._begin(folder, _training(recipe, source, folder, self._go))

    def resume(self, folder: Path) -> None:
        """Goes on with the run in ``folder``."""
        self._begin(folder, _resuming(folder, self._go))

    def pause(self, on: bool) -> None:
        """Lets the run wait between two steps, or go on."""
        if on:
            self._go.clear()
        else:
            self._go.set()
        self.changed.emit()

    def stop(self) -> None:
        """Ends the run after this step; it is saved and can be gone on with."""
        if self._job is not None:
            self._job.cancel()
            self._go.set()

    def open(self, folder: Path) -> None:
        """Reads what was seen of a run."""
        self.folder = folder
        self._context.jobs.start(
            "Opening the run",
            _opening(folder),
            done=self.opened.emit,
            failed=self._context.notices.report,
        )

    def _begin(self, folder: Path, work: Work[RunResult]) -> None:
        if self.running:
            return
        self.folder = folder
        self._go.set()
        job = self._context.jobs.start(
            folder.name, work, done=self.finished.emit, failed=self._context.notices.report
        )
        job.event.connect(self.event)
        job.ended.connect(self._ended)
        self._job = job
        self.changed.emit()

    def _ended(self) -> None:
        self._job = None
        self.changed.emit()


def _training(
    recipe: ImageRecipe, source: str, folder: Path, go: threading.Event
) -> Work[RunResult]:
    task = yield from load_task(recipe, source)
    return (yield from _pausable(train(task, task.recipe.settings, folder), go))


def _resuming(folder: Path, go: threading.Event) -> Work[RunResult]:
    recipe, source, limit = reopen(folder)
    task = yield from load_task(recipe, source, limit, fit=False)
    return (yield from _pausable(train(task, recipe.settings, folder, resume=True), go))


def _pausable(work: Work[RunResult], go: threading.Event) -> Work[RunResult]:
    """``work``, which waits between two events while ``go`` is not set."""
    try:
        while True:
            event: Event = next(work)
            yield event
            while not go.wait(0.1):
                yield Progress("Paused")
    except StopIteration as stop:
        result: RunResult = stop.value
        return result
    finally:
        work.close()


def _opening(folder: Path) -> Work[History]:
    yield Progress("Opening")
    return read_history(folder)
