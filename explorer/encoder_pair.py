"""Two encoders side by side, A and B, and a button that swaps them."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.context import AppContext
from explorer.encoder_choice import EncoderChoice
from explorer.theme import space, themes
from explorer.widgets import IconButton, Label
from models.encoders.base import Encoder


class EncoderPair(QWidget):
    """``changed`` tells that A or B is another.

    Args:
        context: of the application.
        names: what A and B are at first.
    """

    changed = Signal()

    def __init__(
        self, context: AppContext, names: tuple[str, str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.first, self.second = (EncoderChoice(context, self, name) for name in names)
        for choice, name in ((self.first, "A"), (self.second, "B")):
            choice.choice.setAccessibleName(f"Encoder {name}")
            choice.pooling.setAccessibleName(f"Pooling of {name}")
            choice.loaded.connect(lambda _: self.changed.emit())
        self.swap = IconButton("swap", "Swap A and B")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for part, share in (
            (Label("A", "heading"), 0),
            (self.first.choice, 4),
            (self.first.pooling, 3),
            (self.swap, 0),
            (Label("B", "heading"), 0),
            (self.second.choice, 4),
            (self.second.pooling, 3),
        ):
            self._row.addWidget(part, share)
        self.swap.clicked.connect(lambda: self.first.swap_with(self.second))
        themes().changed.connect(self._fit)
        self._fit()

    @property
    def encoders(self) -> tuple[Encoder, Encoder] | None:
        """A and B; None until both are loaded."""
        first, second = self.first.encoder, self.second.encoder
        return None if first is None or second is None else (first, second)

    def _fit(self, _theme: object = None) -> None:
        self._row.setSpacing(space(2))
