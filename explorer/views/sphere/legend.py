"""What the colours mean: classes that can be singled out, or the ends of a ramp."""

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.views.sphere.coloring import Coloring, LegendEntry
from explorer.widgets import Chip, ElidedLabel, Label, ScrollPage
from explorer.widgets.ramp import ramp


class Legend(ScrollPage):
    """One switch a class; switching some on dims all other points."""

    singled_out = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Legend", parent=parent)
        self.chips: list[Chip] = []
        self._fill(QWidget(), QVBoxLayout())

    def show_coloring(self, coloring: Coloring) -> None:
        """Replaces the legend; nothing is singled out any more."""
        self.chips = []
        body, column = QWidget(), QVBoxLayout()
        for entry in coloring.legend:
            column.addLayout(self._entry(entry))
        if coloring.ramp is not None:
            column.addWidget(_Ramp(*coloring.ramp))
        self._fill(body, column)

    def _entry(self, entry: LegendEntry) -> QHBoxLayout:
        chip = Chip(entry.label, swatch=entry.color, checkable=True)
        chip.setToolTip(f"Single out {entry.label}".replace("<", "‹"))
        chip.setProperty("plain", True)
        chip.toggled.connect(self._toggled)
        self.chips.append(chip)
        row = QHBoxLayout()
        row.addWidget(chip, 0)
        row.addStretch(1)
        row.addSpacing(space(1))
        row.addWidget(Label(f"{entry.count:,}", "caption"))
        return row

    def _fill(self, body: QWidget, column: QVBoxLayout) -> None:
        column.setContentsMargins(0, 0, space(2), 0)
        column.setSpacing(space(1))
        column.addStretch(1)
        body.setLayout(column)
        self.setWidget(body)

    def _toggled(self) -> None:
        chosen = [position for position, chip in enumerate(self.chips) if chip.isChecked()]
        self.singled_out.emit(chosen)


class _Ramp(QWidget):
    """The ramp with its least and greatest value."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        self._column = column
        ends = QHBoxLayout()
        ends.addWidget(ElidedLabel(f"{low:.3g}", "caption"))
        ends.addStretch(1)
        ends.addWidget(ElidedLabel(f"{high:.3g}", "caption"))
        column.addLayout(ends)
        self.setAccessibleName(f"Colours from {low:.3g} to {high:.3g}")
        themes().changed.connect(self._fit)
        self._fit()

    def _fit(self, _theme: object = None) -> None:
        self._column.setContentsMargins(0, px(16), 0, 0)

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(0, px(3), self.width(), px(9))
        painter.setPen(QColor(themes().current.line))
        painter.setBrush(ramp(bar))
        painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
