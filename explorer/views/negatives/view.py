"""The Negatives workspace: one question with all that it is told apart from, under two encoders."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from explorer.commands import Command
from explorer.context import AppContext
from explorer.latest import Latest
from explorer.theme import px, space, themes
from explorer.views.negatives.desk import Desk
from explorer.views.negatives.encoders import EncoderRow
from explorer.views.negatives.pages import SidePages
from explorer.views.negatives.question_row import QuestionRow
from explorer.views.negatives.source import SUFFIXES, SourceRow
from explorer.views.negatives.standing_in import Foot, NoQuestions
from explorer.views.negatives.work import Seen, measuring, seeing, studying
from models.data.dpr_questions import BUNDLED
from models.errors import InputError
from models.negative_study.gathered import Gathered, gather
from models.negative_study.margins import Margins
from models.negative_study.sight import Sight
from models.negative_study.study import Study

#: Pixels at text size 100 % below which the sphere needs the room of its note.
_LOW = 560


class NegativesView(QWidget):
    """Reads, embeds and chooses in the background, once the view is looked at."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        self.gathered: Gathered | None = None
        self.seen: Seen | None = None
        self.margins: Margins | None = None
        self.place = 0
        self._sights: dict[str, Sight] = {}
        self._asked: object = None  # the set that was read last, or is being read
        self.encoders, self.source = EncoderRow(context), SourceRow(context)
        self.asked = QuestionRow()
        self.side = SidePages()
        self.page, self.sphere = self.side.page, self.side.sphere
        self.list, self.summary = self.side.list, self.side.summary
        self.desk = Desk(self.sphere)
        self.foot = Foot()
        self.about = self.foot.about
        self._reading = Latest(context.jobs, "Reading questions", self, quiet=False)
        self._seeing = Latest(context.jobs, "Embedding questions and passages", self, quiet=False)
        self._studying = Latest(context.jobs, "Choosing negatives", self)
        self._measuring = Latest(context.jobs, "Measuring margins", self)
        self._build()
        self._connect()
        self._fit()

    # What is asked for

    def take_files(self, paths: Sequence[Path]) -> bool:
        """Opens a dropped file of questions; whether it was taken."""
        if len(paths) != 1 or paths[0].suffix.lower() not in SUFFIXES:
            return False
        self.source.choose(str(paths[0]))
        return True

    @property
    def busy(self) -> bool:
        """Whether something is still to come that will change what is shown."""
        works = (self._reading, self._seeing, self._studying, self._measuring)
        return any(work.busy for work in works)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read()

    def _read(self) -> None:
        """Reads the questions that are chosen, unless they are there."""
        wanted, most, key = self.source.wanted, self.source.most, self.source.key
        if not self.isVisible() or key == self._asked:
            return
        self._asked = key
        self._forget()
        if wanted is None:
            self._reading.forget()
            self.foot.say("")
            self.nothing.say(f"No questions for {self.source.corpus_name} yet")
            self._stack.setCurrentIndex(1)
            return
        self._stack.setCurrentIndex(0)
        self.foot.say("Reading the questions …")
        self._reading.ask(lambda: gather(wanted, most), key)

    def _forget(self) -> None:
        self.gathered, self.seen, self._sights = None, None, {}
        for work in (self._seeing, self._studying, self._measuring):
            work.forget()
        self._show_margins(None)
        self.list.show_set(None)
        self.summary.show_set(None)
        self.asked.show_question(None, 0)
        self.desk.show_study(None, None)

    def _gathered(self, gathered: Gathered) -> None:
        self.gathered, self.place = gathered, 0
        wanted = self.source.wanted
        if wanted is not None:
            self.source.accept(wanted, max(gathered.of, gathered.asked))
        self.list.show_set(gathered)
        self.summary.show_set(gathered)
        self.asked.show_question(gathered, 0)
        self.list.select(0)
        self._stack.setCurrentIndex(0)
        self._see()

    def _refused(self, error: BaseException) -> None:
        self.foot.say("")
        if isinstance(error, InputError):
            self.nothing.say("These questions cannot be studied", str(error))
            self._stack.setCurrentIndex(1)
        else:
            self.context.notices.report(error)

    def _read_over(self) -> None:
        """Nothing is read any more; what was cancelled can be asked for again."""
        waiting = self.gathered is None and self.source.wanted is not None
        if waiting and self._stack.currentIndex() == 0:
            self.foot.say("The questions were not read to their end.", again=True)

    def _go_on(self) -> None:
        if self.gathered is None:
            self._asked = None
            self._read()
        else:
            self._see()

    @property
    def _is_seen(self) -> bool:
        """Whether the encoders that are chosen have read the questions."""
        encoders = self.encoders.encoders
        if self.seen is None or encoders is None:
            return False
        return all(
            s.card.key == e.card.key for s, e in zip(self.seen.sights, encoders, strict=True)
        )

    def _see(self) -> None:
        """Embeds what is not known yet, and then chooses."""
        gathered, encoders = self.gathered, self.encoders.encoders
        if gathered is None or encoders is None or self._is_seen:
            return
        known, keys = dict(self._sights), tuple(encoder.card.key for encoder in encoders)
        self.foot.say("Reading questions and passages with both encoders …")
        self._seeing.ask(lambda: seeing(gathered, encoders, known), (gathered, keys))

    def _saw(self, seen: Seen) -> None:
        if seen.gathered is not self.gathered:
            return
        self.seen = seen
        self._sights.update({sight.card.key: sight for sight in seen.sights})
        self.foot.say(seen.gathered.sentence)
        self._choose()
        self._measure()

    def _failed(self, error: BaseException) -> None:
        self.foot.say("This could not be embedded.", again=True)
        self.context.notices.report(error)

    def _settled(self) -> None:
        """Nothing is embedded any more; what was cancelled can be asked for again."""
        chosen = self.gathered is not None and self.encoders.encoders is not None
        if chosen and not self._is_seen:
            self.foot.say("Not all passages are embedded; what was done is kept.", again=True)

    def _choose(self) -> None:
        """Chooses the negatives of the present question."""
        seen, place, spec = self.seen, self.place, self.asked.spec
        if seen is not None:
            self._studying.ask(lambda: studying(seen, place, spec), (seen, place, spec))

    def _measure(self) -> None:
        seen, spec = self.seen, self.asked.spec
        if seen is not None:
            self._measuring.ask(lambda: measuring(seen, spec), (seen, spec))

    def _respecify(self) -> None:
        self._choose()
        self._measure()

    def ask(self, place: int) -> None:
        """Studies the question at ``place``."""
        if self.gathered is None or not 0 <= place < len(self.gathered.questions):
            return
        self.place = place
        self.asked.show_question(self.gathered, place)
        self.list.select(place)
        self._choose()

    def step(self, by: int) -> None:
        """Goes on in the list as it is searched and sorted."""
        shown = self.list.shown
        if shown:
            at = shown.index(self.place) + by if self.place in shown else 0
            self.ask(shown[at % len(shown)])

    def _search(self, words: str) -> None:
        """Whoever searches wants to see what is found."""
        self.list.search(words)
        if words:
            self.side.turn("questions")

    # What is shown

    def _studied(self, found: tuple[Seen, Study]) -> None:
        seen, study = found
        if seen is self.seen:
            self.desk.show_study(seen, study)

    @property
    def study(self) -> Study | None:
        """What is shown."""
        return self.desk.study

    def choose(self, row: int) -> None:
        """Chooses a passage of the question; −1 chooses none."""
        self.desk.choose(row)

    def _measured(self, found: tuple[Seen, Margins]) -> None:
        if found[0] is self.seen:
            self._show_margins(found[1])

    def _show_margins(self, found: Margins | None) -> None:
        self.margins = found
        cosine = (True, True)
        if self.seen is not None:
            cosine = self.seen.sights[0].cosine, self.seen.sights[1].cosine
        self.list.show_margins(found, cosine)
        self.summary.show_margins(found, cosine)

    # How it is put together

    def _build(self) -> None:
        sample = partial(self.source.choose, BUNDLED, own=True)
        self.nothing = NoQuestions(self.source.ask_file, sample)
        self._body = QHBoxLayout()
        self._body.addWidget(self.side)
        self._body.addWidget(self.desk, 1)
        inner = QWidget()
        self._inner = QVBoxLayout(inner)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._inner.addWidget(self.asked)
        self._inner.addLayout(self._body, 1)
        self._stack = QStackedLayout()
        self._stack.addWidget(inner)
        self._stack.addWidget(self.nothing)
        self._all = QVBoxLayout(self)
        for part in (self.encoders, self.source):
            self._all.addWidget(part)
        self._all.addLayout(self._stack, 1)
        self._all.addWidget(self.foot)

    def _connect(self) -> None:
        report = self.context.notices.report
        self.source.changed.connect(self._read)
        self.encoders.changed.connect(self._see)
        self.foot.again.clicked.connect(self._go_on)
        self._reading.settled.connect(self._read_over)
        self.asked.stepped.connect(self.step)
        self.asked.searched.connect(self._search)
        self.asked.changed.connect(self._respecify)
        self.list.picked.connect(self.ask)
        for work, arrived, failed in (
            (self._reading, self._gathered, self._refused),
            (self._seeing, self._saw, self._failed),
            (self._studying, self._studied, report),
            (self._measuring, self._measured, report),
        ):
            work.arrived.connect(arrived)
            work.failed.connect(failed)
        self._seeing.settled.connect(self._settled)
        themes().changed.connect(self._fit)
        for name, title, by, key in (
            ("previous", "Previous question", -1, "Ctrl+PgUp"),
            ("next", "Next question", 1, "Ctrl+PgDown"),
        ):
            run = partial(self.step, by)
            self.context.commands.add(
                Command(f"negatives.{name}", title, run, "Negatives", key, enabled=self._on)
            )

    def _on(self) -> bool:
        return self.isVisible()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self, _theme: object = None) -> None:
        self._all.setContentsMargins(space(5), space(4), space(5), space(2))
        self._all.setSpacing(space(2))
        self._inner.setSpacing(space(2))
        self._body.setSpacing(space(4))
        self.side.setFixedWidth(min(max(px(290), round(self.width() * 0.34)), px(700)))
        low = self.height() < px(_LOW)
        self.sphere.note.setVisible(not low)
