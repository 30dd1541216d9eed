"""Accuracies of one evaluation as a table and in words."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QWidget

from explorer.theme import px, space, themes
from explorer.widgets import Label
from models.evaluation.image_probe import Share

_KINDS = (("linear", "Linear classifier"), ("knn", "Nearest neighbours"))
_CROWDED = 4  # columns that need every pixel
_OF = (("", "Trained"), ("random_", "Untrained network"), ("raw_", "Raw pixels"))


class ScoreTable(QWidget):
    """A column a share of the labels; the best of each kind of classifier in bold."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells: dict[tuple[str, float], Label] = {}
        self._labels: list[Label] = []
        self._columns = 0
        self._gaps: list[int] = []  # empty rows between the kinds
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)
        themes().changed.connect(self._fit)
        self._fit()

    def show_shares(self, shares: Sequence[Share]) -> None:
        """Replaces the table."""
        for label in self._labels:
            self._grid.removeWidget(label)
            label.deleteLater()
        for row in self._gaps:
            self._grid.setRowMinimumHeight(row, 0)
        self._labels, self._gaps, self.cells = [], [], {}
        self._put("Labels", 1, 0, "caption")
        for column, share in enumerate(shares, 1):
            self._put(f"{share.labels:g} %", 0, column, "heading")
            self._put(f"{share.count:,}", 1, column, "caption")
        row = 2
        for kind, title in _KINDS:
            names = [(f"{of}{kind}", what) for of, what in _OF]
            names = [pair for pair in names if any(pair[0] in share.figures for share in shares)]
            if not names:
                continue
            self._gaps.append(row)
            row += 1
            self._put(title, row, 0, "caption")
            for name, what in names:
                row += 1
                self._put(what, row, 0, "body")
                for column, share in enumerate(shares, 1):
                    self._figure(name, names, share, row, column)
            row += 1
        self._columns = len(shares)
        self._fit()
        self.setVisible(bool(shares))

    def _figure(
        self, name: str, names: list[tuple[str, str]], share: Share, row: int, column: int
    ) -> None:
        figure = share.figures.get(name)
        label = self._put("–" if figure is None else f"{figure:.1f}", row, column, "body")
        best = max((share.figures.get(other, -1.0) for other, _ in names), default=-1.0)
        if figure is not None and figure == best:
            font = QFont()
            font.setBold(True)
            label.setFont(font)
        self.cells[name, share.labels] = label

    def _put(self, text: str, row: int, column: int, role: str) -> Label:
        label = Label(text, role)
        side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
        label.setAlignment(side | Qt.AlignmentFlag.AlignBottom)
        self._grid.addWidget(label, row, column)
        self._labels.append(label)
        return label

    def _fit(self, _theme: object = None) -> None:
        self._grid.setHorizontalSpacing(space(3))
        self._grid.setVerticalSpacing(space(1))
        for row in self._gaps:
            self._grid.setRowMinimumHeight(row, space(1))
        for column in range(1, self._grid.columnCount()):
            wide = column <= self._columns < _CROWDED
            self._grid.setColumnMinimumWidth(column, px(48) if wide else 0)


def margins(figures: Mapping[str, float]) -> str:
    """A sentence for each kind of classifier: what the encoder reached, and what that adds."""
    sentences = []
    for kind, title in _KINDS:
        if kind not in figures:
            continue
        reached = figures[kind]
        against = (("raw_", "raw pixels"), ("random_", "the untrained network"))
        parts = [
            _margin(reached - figures[f"{of}{kind}"], what)
            for of, what in against
            if f"{of}{kind}" in figures
        ]
        sentences.append(", ".join([f"{title}: {reached:.1f} %", *parts]) + ".")
    return "\n".join(sentences)


def _margin(points: float, what: str) -> str:
    rounded = round(points, 1)
    if not rounded:
        return f"as good as {what}"
    return f"+{rounded} points over {what}" if rounded > 0 else f"{-rounded} points below {what}"
