"""Which edit moves the sentence most, under one encoder."""

import math
from collections.abc import Mapping, Set

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.encoder_choice import EncoderChoice
from explorer.theme import space, themes
from explorer.views.augmentation.text_methods import METHODS
from explorer.views.augmentation.text_overview import Overview
from explorer.widgets import IconButton, Label, Segmented
from models.augment.text_studio import Cosines, way
from models.encoders.base import Encoder

_SCALES = (("whole", "To other sentences"), ("near", "Close up"))
_PATIENCE_MS = 250


class TextPanel(QWidget):
    """``late`` follows when cosines have been on their way for a while; ``zoomed`` asks for all
    cosines to be shown on another axis."""

    late = Signal()
    zoomed = Signal()

    def __init__(self, encoders: EncoderChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.about = Label("Loading the encoder …", "caption", wrap=True)
        self.verdict = Label("", wrap=True)
        self.verdict.hide()
        self.zoom = Segmented(_SCALES, "Scale of the cosines")
        self.order = IconButton("bars", "The most alike first", checkable=True, size=16)
        self.overview = Overview()
        self.scale = Label("", "caption", wrap=True)
        self._late = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._column = QVBoxLayout(self)
        head = QHBoxLayout()
        head.addWidget(Label("How far does each move it?", "heading"), 1)
        head.addWidget(self.order)
        self._column.addLayout(head)
        self._column.addWidget(encoders.choice)
        self._column.addWidget(encoders.pooling)
        for part in (self.verdict, self.zoom, self.overview, self.about, self.scale):
            self._column.addWidget(part)
        self._column.addStretch(1)
        self.order.toggled.connect(self.overview.sort)
        self.zoom.changed.connect(lambda _: self.zoomed.emit())
        self._late.timeout.connect(self._fade)
        themes().changed.connect(self._fit)
        self._fit()

    def expect(self) -> None:
        """Cosines are on their way; those that are shown fade if that takes a while."""
        if not self._late.isActive():
            self._late.start()

    def give_up(self) -> None:
        """They are not."""
        self._late.stop()

    def refuse(self) -> None:
        """The encoder that was chosen does not load; one that is there stays."""
        self.give_up()
        if not self.overview.names:
            self.about.setText("No encoder could be loaded; choose another one.")

    def describe(self, encoder: Encoder, other: str) -> None:
        """Says whose cosines these are; ``other`` is where the other sentences come from."""
        conventions = encoder.card.conventions
        pooling = {"cls": "[CLS]", "mean": "mean pooling", "lasttoken": "last token"}.get(
            conventions.pooling, f"{conventions.pooling} pooling"
        )
        self.about.setText(f"{encoder.card.name}, {pooling}. Edits and cutoff: dropout is off.")
        self.scale.setText(f"Amber: sentences that say something else, {other}.")

    def show_cosines(
        self, found: Mapping[str, Cosines], others: Cosines, low: float, old: Set[str]
    ) -> None:
        """Cosines by method; those of ``old`` are not yet what they will be."""
        self._late.stop()
        self.overview.show_cosines(found, others, low, old)
        fresh = {name: part for name, part in found.items() if name not in old}
        if words := _verdict(fresh, others):  # none while half of them are on their way
            self.verdict.setText(words)
        self.verdict.setVisible(bool(self.verdict.text()))

    def lowest(self, found: Mapping[str, Cosines], others: Cosines) -> float:
        """Where axes begin: just below all views and, unless close up, below other sentences."""
        least = min((float(part.min()) for part in found.values() if len(part)), default=0.0)
        if self.zoom.value == "near":
            return max(-1.0, min(math.floor(least * 20) / 20, 0.95))
        least = min(least, float(others.mean())) if len(others) else least
        return max(-1.0, min(math.floor(least * 10) / 10, 0.9))

    def _fade(self) -> None:
        self.overview.fade()
        self.late.emit()

    def _fit(self, _theme: object = None) -> None:
        self._column.setContentsMargins(0, 0, 0, space(3))
        self._column.setSpacing(space(2))


def _verdict(found: Mapping[str, Cosines], others: Cosines) -> str:
    """The edits that move the sentence most and least, of those that move it at all."""
    moving = {name: part for name, part in found.items() if len(part) and part.min() < 1 - 1e-5}
    ways = {name: way(part, others) for name, part in moving.items()}
    known = sorted((share, name) for name, share in ways.items() if share == share)
    if len(known) < 2:
        return ""
    (near, least), (far, most) = known[0], known[-1]
    return (
        f"{METHODS[most].title} moves the sentence most, {far:.0%} of the way to another one; "
        f"{METHODS[least].title[0].lower()}{METHODS[least].title[1:]} least, {near:.0%}."
    ).replace("-0", "0")
