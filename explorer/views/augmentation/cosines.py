"""Whether an encoder overlooks the augmentation: cosines of views, beside those of other images."""

import math

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.views.augmentation.encoders import Encoders
from explorer.views.augmentation.heat import HeatMap
from explorer.views.augmentation.scale import CosineScale, lowest
from explorer.widgets import Label, Segmented
from models.augment.studio import Cosines, Drawn
from models.encoders.image_folder import ImageEncoder

_OUTPUTS = (("features", "Features"), ("projections", "Projections"))
_ABOUT = {
    "features": "Features: the backbone's output, which serves after training.",
    "projections": "Projections: the head's output, which the loss sees.",
}
_PATIENCE_MS = 250


class CosinePanel(QWidget):
    """``changed`` asks for cosines anew; ``looked_at`` carries a pair of the heat map or None."""

    changed = Signal()
    looked_at = Signal(object)

    def __init__(self, encoders: Encoders, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cosines: Cosines | None = None
        self.output = Segmented(_OUTPUTS, "What is compared")
        for name, about in _ABOUT.items():
            self.output.button(name).setToolTip(about)
        self.about = Label("Loading the encoder …", "caption", wrap=True)
        self.heat = HeatMap()
        self.scale = CosineScale()
        self.words = Label("", "muted", wrap=True)
        self._late = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._column = QVBoxLayout(self)
        self._column.addWidget(Label("Does the encoder overlook it?", "heading"))
        self._column.addWidget(encoders.choice)
        self._column.addWidget(self.output)
        self._column.addWidget(self.about)
        self._column.addWidget(self.heat, 1)
        self._column.addWidget(self.scale)
        self._column.addWidget(self.words)
        self._column.addStretch(0)
        self.output.changed.connect(lambda _: self.changed.emit())
        self.heat.looked_at.connect(self.looked_at)
        self._late.timeout.connect(self.heat.fade)
        themes().changed.connect(self._fit)
        self._fit()

    def expect(self) -> None:
        """Cosines are on their way; those that are shown fade if that takes a while."""
        if not self._late.isActive():
            self._late.start()

    def give_up(self) -> None:
        """They are not."""
        self._late.stop()

    def describe(self, encoder: ImageEncoder, side: int) -> None:
        """Says whose cosines these are, of images of ``side`` pixels."""
        size = encoder.size
        scaled = f" Views are scaled to {size} × {size} for it." if side != size else ""
        self.about.setText(f"{encoder.about}{scaled}")

    def show_cosines(self, drawn: Drawn, cosines: Cosines) -> None:
        """Shows what was measured of ``drawn``."""
        self._late.stop()
        self.cosines = cosines
        low = lowest(cosines)
        self.heat.show_cosines(drawn, cosines, low)
        self.scale.show_cosines(cosines, low)
        self.words.setText(_verdict(cosines))

    def _fit(self, _theme: object = None) -> None:
        self._column.setContentsMargins(0, 0, 0, space(3))
        self._column.setSpacing(space(2))


def _verdict(cosines: Cosines) -> str:
    if math.isnan(cosines.nearer):
        return "There is no other image here to compare with: open a folder of images."
    return (
        f"A view is nearer to a view of its own image than to one of another in "
        f"{cosines.nearer:.1%} of comparisons ({cosines.others.shape[1]} others; 50% is chance)."
    )
