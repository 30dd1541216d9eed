"""The encoders that are scored, the data that they are scored on, and the work of scoring."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.context import AppContext
from explorer.jobs import Job
from explorer.latest import Latest
from explorer.test_sets import SETTINGS, senteval_folder, triplets_source
from explorer.views.encoders.scores_rows import Entry, entry_of, remembered
from models.data.nli import BUNDLED
from models.data.senteval import TRANSFER_TASKS
from models.encoders.card import EncoderCard
from models.errors import InputError
from models.evaluation.text_material import TASKS, Survey, survey
from models.evaluation.text_scores import Loaded, Score, Scored, ScoreShelf, kept_scores
from models.events import Progress, Work
from models.remote import remote

_ADVICE = "memory may have run out: measure fewer tasks at once; what was measured is kept"
_CLASSIFIED = 4  # times as long as embedding a sentence of a transfer task takes all in all


@dataclass(frozen=True)
class _Wanted:
    """An encoder that waits to be measured."""

    entry: Entry
    tasks: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Opened:
    survey: Survey
    scores: Mapping[str, Mapping[str, Score]]  # by encoder and task


class Board(QObject):
    """Scores are measured one encoder after the other, in a process of its own.

    ``changed`` tells of new rows and figures, ``progressed`` of what is under way.
    """

    changed = Signal()
    progressed = Signal()

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.folder: Path | None = None
        self.triplets: str | Path = BUNDLED
        self.entries = remembered(context.settings.view(SETTINGS).get("rows"))
        self.survey: Survey | None = None
        self.trouble = ""  # why the folder cannot be used
        self.job: Job | None = None
        self._waiting: list[_Wanted] = []
        self._measured: _Wanted | None = None
        self._begun, self._done = 0.0, 0
        self.reading = Latest(context.jobs, "Reading test sets", self)
        self.reading.arrived.connect(self._opened)
        self.reading.failed.connect(self._unread)

    @property
    def shelf(self) -> ScoreShelf:
        """Where scores are kept."""
        return ScoreShelf(kept_scores())

    # The data

    def refresh(self, anew: bool = False) -> None:
        """Reads what is to be measured on, unless it is known; ``anew`` even then."""
        settings = self._context.settings
        chosen = senteval_folder(settings), triplets_source(settings)
        known = self.survey is not None or self.trouble or self.reading.busy
        if anew or not known or chosen != (self.folder, self.triplets):
            self.folder, self.triplets = chosen
            self.open()

    def open(self) -> None:
        """Reads the test sets and what is known of the encoders on them."""
        folder, triplets, shelf = self.folder, self.triplets, self.shelf
        keys = [entry.key for entry in self.entries]
        self.reading.ask(lambda: _opening(folder, triplets, shelf, keys), (folder, triplets))

    def use_bundled_triplets(self) -> None:
        """Measures by the bundled triplets from now on."""
        self._context.settings.update_view(SETTINGS, triplets=BUNDLED)
        self.refresh()

    def _opened(self, found: _Opened) -> None:
        self.survey, self.trouble = found.survey, ""
        known = found.scores
        self.entries = tuple(replace(e, scores=known.get(e.key, e.scores)) for e in self.entries)
        self.changed.emit()

    def _unread(self, error: BaseException) -> None:
        self.survey = None
        self.entries = tuple(replace(entry, scores={}) for entry in self.entries)
        if isinstance(error, InputError):
            self.trouble = str(error)
        else:
            self._context.notices.report(error)
        self.changed.emit()

    # The encoders

    def entry(self, key: str) -> Entry | None:
        """The encoder whose vectors have this key, if it is in the table."""
        return next((entry for entry in self.entries if entry.key == key), None)

    def remove(self, key: str) -> None:
        """Takes an encoder out of the table; its scores are known again when it comes back."""
        if self._measured is not None and self._measured.entry.key == key and self.job is not None:
            self.job.cancel()
        self._waiting = [wanted for wanted in self._waiting if wanted.entry.key != key]
        self._keep(tuple(entry for entry in self.entries if entry.key != key))

    def measure(self, card: EncoderCard, tasks: Sequence[str]) -> None:
        """Adds an encoder and measures by those of ``tasks`` that there are files for."""
        entry = self.entry(card.key)
        if entry is None:
            entry = replace(entry_of(card), scores=self._known(card.key))
        self.measure_more(entry, tasks)

    def measure_more(self, entry: Entry, tasks: Sequence[str]) -> None:
        """Measures an encoder by ``tasks``, after those that were asked for before."""
        if self.survey is None:
            return
        there = set(self.survey.data) - set(entry.scores) - entry.pending
        chosen = tuple(task for task in TASKS if task in tasks and task in there)
        self._put(replace(entry, pending=entry.pending | set(chosen)))
        if chosen:
            self._waiting.append(_Wanted(entry, chosen))
            self._next()

    def stop(self) -> None:
        """Measures no more; what is done is kept."""
        self._waiting = []
        if self.job is not None:
            self.job.cancel()

    @property
    def remaining(self) -> float | None:
        """Seconds until all is measured, judged by what was; None while there is no telling."""
        if not self._done:
            return None
        left = sum(self._cost(task) for entry in self.entries for task in entry.pending)
        return (time.monotonic() - self._begun) / self._done * left

    # The work

    def _next(self) -> None:
        if self.job is not None or not self._waiting:
            return
        self._measured = wanted = self._waiting.pop(0)
        if not self._done:
            self._begun = time.monotonic()
        entry = wanted.entry
        work = remote(
            "models.evaluation.text_scores:measure",
            "The measurement",
            _ADVICE,
            source=entry.source,
            pooling=entry.pooling,
            tasks=wanted.tasks,
            folder=self.folder,
            triplets=self.triplets,
        )
        title = f"Measuring {entry.name}, {entry.about}"
        self.job = self._context.jobs.start(title, work, failed=self._context.notices.report)
        self.job.event.connect(self._event)
        self.job.ended.connect(self._ended)
        self.progressed.emit()

    def _event(self, event: object) -> None:
        if isinstance(event, Loaded):
            self._know(event)
        elif isinstance(event, Scored):
            self._score(event)
        self.progressed.emit()

    def _know(self, event: Loaded) -> None:
        """Says what is measured; a run that has gone on since is another encoder by now."""
        assert self._measured is not None
        old = self.entry(self._measured.entry.key)
        new = entry_of(event.card, event.step)
        if old is None or (old.key == new.key and old.about == new.about):
            return
        tasks = frozenset(self._measured.tasks)
        if old.key == new.key:
            self._put(replace(old, about=new.about))
        elif not old.scores:  # it stands for nothing yet
            self._keep(tuple(e for e in self.entries if e.key != old.key))
            self._put(replace(self.entry(new.key) or new, pending=tasks))
        else:
            self._put(replace(old, pending=old.pending - tasks))
            self._put(replace(self.entry(new.key) or new, pending=tasks))
        self._measured = _Wanted(new, self._measured.tasks)

    def _score(self, event: Scored) -> None:
        entry, score = self.entry(event.key), event.score
        self._done += self._cost(score.task)
        if entry is not None:
            scores = {**entry.scores, score.task: score}
            self._put(replace(entry, scores=scores, pending=entry.pending - {score.task}))

    def _ended(self) -> None:
        wanted, self.job, self._measured = self._measured, None, None
        entry = None if wanted is None else self.entry(wanted.entry.key)
        if wanted is not None and entry is not None:
            later = {task for other in self._waiting for task in other.tasks} & entry.pending
            self._put(replace(entry, pending=frozenset(later)))
        if not self._waiting:
            self._done = 0
            self.entries = tuple(replace(e, pending=frozenset()) for e in self.entries)
            self.changed.emit()
        self._next()
        self.progressed.emit()

    def _cost(self, task: str) -> int:
        size = 0 if self.survey is None else self.survey.sizes.get(task, 0)
        return _CLASSIFIED * size if task in TRANSFER_TASKS else size

    def _known(self, key: str) -> dict[str, Score]:
        data = {} if self.survey is None else self.survey.data
        return _read(self.shelf, key, data)

    def _put(self, entry: Entry) -> None:
        """Shows an entry in its place, or as the last one."""
        if self.entry(entry.key) is None:
            self._keep((*self.entries, entry))
            return
        self.entries = tuple(entry if e.key == entry.key else e for e in self.entries)
        self.changed.emit()

    def _keep(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        self._context.settings.update_view(SETTINGS, rows=[entry.plain() for entry in entries])
        self.changed.emit()


def _opening(
    folder: Path | None, triplets: str | Path, shelf: ScoreShelf, keys: Sequence[str]
) -> Work[_Opened]:
    found = yield from survey(folder, triplets)
    scores = {}
    for key in keys:
        yield Progress("Reading scores")
        scores[key] = _read(shelf, key, found.data)
    return _Opened(found, scores)


def _read(shelf: ScoreShelf, key: str, data: Mapping[str, str]) -> dict[str, Score]:
    known = {task: shelf.read(key, task, content) for task, content in data.items()}
    return {task: score for task, score in known.items() if score is not None}
