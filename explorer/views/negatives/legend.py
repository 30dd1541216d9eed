"""The kinds with their colours; a click hides one or brings it back."""

from collections import Counter

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from explorer.theme import px, space, themes
from explorer.views.negatives.looks import LOOKS
from explorer.widgets import Chip
from models.negative_study.pick import KINDS, Kind
from models.negative_study.study import Study


class KindLegend(QWidget):
    """``changed`` carries the kinds that are hidden."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.chips: dict[Kind, Chip] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        for kind in KINDS:
            color, name, what = LOOKS[kind]
            chip = Chip(name, swatch=color, checkable=True)
            chip.setChecked(True)
            chip.setToolTip(what)
            chip.toggled.connect(lambda _: self.changed.emit(self.hidden))
            self.chips[kind] = chip
        themes().changed.connect(self._fit)
        self._fit()

    @property
    def hidden(self) -> frozenset[Kind]:
        """The kinds that are not to be seen."""
        return frozenset(kind for kind, chip in self.chips.items() if not chip.isChecked())

    def show_study(self, study: Study | None) -> None:
        """How many of each kind there are; kinds without any are not listed."""
        counts = Counter() if study is None else Counter(each.kind for each in study.candidates)
        for kind, chip in self.chips.items():
            chip.setText(f"{LOOKS[kind][1]} {counts[kind]}")
            chip.setVisible(counts[kind] > 0)
        self._lay_out()

    def resizeEvent(self, event: object) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        """As many beside one another as there is room for."""
        shown = [chip for chip in self.chips.values() if not chip.isHidden()]
        widest = max((chip.sizeHint().width() for chip in shown), default=1) + space(1)
        columns = max(1, min(len(shown) or 1, self.width() // widest))
        for at, chip in enumerate(shown):
            self._grid.addWidget(chip, at // columns, at % columns)

    def _fit(self, _theme: object = None) -> None:
        self._grid.setSpacing(px(4))
        self._lay_out()
