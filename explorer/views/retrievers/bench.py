"""The retrievers that are compared, the questions, and the work of measuring one by the other."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QObject, Signal

from explorer.context import AppContext
from explorer.jobs import Job
from explorer.latest import Latest
from explorer.views.retrievers.wants import OWN, WORDS, Wanted, kept, remembered
from explorer.views.retrievers.work import opening, searching
from models.encoders.base import Encoder
from models.errors import InputError
from models.evaluation.comparison import Entry, Measure, differences, hybrid
from models.evaluation.curves import By
from models.evaluation.judged import Judged
from models.evaluation.significance import Difference
from models.project import Project

SETTINGS = "retrievers"


class Bench(QObject):
    """``changed`` tells of entries, figures and tests; ``progressed`` of what is under way."""

    changed = Signal()
    progressed = Signal()

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self.context = context
        self.project: Project | None = None
        self.source = ""  # of the questions; empty while none are chosen
        self.judged: Judged | None = None
        self.trouble = ""  # why the questions cannot be used
        self.entries: tuple[Entry, ...] = ()
        self.failed: dict[str, str] = {}
        self.by: By = "gold"
        self.measure: Measure = "top20"
        self.baseline = WORDS
        self.differences: Mapping[str, Difference] = MappingProxyType({})
        self.hidden: set[str] = set()
        self.job: Job | None = None
        self.now: Wanted | None = None
        self.stopped = False
        self._own: Encoder | None = None
        self._weights: dict[str, float] = {}
        self._added = remembered(context.settings.view(SETTINGS).get("retrievers"))
        self.reading = Latest(context.jobs, "Reading questions", self)
        self.reading.arrived.connect(self._read)
        self.reading.failed.connect(self._unread)
        self.mixing = Latest(context.jobs, "Mixing scores", self)
        self.mixing.arrived.connect(self._mixed)
        self.testing = Latest(context.jobs, "Testing differences", self)
        self.testing.arrived.connect(self._tested)
        for latest in (self.mixing, self.testing):
            latest.failed.connect(context.notices.report)

    # What there is

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """All that are to be compared: BM25, the project's own encoder, those that were added."""
        words = (Wanted(WORDS, "BM25", "bm25"),)
        own: tuple[Wanted, ...] = ()
        if self.project is not None and self._own is not None:
            own = (Wanted(OWN, self._own.card.name, "dense", encoder=self._own),)
        return (*words, *own, *self._added)

    @property
    def busy(self) -> bool:
        """Whether something is still to come that will change what is shown."""
        latest = (self.reading, self.mixing, self.testing)
        return self.job is not None or any(one.busy for one in latest)

    @property
    def unmeasured(self) -> tuple[Wanted, ...]:
        """Those that wait."""
        known = {entry.id for entry in self.entries} | set(self.failed)
        return tuple(one for one in self.wanted if one.id not in known)

    def entry(self, name: str) -> Entry | None:
        """The entry of this id."""
        return next((entry for entry in self.entries if entry.id == name), None)

    def is_added(self, name: str) -> bool:
        """Whether a person added it, and may take it away."""
        return any(one.id == name for one in self._added)

    # What is asked for

    def open(
        self, project: Project | None, encoder: Encoder | None, source: str, anew: bool = False
    ) -> None:
        """Compares over ``project`` by the questions of ``source`` from now on; ``anew`` reads
        even those that are known."""
        if anew or project is not self.project or source != self.source:
            self._forget()
            self.project, self.source, self._own = project, source, encoder
            if project is not None and source:
                self.reading.ask(lambda: opening(project, source), (project.folder, source))
            else:
                self.reading.forget()
            self.changed.emit()
        elif encoder is not self._own:
            self._own = encoder
            self._drop(OWN)
            self.go()

    def add(self, one: Wanted) -> None:
        """Compares one more."""
        known = self.project.manifest.encoder.key if self.project is not None else ""
        if one.encoder is not None and one.encoder.card.key == known:
            self.context.notices.tell(f"{one.title} made this project; it is compared already.")
            return
        self.failed.pop(one.id, None)
        self._drop(one.id)
        self._added = (*(other for other in self._added if other.id != one.id), one)
        self._keep()
        self.stopped = False
        self.go()

    def remove(self, name: str) -> None:
        """Takes away one that was added."""
        self._added = tuple(one for one in self._added if one.id != name)
        self.failed.pop(name, None)
        self._keep()
        if self.now is not None and self.now.id == name and self.job is not None:
            self.job.cancel()
        self._drop(name)
        if self.baseline in (name, f"+{name}"):
            self.baseline = WORDS
        self._test()

    def stop(self) -> None:
        """Stops measuring; what was embedded is kept."""
        self.stopped = True
        if self.job is not None:
            self.job.cancel()

    def go(self) -> None:
        """Measures those that wait, one after the other."""
        if self.job is not None or self.judged is None or self.project is None or self.stopped:
            self.changed.emit()
            return
        waiting = self.unmeasured
        if waiting:
            self._begin(self.project, self.judged, waiting[0])
        self.changed.emit()

    def go_on(self) -> None:
        """Goes on after a stop."""
        self.stopped = False
        self.go()

    def choose(self, **values: Any) -> None:
        """Sets ``by``, ``measure`` or ``baseline``."""
        for name, value in values.items():
            setattr(self, name, value)
        self._test()

    def show(self, name: str, on: bool) -> None:
        """Draws the curve of an entry, or not."""
        (self.hidden.discard if on else self.hidden.add)(name)
        self.changed.emit()

    def weigh(self, name: str, weight: float) -> None:
        """Mixes the vectors of entry ``name`` with BM25 by this weight from now on."""
        dense, judged = self.entry(name), self.judged
        if dense is None or judged is None or dense.sweep is None:
            return
        self._weights[name] = weight
        self.mixing.ask(lambda: hybrid(dense, weight, judged), (name, judged.key))

    # What comes of it

    def _begin(self, project: Project, judged: Judged, one: Wanted) -> None:
        weight = self._weights.get(one.id)
        job = self.context.jobs.start(
            f"Comparing {one.title}",
            searching(project, judged, one, weight),
            done=lambda found: self._done(job, one, found),
            failed=lambda error: self._refused(job, one, error),
        )
        self.job, self.now = job, one
        job.event.connect(lambda _: self.progressed.emit())
        job.ended.connect(lambda: self._ended(job))

    def _done(self, job: Job, one: Wanted, found: tuple[Entry, ...]) -> None:
        if job is not self.job or one not in self.wanted:
            return
        self._place([*self.entries, *found])
        for entry in found:
            if entry.note:
                self.context.notices.tell(entry.note, "warning")
        self._test()

    def _refused(self, job: Job, one: Wanted, error: BaseException) -> None:
        if job is self.job:
            said = str(error) if isinstance(error, InputError) else "It could not be measured."
            self.failed[one.id] = said
        self.context.notices.report(error)

    def _ended(self, job: Job) -> None:
        if job is self.job:
            self.job = self.now = None
            self.progressed.emit()
            if not self.context.jobs.closing:
                self.go()

    def _read(self, judged: Judged) -> None:
        self.judged = judged
        self.by = self.by if judged.has_gold.any() and judged.has_answer.any() else "gold"
        if not judged.has_gold.any():
            self.by = "answer"
        self.go()

    def _unread(self, error: BaseException) -> None:
        if isinstance(error, InputError):
            self.trouble = str(error)
        else:
            self.context.notices.report(error)
        self.changed.emit()

    def _mixed(self, entry: Entry) -> None:
        if self.entry(entry.id) is not None:
            self.entries = tuple(entry if e.id == entry.id else e for e in self.entries)
            self._test()

    def _test(self) -> None:
        baseline, judged = self.entry(self.baseline), self.judged
        if baseline is None or judged is None:
            self.differences = MappingProxyType({})
        else:
            asked = (baseline, self.entries, judged, self.measure, self.by)
            self.testing.ask(lambda: differences(*asked), asked)
        self.changed.emit()

    def _tested(self, found: Mapping[str, Difference]) -> None:
        self.differences = found
        self.changed.emit()

    def _place(self, entries: list[Entry]) -> None:
        """In the order in which they were wanted, an encoder before its hybrid."""
        order = {one.id: at for at, one in enumerate(self.wanted)}
        known = {entry.id: entry for entry in entries}
        places = sorted(
            known, key=lambda name: (order.get(name.removeprefix("+"), 99), name[0] == "+")
        )
        self.entries = tuple(known[name] for name in places)

    def _drop(self, name: str) -> None:
        self.entries = tuple(e for e in self.entries if e.id not in (name, f"+{name}"))

    def _forget(self) -> None:
        if self.job is not None:
            self.job.cancel()
            self.job = self.now = None
        self.judged, self.trouble, self.entries = None, "", ()
        self.failed, self._weights, self.stopped = {}, {}, False
        self.differences = MappingProxyType({})
        self.baseline = WORDS

    def _keep(self) -> None:
        self.context.settings.update_view(SETTINGS, retrievers=kept(self._added))
