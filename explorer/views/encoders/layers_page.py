"""Layers: how narrow an encoder's cone is, layer by layer, and what whitening makes of it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from explorer.chart_cards import Columns
from explorer.context import AppContext
from explorer.latest import Latest
from explorer.theme import Theme, space, themes
from explorer.views.encoders import layers_words as words
from explorer.views.encoders.layers_bar import LayersBar
from explorer.views.encoders.layers_cards import ChartCard, CureCard, stack
from explorer.views.encoders.layers_deck import DECK, Sheet
from explorer.views.encoders.layers_work import Looked, Side, Wanted, looking
from explorer.widgets import Button, IconButton, Label, ScrollPage
from models.errors import InputError


class LayersPage(QWidget):
    """Looks into encoders when it is looked at, and again whenever something else is chosen."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        self.looked: Looked | None = None
        self._asked: Wanted | None = None
        self._stale = False
        # A chart takes a while to be made: one a turn of the event loop.
        self._unmade = list(DECK)
        self._steps: list[Callable[[], object]] = []
        self._stepper = QTimer(self, singleShot=True, interval=0)
        self.bar = LayersBar(context)
        self.about = Label("Loading the encoder …", "muted", wrap=True)
        self.again = Button("Measure", "primary")
        self.copy = IconButton("copy", "Copy all figures by layer as a table")
        self.cards: dict[str, ChartCard] = {}
        self.cure = CureCard()
        self.cure.hide()  # until the charts before it are made
        self.work = Latest(context.jobs, "Looking into encoders", self, quiet=False)
        self._build()
        self._connect()
        self._fit()
        self.again.hide()
        self.copy.setEnabled(False)
        self.cure.show_looked(None)
        self._stepper.start()

    def _build(self) -> None:
        self._said = QHBoxLayout()
        self._said.addWidget(self.about, 1)
        self._said.addWidget(self.again, 0, Qt.AlignmentFlag.AlignTop)
        self._said.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        self.columns = Columns(self.cure, wide=900)
        body, self._body = stack([self.columns])
        self.scroll = ScrollPage(body=body)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.bar)
        self._column.addLayout(self._said)
        self._column.addWidget(self.scroll, 1)

    def _connect(self) -> None:
        self.bar.changed.connect(self._want)
        self.again.clicked.connect(self._measure)
        self.copy.clicked.connect(self._copy)
        self.cure.folder.clicked.connect(self.bar.ask_folder)
        self.cure.file.clicked.connect(self.bar.ask_file)
        self.work.arrived.connect(self._show)
        self.work.failed.connect(self._fail)
        self.work.settled.connect(self._settle)
        self._stepper.timeout.connect(self._step)
        themes().changed.connect(self._fit)

    # What is measured

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._measure()

    def _want(self) -> None:
        self._stale = True
        if self.isVisible():
            self._measure()

    def _measure(self) -> None:
        wanted, before = self.bar.wanted, self.looked
        if wanted is None:
            return
        self._stale, self._asked = False, wanted
        self._say("Looking into every layer …")
        self.work.ask(lambda: looking(wanted, before), wanted)

    def _fail(self, error: BaseException) -> None:
        self._asked = None
        if isinstance(error, InputError):
            self._say(str(error), again=True)
        else:
            self._say("This could not be measured.", again=True)
            self.context.notices.report(error)

    def _settle(self) -> None:
        """Nothing runs any more; what was cancelled can be asked for again."""
        if self._asked is not None:
            self._asked = None
            self._say("The measurement was cancelled.", again=True)

    def _say(self, text: str, again: bool = False) -> None:
        self.about.setText(text)
        self.again.setVisible(again)

    # What is shown

    def _show(self, looked: Looked) -> None:
        """Shows one chart after the other, so that the window never stalls."""
        self.looked, self._asked = looked, None
        self._say(words.about(looked))
        self.copy.setEnabled(True)
        self._steps = [partial(self._draw, sheet, looked.sides) for sheet in DECK]
        self._steps.append(lambda: self.cure.show_looked(looked))
        self._stepper.start()

    def _draw(self, sheet: Sheet, sides: tuple[Side, ...]) -> None:
        self.cards[sheet.name].show_value(sheet.value(sides), sheet.words(sides))

    def _step(self) -> None:
        if self._unmade:
            sheet = self._unmade.pop(0)
            self.cards[sheet.name] = card = ChartCard(sheet.chart(), sheet.note, *sheet.formulas)
            self.columns.add(card)
            self.cure.setVisible(not self._unmade)
        elif self._steps:
            self._steps.pop(0)()
        else:
            return
        self._stepper.start()

    @property
    def drawn(self) -> bool:
        """Whether what was measured last is shown."""
        idle = not self._unmade and not self._steps and self._asked is None
        return idle and self.looked is not None

    def _copy(self) -> None:
        if self.looked is not None:
            QApplication.clipboard().setText(words.table(self.looked))
            self.context.notices.tell("The figures of every layer are on the clipboard.")

    def _fit(self, _theme: Theme | None = None) -> None:
        self._column.setSpacing(space(2))
        self._body.setContentsMargins(0, space(1), space(1), space(4))
