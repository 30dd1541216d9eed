"""Layers: how narrow an encoder's cone is, layer by layer, and what whitening makes of it."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.context import AppContext
from explorer.latest import Latest
from explorer.theme import Theme, space, themes
from explorer.views.encoders import layers_words as words
from explorer.views.encoders.layers_bar import LayersBar
from explorer.views.encoders.layers_cards import ChartCard, Columns, CureCard, stack
from explorer.views.encoders.layers_charts import (
    CosineChart,
    LayerChart,
    SpectrumChart,
    estimated,
    plain,
)
from explorer.views.encoders.layers_formulas import ANISOTROPY, INTRA, RANK, SELF, WHITENING
from explorer.views.encoders.layers_work import Looked, Side, Wanted, looking
from explorer.widgets import Button, IconButton, Label
from models.errors import InputError


class LayersPage(QWidget):
    """Looks into encoders when it is looked at, and again whenever something else is chosen."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        self.looked: Looked | None = None
        self._asked: Wanted | None = None
        self._stale = self._runs_known = False
        self._steps: list[Callable[[], object]] = []
        self._stepper = QTimer(self, singleShot=True, interval=0)
        self.bar = LayersBar(context)
        self.about = Label("Loading the encoder …", "muted", wrap=True)
        self.again = Button("Measure", "primary")
        self.copy = IconButton("copy", "Copy all figures by layer as a table")
        self._make_cards()
        self.work = Latest(context.jobs, "Looking into encoders", self, quiet=False)
        self._build()
        self._connect()
        self._fit()
        self.again.hide()
        self.copy.setEnabled(False)
        self.cure.show_looked(None)

    def _make_cards(self) -> None:
        self.anisotropy = ChartCard(
            LayerChart("Anisotropy by layer", "mean cosine", published=True),
            "What two words have in common that have nothing to do with one another: 0 where "
            "directions are spread evenly, 1 where all are the same. Diamonds: published for other "
            "sentences (Ethayarajh 2019), at layer 0 for BERT-base.",
            ANISOTROPY,
        )
        self.itself = ChartCard(
            LayerChart("Self-similarity by layer", "less the anisotropy"),
            "How alike a word stays in other sentences, beyond what any two words are: the lower, "
            "the more its vector is of its context. Words in at least five of the sentences.",
            SELF,
        )
        self.intra = ChartCard(
            LayerChart("Similarity within a sentence by layer", "less the anisotropy"),
            "How alike the words of a sentence are, beyond what any two words are. Sentences of "
            "at least two words.",
            INTRA,
        )
        self.sentences = ChartCard(
            LayerChart("Vectors of sentences by layer", "mean cosine"),
            "Mean cosine over all pairs of sentences. Solid: the mean of all tokens. Dashed: the "
            "first token, [CLS] in BERT, which is the same for all sentences until it has looked "
            "at them.",
        )
        self.spectrum = ChartCard(
            SpectrumChart(),
            "Solid: the sentences' vectors as the encoder pools them, at length 1. Dashed: "
            "whitened by these same sentences (Su et al. 2021), so that it is nearly flat by "
            "construction. Dotted: the effective rank (Roy & Vetterli 2007).",
            RANK,
            WHITENING,
        )
        self.cosines = ChartCard(
            CosineChart(),
            "Filled: all pairs of sentences, their mean as a line. Dashed: whitened by these same "
            "sentences. A narrow cone is a hill far to the right of 0.",
        )
        self.cure = CureCard()

    def _build(self) -> None:
        self._said = QHBoxLayout()
        self._said.addWidget(self.about, 1)
        self._said.addWidget(self.again, 0, Qt.AlignmentFlag.AlignTop)
        self._said.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        charts = (self.anisotropy, self.itself, self.intra)
        self.columns = Columns((*charts, self.sentences, self.spectrum, self.cosines, self.cure))
        body, self._body = stack([self.columns])
        self.scroll = QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self.scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll.setWidget(body)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.bar)
        self._column.addLayout(self._said)
        self._column.addWidget(self.scroll, 1)

    def _connect(self) -> None:
        session = self.context.session
        self.bar.changed.connect(self._want)
        self.again.clicked.connect(self._measure)
        self.copy.clicked.connect(self._copy)
        self.cure.folder.clicked.connect(self.bar.ask_folder)
        self.cure.file.clicked.connect(self.bar.ask_file)
        self.work.arrived.connect(self._show)
        self.work.failed.connect(self._fail)
        self.work.settled.connect(self._settle)
        self._stepper.timeout.connect(self._step)
        session.runs_changed.connect(self._runs_changed)
        session.run_changed.connect(lambda _: self._runs_changed())
        themes().changed.connect(self._fit)

    # What is measured

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._runs_known:
            self._runs_changed()
        if self._stale:
            self._measure()

    def _runs_changed(self) -> None:
        """Looks for encoders now, or when the page is next looked at."""
        self._runs_known = self.isVisible()
        if self._runs_known:
            self.bar.refresh()

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
        sides = looked.sides
        self._steps = [
            lambda: self.anisotropy.show_value(
                estimated(sides, lambda layer: layer.anisotropy),
                words.by_layer(sides, lambda layer: layer.anisotropy),
            ),
            lambda: self.itself.show_value(
                estimated(sides, lambda layer: layer.adjusted_self),
                words.by_layer(sides, lambda layer: layer.adjusted_self, lowest=True),
            ),
            lambda: self.intra.show_value(
                estimated(sides, lambda layer: layer.adjusted_intra),
                words.by_layer(sides, lambda layer: layer.adjusted_intra),
            ),
            lambda: self._show_sentences(sides),
            lambda: self.spectrum.show_value(sides, words.ranks(sides)),
            lambda: self.cosines.show_value(sides, words.cosines(sides)),
            lambda: self.cure.show_looked(looked),
        ]
        self._stepper.start()

    def _show_sentences(self, sides: tuple[Side, ...]) -> None:
        means = plain(sides, lambda layer: layer.mean.mean_cosine)
        firsts = plain(sides, lambda layer: layer.first.mean_cosine, dashed=True)
        self.sentences.show_value((*means, *firsts), words.sentences(sides))

    def _step(self) -> None:
        if self._steps:
            self._steps.pop(0)()
            self._stepper.start()

    @property
    def drawn(self) -> bool:
        """Whether what was measured last is shown."""
        return self.looked is not None and not self._steps and self._asked is None

    def _copy(self) -> None:
        if self.looked is not None:
            QApplication.clipboard().setText(words.table(self.looked))
            self.context.notices.tell("The figures of every layer are on the clipboard.")

    def _fit(self, _theme: Theme | None = None) -> None:
        self._column.setSpacing(space(2))
        self._body.setContentsMargins(0, space(1), space(1), space(4))
