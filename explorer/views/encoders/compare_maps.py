"""The two maps side by side: what is pointed at in one is found in both, and points travel."""

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.canvas.scene import Arc, Marker
from explorer.theme import Theme, space, themes
from explorer.views.encoders.compare_canvas import LinkedCanvas
from explorer.views.encoders.compare_card import EdgeCard
from explorer.views.encoders.compare_colors import GAINED, KEPT, LOST, Paint
from explorer.views.encoders.compare_legend import PaintLegend
from explorer.views.encoders.compare_work import Compared, title_of
from explorer.widgets import Chip, ElidedLabel, IconButton, Label
from explorer.widgets.travel import Travel
from models.comparison.points import words

_SHOWN = 100  # characters of a text beside its point
_WEAK = 0.15  # strength of a line to a neighbour that the other map has


class MapPair(QWidget):
    """``chosen`` carries the row that was clicked, −1 for none."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.compared: Compared | None = None
        self.selected = self.pointed = -1
        self.canvases = LinkedCanvas("Map of A"), LinkedCanvas("Map of B")
        self.titles = ElidedLabel("", "heading"), ElidedLabel("", "heading")
        self.notes = Label("", "caption", wrap=True), Label("", "caption", wrap=True)
        self.cards = tuple(EdgeCard(canvas) for canvas in self.canvases)
        self._way = Travel("Let the points travel from A to B", self)
        self.play, self.travel = self._way.play, self._way.slider
        self.start, self.end = Label("A", "muted"), Label("B", "muted")
        self.alone = IconButton("fullscreen", "One map, on which points travel", checkable=True)
        self.whole = IconButton("target", "Whole picture (Home)")
        self.save = IconButton("export", "Save the maps or the figures of all points")
        self._tools = self.alone, self.whole, self.save
        self.fates = [
            Chip(name, swatch=color, static=True)
            for name, color in (("kept", KEPT), ("A alone", LOST), ("B alone", GAINED))
        ]
        self.legend = PaintLegend()
        self._build()
        self._connect()
        self._dress(themes().current)

    def _build(self) -> None:
        self._grid = QGridLayout()
        for column in (0, 1):
            self._grid.addWidget(self.titles[column], 0, column)
            self._grid.addWidget(self.canvases[column], 1, column)
            self._grid.addWidget(self.notes[column], 2, column, Qt.AlignmentFlag.AlignTop)
            self._grid.setColumnStretch(column, 1)
            self.notes[column].setMinimumWidth(1)
        self._grid.setRowStretch(1, 1)
        self._bar = QHBoxLayout()
        for part in (self.play, self.start, self.travel, self.end, *self._tools):
            self._bar.addWidget(part, 1 if part is self.travel else 0)
        self._marks = QHBoxLayout()
        self._marks.addWidget(self.legend, 1)
        for chip in self.fates:
            self._marks.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._grid, 1)
        self._column.addLayout(self._bar)
        self._column.addLayout(self._marks)

    def _connect(self) -> None:
        first, second = self.canvases
        for canvas, other in ((first, second), (second, first)):
            canvas.moved.connect(lambda c=canvas, o=other: o.follow(c))
            canvas.held.connect(other.motion.stop)
            canvas.hovered.connect(lambda row, c=canvas: self._hover(row, c))
            canvas.clicked.connect(self.chosen)
            canvas.cleared.connect(lambda: self.chosen.emit(-1))
        self.travel.valueChanged.connect(lambda _: self._move())
        self.alone.toggled.connect(self._stand_alone)
        self.whole.clicked.connect(first.reset_view)
        themes().changed.connect(self._dress)

    # What is shown

    def show_compared(self, compared: Compared | None) -> None:
        """Shows another comparison; points that stay fly to their new places."""
        before, self.compared = self.compared, compared
        same = _same(before, compared)
        self.play.setChecked(False)
        for part in (self.play, self.travel, self.alone, self.whole, self.save):
            part.setEnabled(compared is not None)
        if compared is None or not same:
            self.selected = -1
        self.pointed = -1
        if compared is None:
            for canvas in self.canvases:
                canvas.set_layout(np.zeros((0, 3), np.float32), "globe", morph=False)
            for label in (*self.titles, *self.notes):
                label.setText("")
            self.legend.show_paint(None)
        else:
            self.travel.blockSignals(True)
            self.travel.setValue(0)
            self.travel.blockSignals(False)
            maps = compared.maps
            for canvas, at in zip(self.canvases, (maps.first, maps.second), strict=True):
                canvas.set_layout(at, maps.surface, morph=same)
            for at, note in enumerate(self.notes):
                note.setText(maps.notes[at])
                note.setToolTip(f"<span>{maps.details[at]}</span>")
        self._entitle()
        self._mark()

    def show_paint(self, paint: Paint) -> None:
        """Colours the points of both maps, and says what the colours mean."""
        for canvas in self.canvases:
            canvas.set_colors(paint.colors)
        self.legend.show_paint(paint)

    def select(self, row: int) -> None:
        """Marks a point and its neighbours in both maps; −1 marks none."""
        self.selected = row
        self._mark()
        if self.compared is not None and row >= 0:
            first, second = self.canvases
            for canvas, places in zip(self.canvases, self._places(), strict=True):
                if canvas is first or not first.isVisible():
                    canvas.face(places[row])
            second.follow(first)

    def _entitle(self) -> None:
        if self.compared is None:
            return
        share, wanted = self._way.share, self.compared.wanted
        a, b = title_of(wanted.first), title_of(wanted.second)
        way = f"A → B, {100 * share:.0f} % of the way" if 0 < share < 1 else f"B: {b}"
        self.titles[0].setText(way if share else f"A: {a}")
        self.titles[1].setText(f"B: {b}")

    def _places(self):
        assert self.compared is not None
        return self.compared.maps.at(self._way.share), self.compared.maps.second

    def _mark(self) -> None:
        """Lines to the neighbours of what is pointed at, or else of what is selected."""
        row = self.pointed if self.pointed >= 0 else self.selected
        if self.compared is None or not 0 <= row < len(self.compared.points):
            for canvas in self.canvases:
                canvas.set_arcs(())
                canvas.set_markers(())
                canvas.set_emphasis(())
                canvas.set_selection(())
            return
        found = self.compared.comparison
        first, second = (set(side[row].tolist()) for side in (found.first, found.second))
        fates = ((first & second, KEPT), (first - second, LOST), (second - first, GAINED))
        marker, accent = self.selected, themes().current.accent
        for at, (canvas, places) in enumerate(zip(self.canvases, self._places(), strict=True)):
            strong = (KEPT, LOST) if at == 0 else (KEPT, GAINED)
            arcs = [
                Arc(places[row], places[other], color, 0.8 if color in strong else _WEAK)
                for rows, color in fates
                for other in sorted(rows)
            ]
            canvas.set_arcs(arcs)
            canvas.set_emphasis(sorted(first | second))
            canvas.set_selection((marker,) if marker >= 0 else ())
            canvas.set_markers([Marker(places[row], "", accent, "passage")])

    def _hover(self, row: int, canvas: LinkedCanvas) -> None:
        self.pointed = row
        for card in self.cards:
            card.hide()
        self._mark()
        if row < 0 or self.compared is None:
            return
        at = canvas.screen_position(row)
        if at is not None:
            found = self.compared.comparison
            text = words(self.compared.points.texts[row])
            text = text if len(text) <= _SHOWN else text[:_SHOWN].rsplit(" ", 1)[0] + " …"
            title = f"{found.kept[row]} of {found.k} neighbours kept"
            moved = f"{np.degrees(found.angles[row]):.0f}° moved"
            self.cards[self.canvases.index(canvas)].show_point(f"{title}, {moved}", text, at)

    # Travelling

    def _move(self) -> None:
        if self.compared is None:
            return
        places, surface = self._places()[0], self.compared.maps.surface
        self.canvases[0].set_layout(places, surface, morph=False)
        self._entitle()
        self._mark()

    def _stand_alone(self, on: bool) -> None:
        for part in (self.titles[1], self.canvases[1], self.notes[1]):
            part.setVisible(not on)
        self._grid.setColumnStretch(1, 0 if on else 1)

    def _dress(self, _theme: Theme) -> None:
        self._grid.setHorizontalSpacing(space(3))
        self._grid.setVerticalSpacing(space(1))
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._bar.setSpacing(space(2))
        self._marks.setSpacing(space(1))
        self._column.setSpacing(space(1))
        self._column.setContentsMargins(0, 0, 0, space(2))
        for card in self.cards:  # they were measured for text of another size
            card.hide()
        self._mark()


def _same(before: Compared | None, after: Compared | None) -> bool:
    return before is not None and after is not None and before.points is after.points
