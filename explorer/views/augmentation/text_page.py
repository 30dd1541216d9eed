"""Sentences: what every augmentation makes of one, and how far that moves it."""

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from explorer.context import AppContext
from explorer.encoder_choice import EncoderChoice
from explorer.latest import Latest
from explorer.theme import px, space, themes
from explorer.views.augmentation.text_flow import TextFlow
from explorer.views.augmentation.text_form import TextForm
from explorer.views.augmentation.text_panel import TextPanel
from explorer.views.augmentation.text_sentences import EXAMPLES, corpus_sentence
from explorer.views.augmentation.text_stage import TextStage
from explorer.widgets import EmptyState, ScrollPage


class TextPage(QWidget):
    """Form at the left, a card for each augmentation, and all cosines at the right, or below.

    Without a sentence there is an invitation to write one.
    """

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._picks = 0
        self._left = ScrollPage(keys=False, parent=self)
        self._right = QWidget(self)
        self._cards = ScrollPage(keys=False, parent=self._right)
        self._side = ScrollPage(keys=False, parent=self._right)
        self.form = TextForm(context.settings, self._left.body)
        self.encoders = EncoderChoice(context, self)
        self.panel = TextPanel(self.encoders, self._side.viewport())
        self.stage = TextStage(self._cards.viewport())
        self.flow = TextFlow(context, self.form, self.encoders, self.panel, self.stage, self)
        self.picking = Latest(context.jobs, "Looking for a sentence", self)
        self._build()
        self._connect()

    def _build(self) -> None:
        self._below = QVBoxLayout(self._left.body)
        self._below.setContentsMargins(0, 0, 0, 0)
        self._below.addWidget(self.form)
        self._cards.setWidget(self.stage)
        self._side.setWidget(self.panel)
        self._body = QHBoxLayout(self._right)
        self._body.addWidget(self._cards, 1)
        self._body.addWidget(self._side)
        empty = EmptyState(
            "text",
            "A sentence, please",
            "Write one at the left, choose an example, or take one out of the open corpus.",
            (("Take an example", lambda: self.form.set_sentence(EXAMPLES[0])),),
        )
        self._stack = QStackedLayout()
        self._stack.addWidget(self._right)
        self._stack.addWidget(empty)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._left)
        self._row.addLayout(self._stack, 1)
        themes().changed.connect(self._arrange)

    def _connect(self) -> None:
        session = self.context.session
        self.form.changed.connect(self._draw)
        self.form.another.connect(self._pick)
        self.picking.arrived.connect(self._picked)
        self.picking.failed.connect(self.context.notices.report)
        self.panel.overview.chosen.connect(self._go_to)
        session.project_changed.connect(self._project)
        self._project(session.project)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()
        if self.flow.drawn is None:
            self._draw()
        self.flow.compare()

    def draw_again(self) -> None:
        """Other views of the same sentence."""
        self.form.draw_again()

    # The sentence

    def _draw(self) -> None:
        request = self.form.request()
        self._stack.setCurrentIndex(1 if request is None else 0)
        self.flow.draw(request)

    def _project(self, project: object) -> None:
        self.form.corpus.setEnabled(project is not None)
        if self.isVisible():  # otherwise it is done when it is shown
            self.flow.compare()

    def _pick(self) -> None:
        project = self.context.session.project
        if project is not None:
            passages, seed = project.passages, self._picks
            self._picks += 1
            self.picking.ask(lambda: corpus_sentence(passages, seed), seed)

    def _picked(self, sentence: str) -> None:
        if sentence:
            self.form.set_sentence(sentence)
        else:
            self.context.notices.tell("The corpus has no sentence of middling length to show.")

    # Room

    def _go_to(self, name: str) -> None:
        self._cards.ensureWidgetVisible(self.stage.cards[name], 0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self, _theme: object = None) -> None:
        self._left.setFixedWidth(px(308))
        self._row.setSpacing(space(4))
        self._body.setContentsMargins(0, 0, space(2), 0)
        self._body.setSpacing(space(4))
        room = self.width() - px(308) - space(8)
        beside = room >= px(740)
        if beside == self._side.isHidden():
            self._side.setVisible(beside)
            if beside:
                self._below.removeWidget(self.panel)
                self._side.setWidget(self.panel)
            else:  # under the form, from where it can still be seen together with the cards
                self._below.addWidget(self._side.takeWidget())
            self.panel.show()
        self._side.setFixedWidth(px(310) if room < px(1000) else px(360))
