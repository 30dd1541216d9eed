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
from explorer.encoder_choice import AFTER
from explorer.encoder_pair import EncoderPair
from explorer.theme import px, space, themes
from explorer.views.negatives.desk import Desk
from explorer.views.negatives.flow import Flow
from explorer.views.negatives.pages import SidePages
from explorer.views.negatives.question_row import QuestionRow
from explorer.views.negatives.source import SUFFIXES, SourceRow
from explorer.views.negatives.standing_in import Foot, NoQuestions
from models.data.dpr_questions import BUNDLED
from models.encoders import catalog
from models.errors import InputError
from models.negative_study.gathered import Gathered
from models.negative_study.margins import Margins
from models.negative_study.study import Study

#: Pixels at text size 100 % below which the sphere needs the room of its note.
_LOW = 560


class NegativesView(QWidget):
    """Reads, embeds and chooses in the background, once the view is looked at."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        # One that has seen little text, and one trained on a billion pairs.
        self.encoders = EncoderPair(context, (AFTER, catalog.BUNDLED), self)
        self.source = SourceRow(context)
        self.asked = QuestionRow()
        self._page = QWidget(self)
        self.side = SidePages(self._page)
        self.page, self.sphere = self.side.page, self.side.sphere
        self.list, self.summary = self.side.list, self.side.summary
        self.desk = Desk(self.sphere, self._page)
        self.foot = Foot()
        self.about = self.foot.about
        self.flow = Flow(context, self, self.asked.spec)
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
        return self.flow.busy

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read()

    def _read(self) -> None:
        """Reads the questions that are chosen, unless they are there."""
        if self.isVisible():
            self.flow.ask(self.source.wanted, self.source.most, self.source.key)

    def ask(self, place: int) -> None:
        """Studies the question at ``place``."""
        gathered = self.flow.gathered
        if gathered is None or not 0 <= place < len(gathered.questions):
            return
        self.asked.show_question(gathered, place)
        self.list.select(place)
        self.flow.turn_to(place)

    def step(self, by: int) -> None:
        """Goes on in the list as it is searched and sorted."""
        shown, place = self.list.shown, self.flow.place
        if shown:
            at = shown.index(place) + by if place in shown else 0
            self.ask(shown[at % len(shown)])

    def _search(self, words: str) -> None:
        """Whoever searches wants to see what is found."""
        self.list.search(words)
        if words:
            self.side.turn("questions")

    # What is shown

    def _forget(self) -> None:
        self._show_margins(None)
        self.list.show_set(None)
        self.summary.show_set(None)
        self.asked.show_question(None, 0)
        self.desk.show_study(None, None)
        if self.source.wanted is None:
            self.nothing.say(f"No questions for {self.source.corpus_name} yet")
        self._stack.setCurrentIndex(1 if self.source.wanted is None else 0)

    def _show_set(self, gathered: Gathered) -> None:
        wanted = self.source.wanted
        if wanted is not None:
            self.source.accept(wanted, max(gathered.of, gathered.asked))
        self.list.show_set(gathered)
        self.summary.show_set(gathered)
        self.asked.show_question(gathered, 0)
        self.list.select(0)
        self._stack.setCurrentIndex(0)

    def _refused(self, error: BaseException) -> None:
        if isinstance(error, InputError):
            self.nothing.say("These questions cannot be studied", str(error))
            self._stack.setCurrentIndex(1)
        else:
            self.context.notices.report(error)

    @property
    def study(self) -> Study | None:
        """What is shown."""
        return self.desk.study

    def choose(self, row: int) -> None:
        """Chooses a passage of the question; −1 chooses none."""
        self.desk.choose(row)

    def _show_margins(self, found: Margins | None) -> None:
        cosine, seen = (True, True), self.flow.seen
        if seen is not None:
            cosine = seen.sights[0].cosine, seen.sights[1].cosine
        self.list.show_margins(found, cosine)
        self.summary.show_margins(found, cosine)

    # How it is put together

    def _build(self) -> None:
        sample = partial(self.source.choose, BUNDLED, own=True)
        self.nothing = NoQuestions(self.source.ask_file, sample)
        self._body = QHBoxLayout()
        self._body.addWidget(self.side)
        self._body.addWidget(self.desk, 1)
        self._inner = QVBoxLayout(self._page)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._inner.addWidget(self.asked)
        self._inner.addLayout(self._body, 1)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._page)
        self._stack.addWidget(self.nothing)
        self._all = QVBoxLayout(self)
        for part in (self.encoders, self.source):
            self._all.addWidget(part)
        self._all.addLayout(self._stack, 1)
        self._all.addWidget(self.foot)

    def _connect(self) -> None:
        flow = self.flow
        self.source.changed.connect(self._read)
        self.encoders.changed.connect(lambda: flow.look_through(self.encoders.encoders))
        self.foot.again.clicked.connect(flow.go_on)
        self.asked.stepped.connect(self.step)
        self.asked.searched.connect(self._search)
        self.asked.changed.connect(lambda: flow.specify(self.asked.spec))
        self.list.picked.connect(self.ask)
        flow.forgotten.connect(self._forget)
        flow.read.connect(self._show_set)
        flow.refused.connect(self._refused)
        flow.studied.connect(self.desk.show_study)
        flow.measured.connect(self._show_margins)
        flow.said.connect(self.foot.say)
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
