"""The selected triplet in full, and its sides in figures."""

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.views.triplets.looks import NAMES, role_colors
from explorer.widgets import Label
from models.data.nli import Triplet
from models.printed import number
from models.triangle import Triangle

_SIDES = ("Premise – entailment", "Premise – contradiction", "Entailment – contradiction")
_RIGHT = Qt.AlignmentFlag.AlignRight


class Sentence(QWidget):
    """A sentence under its name, beside a stripe of its colour."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = Label(name, "caption")
        self.text = Label("", wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._stripe = QFrame()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._stripe)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.name)
        column.addWidget(self.text)
        self._row.addLayout(column, 1)

    def dress(self, color: str) -> None:
        """Takes this colour, and the size of text."""
        self._stripe.setStyleSheet(f"background: {color}; border: none; border-radius: {px(1)}px;")
        self._stripe.setFixedWidth(px(3))
        self._row.setSpacing(space(2))


class Sentences(QWidget):
    """The three sentences."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = [Sentence(name) for name in NAMES]
        self.kind = Label("", "caption")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for part in (*self.parts, self.kind):
            self._column.addWidget(part)
        themes().changed.connect(self._fit)
        self._fit()

    def show_triplet(self, triplet: Triplet | None) -> None:
        """Writes ``triplet``, whole."""
        texts = ("", "", "") if triplet is None else _texts(triplet)
        for part, text in zip(self.parts, texts, strict=True):
            part.text.setText(text)
        kind = "" if triplet is None else triplet.kind
        self.kind.setText(f"An example of {kind}." if kind else "")
        self.kind.setVisible(bool(kind))

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(2))
        for part, color in zip(self.parts, role_colors(), strict=True):
            part.dress(color)


class Sides(QWidget):
    """Cosine and angle of each side, under both encoders where there are two."""

    def __init__(self) -> None:
        super().__init__()
        self.cells = [[Label(), Label()] for _ in _SIDES]
        self.heads = [Label("A", "caption"), Label("B", "caption")]
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)
        for at, head in enumerate(self.heads):
            head.setAlignment(_RIGHT)
            self._grid.addWidget(head, 0, at + 1)
        for row, (name, cells) in enumerate(zip(_SIDES, self.cells, strict=True), 1):
            self._grid.addWidget(Label(name, "muted"), row, 0)
            for at, cell in enumerate(cells):
                cell.setAlignment(_RIGHT)
                self._grid.addWidget(cell, row, at + 1)
        themes().changed.connect(self._fit)
        self._fit()

    def show_triangles(self, first: Triangle | None, second: Triangle | None) -> None:
        """Writes the sides of those there are."""
        for at, triangle in enumerate((first, second)):
            there = triangle is not None
            self.heads[at].setVisible(second is not None)
            for row, cells in enumerate(self.cells):
                cells[at].setVisible(there or at == 0)
                cells[at].setText(_side(triangle, row) if triangle is not None else "–")

    def _fit(self, _theme: object = None) -> None:
        self._grid.setHorizontalSpacing(space(3))
        self._grid.setVerticalSpacing(px(1))


def _side(triangle: Triangle, at: int) -> str:
    corners = triangle.corners()
    a, b = ((0, 1), (0, 2), (1, 2))[at]
    value = min(1.0, max(-1.0, float(corners[a] @ corners[b])))
    return f"{number(value)}  {math.degrees(math.acos(value)):.0f}°"


def _texts(triplet: Triplet) -> tuple[str, str, str]:
    return triplet.premise, triplet.entailment, triplet.contradiction
