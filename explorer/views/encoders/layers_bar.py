"""The controls of the page: one or two encoders, and the sentences to look into them with."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from explorer.context import AppContext
from explorer.encoder_choice import AFTER, BEFORE, EncoderChoice
from explorer.test_sets import ask_senteval, senteval_folder
from explorer.theme import px, space, themes
from explorer.views.encoders.layers_cards import Swatch
from explorer.views.encoders.layers_source import SentencesChoice
from explorer.views.encoders.layers_work import Wanted
from explorer.widgets import Chip, Label, NumberField

_SETTINGS, _STSB = "layers", "stsb"
_PAIRS = "STS-B (*.csv *.tsv *.txt);;All files (*)"
_MOST = 2000


class LayersBar(QWidget):
    """``changed`` tells that something else is wanted."""

    changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._settings = context.settings
        saved = context.settings.view(_SETTINGS)
        self.first = EncoderChoice(context, self, BEFORE)
        self.second = EncoderChoice(context, self, AFTER)
        for choice, name in ((self.first, "A"), (self.second, "B")):
            choice.choice.setAccessibleName(f"Encoder {name}")
            choice.pooling.setAccessibleName(f"Pooling of {name}")
        self.beside = Chip("Beside another", checkable=True)
        self.beside.setToolTip("Look into a second encoder too, as before and after training")
        self.beside.setChecked(bool(saved.get("beside", True)))
        self.sentences = SentencesChoice(context, self)
        most = saved.get("most")
        whole = isinstance(most, int) and not isinstance(most, bool)
        self.most = NumberField("Sentences, at most", 10, 20_000, most if whole else _MOST)
        self._names = [Swatch(1), Label("B", "heading")]
        self._build()
        self._connect()
        self._show_second()
        themes().changed.connect(self._fit)
        self._fit()

    def _build(self) -> None:
        self._upper, self._lower = QHBoxLayout(), QHBoxLayout()
        for part, share in (
            (Swatch(0), 0),
            (Label("A", "heading"), 0),
            (self.first.choice, 5),
            (self.first.pooling, 3),
            *((part, 0) for part in self._names),
            (self.second.choice, 5),
            (self.second.pooling, 3),
        ):
            self._upper.addWidget(part, share)
        for part, share in (
            (Label("Sentences", "muted"), 0),
            (self.sentences.choice, 3),
            (Label("at most", "muted"), 0),
            (self.most, 0),
            (self.beside, 0),
        ):
            self._lower.addWidget(part, share)
        self._lower.addStretch(2)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._upper)
        self._column.addLayout(self._lower)

    def _connect(self) -> None:
        self.first.loaded.connect(lambda _: self.changed.emit())
        self.second.loaded.connect(lambda _: self._second_loaded())
        self.sentences.changed.connect(lambda _: self.changed.emit())
        self.most.editingFinished.connect(self._number)
        self.beside.toggled.connect(self._toggle)

    @property
    def wanted(self) -> Wanted | None:
        """What is chosen; None until the encoders are loaded."""
        sides = (self.first, self.second) if self.beside.isChecked() else (self.first,)
        encoders = tuple(side.encoder for side in sides)
        if any(encoder is None for encoder in encoders):
            return None
        return Wanted(self.sentences.current, self.most.value(), encoders, self.stsb)

    @property
    def stsb(self) -> Path | None:
        """A file of STS-B that was chosen here, or the SentEval folder that is known."""
        chosen = self._settings.view(_SETTINGS).get(_STSB)
        own = Path(chosen) if isinstance(chosen, str) and chosen else None
        known = senteval_folder(self._settings)
        return next((path for path in (own, known) if path is not None and path.exists()), None)

    def ask_folder(self) -> None:
        """Asks for the SentEval folder to score whitening by."""
        if ask_senteval(self, self._settings):
            self._settings.update_view(_SETTINGS, **{_STSB: ""})
            self.changed.emit()

    def ask_file(self) -> None:
        """Asks for a file of STS-B to score whitening by."""
        name, _ = QFileDialog.getOpenFileName(self, "STS-B, as SentEval or GLUE has it", "", _PAIRS)
        if name:
            self._settings.update_view(_SETTINGS, **{_STSB: name})
            self.changed.emit()

    def _toggle(self, on: bool) -> None:
        self._settings.update_view(_SETTINGS, beside=on)
        self._show_second()
        if not on or self.second.encoder is not None:  # else it tells when it is loaded
            self.changed.emit()

    def _second_loaded(self) -> None:
        if self.beside.isChecked():
            self.changed.emit()

    def _show_second(self) -> None:
        for part in (*self._names, self.second.choice, self.second.pooling):
            part.setVisible(self.beside.isChecked())

    def _number(self) -> None:
        if self._settings.view(_SETTINGS).get("most", _MOST) != self.most.value():
            self._settings.update_view(_SETTINGS, most=self.most.value())
            self.changed.emit()

    def _fit(self, _theme: object = None) -> None:
        for row in (self._upper, self._lower):
            row.setSpacing(space(2))
        self._column.setSpacing(space(2))
        self.most.setFixedWidth(px(72))
