"""From questions to their negatives: read, embedded under A and B, chosen, and all measured."""

from PySide6.QtCore import QObject, Signal

from explorer.context import AppContext
from explorer.latest import Latest
from explorer.views.negatives.work import Seen, measuring, seeing, studying
from models.data.dpr_questions import QuestionSource
from models.encoders.base import Encoder
from models.errors import InputError
from models.negative_study.gathered import Gathered, gather
from models.negative_study.margins import Margins
from models.negative_study.pick import Spec
from models.negative_study.sight import Sight
from models.negative_study.study import Study


class Flow(QObject):
    """Each stage begins again when what it is made from is another; the last request wins.

    ``forgotten`` tells that nothing is known any more; ``read`` carries the questions, ``refused``
    the error that kept them away, ``studied`` what was seen and one question of it, ``measured``
    all of them, and ``said`` how far it is and whether it can be gone on with.
    """

    forgotten = Signal()
    read = Signal(object)
    refused = Signal(object)
    studied = Signal(object, object)
    measured = Signal(object)
    said = Signal(str, bool)

    def __init__(self, context: AppContext, parent: QObject, spec: Spec) -> None:
        super().__init__(parent)
        self.gathered: Gathered | None = None
        self.seen: Seen | None = None
        self.margins: Margins | None = None
        self.place = 0
        self._wanted: QuestionSource | None = None
        self._most: int | None = None
        self._asked: object = None  # the key of the set that was read last, or is being read
        self._encoders: tuple[Encoder, Encoder] | None = None
        self._spec = spec
        self._sights: dict[str, Sight] = {}
        self.reading = Latest(context.jobs, "Reading questions", self, quiet=False)
        self.seeing = Latest(context.jobs, "Embedding questions and passages", self, quiet=False)
        self.studying = Latest(context.jobs, "Choosing negatives", self)
        self.measuring = Latest(context.jobs, "Measuring margins", self)
        report = self._report = context.notices.report
        for work, arrived, failed in (
            (self.reading, self._read, self._refused),
            (self.seeing, self._saw, self._failed),
            (self.studying, self._studied, report),
            (self.measuring, self._measured, report),
        ):
            work.arrived.connect(arrived)
            work.failed.connect(failed)
        self.reading.settled.connect(self._read_over)
        self.seeing.settled.connect(self._seen_over)

    @property
    def busy(self) -> bool:
        """Whether something is still to come that will change what is shown."""
        works = (self.reading, self.seeing, self.studying, self.measuring)
        return any(work.busy for work in works)

    # What is asked for

    def ask(self, wanted: QuestionSource | None, most: int | None, key: object) -> None:
        """Reads these questions, at most so many, unless those of ``key`` are there; None: none."""
        if key == self._asked:
            return
        self._asked, self._wanted, self._most = key, wanted, most
        self.gathered, self.seen, self.margins, self._sights = None, None, None, {}
        for work in (self.seeing, self.studying, self.measuring):
            work.forget()
        self.forgotten.emit()
        if wanted is None:
            self.reading.forget()
            self.said.emit("", False)
            return
        self.said.emit("Reading the questions …", False)
        self.reading.ask(lambda: gather(wanted, most), key)

    def look_through(self, encoders: tuple[Encoder, Encoder] | None) -> None:
        """Sees the questions under A and B; None while they are not loaded."""
        self._encoders = encoders
        self._see()

    def specify(self, spec: Spec) -> None:
        """Chooses other negatives."""
        self._spec = spec
        self._choose()
        self._measure()

    def turn_to(self, place: int) -> None:
        """Studies the question at ``place``."""
        self.place = place
        self._choose()

    def go_on(self) -> None:
        """Asks again for what was cancelled."""
        if self.gathered is None:
            key, self._asked = self._asked, None
            self.ask(self._wanted, self._most, key)
        else:
            self._see()

    # What comes of it

    def _read(self, gathered: Gathered) -> None:
        self.gathered, self.place = gathered, 0
        self.read.emit(gathered)
        self._see()

    def _refused(self, error: BaseException) -> None:
        if isinstance(error, InputError):
            self._wanted = None  # there is nothing to go on with
        self.said.emit("", False)
        self.refused.emit(error)

    def _read_over(self) -> None:
        """Nothing is read any more; what was cancelled can be asked for again."""
        if self.gathered is None and self._wanted is not None:
            self.said.emit("The questions were not read to their end.", True)

    @property
    def _is_seen(self) -> bool:
        """Whether the encoders that are chosen have read the questions."""
        if self.seen is None or self._encoders is None:
            return False
        sides = zip(self.seen.sights, self._encoders, strict=True)
        return all(sight.card.key == encoder.card.key for sight, encoder in sides)

    def _see(self) -> None:
        """Embeds what is not known yet, and then chooses."""
        gathered, encoders = self.gathered, self._encoders
        if gathered is None or encoders is None or self._is_seen:
            return
        known, keys = dict(self._sights), tuple(encoder.card.key for encoder in encoders)
        self.said.emit("Reading questions and passages with both encoders …", False)
        self.seeing.ask(lambda: seeing(gathered, encoders, known), (gathered, keys))

    def _saw(self, seen: Seen) -> None:
        if seen.gathered is not self.gathered:
            return
        self.seen = seen
        self._sights.update({sight.card.key: sight for sight in seen.sights})
        self.said.emit(seen.gathered.sentence, False)
        self._choose()
        self._measure()

    def _failed(self, error: BaseException) -> None:
        self.said.emit("This could not be embedded.", True)
        self._report(error)

    def _seen_over(self) -> None:
        """Nothing is embedded any more; what was cancelled can be asked for again."""
        chosen = self.gathered is not None and self._encoders is not None
        if chosen and not self._is_seen:
            self.said.emit("Not all passages are embedded; what was done is kept.", True)

    def _choose(self) -> None:
        """Chooses the negatives of the present question."""
        seen, place, spec = self.seen, self.place, self._spec
        if seen is not None:
            self.studying.ask(lambda: studying(seen, place, spec), (seen, place, spec))

    def _measure(self) -> None:
        seen, spec = self.seen, self._spec
        if seen is not None:
            self.measuring.ask(lambda: measuring(seen, spec), (seen, spec))

    def _studied(self, found: tuple[Seen, Study]) -> None:
        if found[0] is self.seen:
            self.studied.emit(*found)

    def _measured(self, found: tuple[Seen, Margins]) -> None:
        if found[0] is self.seen:
            self.margins = found[1]
            self.measured.emit(found[1])
