"""The temperature of the loss, and the loss of the question under both encoders."""

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.widgets import Label, LabelledSlider
from models.negative_study.study import Study, Weighed

_LOW, _HIGH, _STEP = -2.0, 0.0, 0.02  # powers of ten
_FIRST = math.log10(0.05)


class LossRow(QWidget):
    """``changed`` tells that the temperature is another; only cosines are divided by it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.slider = LabelledSlider(
            "Temperature", _LOW, _HIGH, _FIRST, _STEP, lambda v: f"τ = {10**v:.2g}"
        )
        self.words = Label("", wrap=True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.words, 1)
        self._row.addWidget(self.slider)
        self.slider.changed.connect(lambda _: self.changed.emit())
        themes().changed.connect(self._fit)
        self._fit()

    @property
    def temperature(self) -> float:
        return float(10**self.slider.value)

    def show_loss(self, study: Study | None, weighed: tuple[Weighed, Weighed] | None) -> None:
        """Says the loss, and who is pushed away most."""
        if study is None or weighed is None:
            self.words.setText("")
            return
        self.slider.setEnabled(any(study.cosine))
        first, second = (f"{each.loss:.3f}" for each in weighed)
        words = f"Loss of this question: {first} nats under A, {second} under B."
        ranks = [each.ranks for each in study.candidates if each.kind == "positive"]
        best = [min(rank[side] for rank in ranks) for side in (0, 1)]
        words += f" Its passage ranks {best[0]:,} under A and {best[1]:,} under B."
        if not all(study.cosine):
            words += " Dot products are not divided by τ, as in DPR."
        self.words.setText(words)

    def _fit(self, _theme: object = None) -> None:
        self._row.setSpacing(space(4))
        self.slider.setFixedWidth(px(170))
