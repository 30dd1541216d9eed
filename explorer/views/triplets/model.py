"""Triplets as rows of a table, made ready only where they are seen."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from explorer.theme import themes
from models.printed import number, signed
from models.triplet_table import TEXTS, TripletTable

#: What of a sentence a cell may show; laying out ten thousand words takes long.
_LONGEST = 400
_TITLES = {
    "premise": ("Premise", "What is said"),
    "entailment": ("Entailment", "What follows from it"),
    "contradiction": ("Contradiction", "What cannot be true as well"),
    "entailed": ("cos E", "Cosine of premise and entailment, under encoder A"),
    "contradicted": ("cos C", "Cosine of premise and contradiction, under encoder A"),
    "margin": ("Margin", "cos E − cos C; not above 0 the order is wrong"),
    "margin2": ("Margin B", "The same under encoder B"),
    "change": ("Change", "The margin under B less that under A"),
}
_ALONE = ("premise", "entailment", "contradiction", "entailed", "contradicted", "margin")
_BOTH = (*_ALONE, "margin2", "change")
Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()


class TripletModel(QAbstractTableModel):
    """Shows ``rows`` of a table. Neither is ever changed; others take their place."""

    def __init__(self) -> None:
        super().__init__()
        self.table: TripletTable | None = None
        self.rows: NDArray[np.int64] = np.empty(0, np.int64)
        self.columns: tuple[str, ...] = _ALONE
        self._figures: dict[str, NDArray[np.float32] | None] = {}

    def show_rows(
        self, table: TripletTable | None, rows: NDArray[np.int64], compared: bool
    ) -> None:
        """Shows ``rows``; ``compared`` adds the columns of the second encoder."""
        self.beginResetModel()
        self.table, self.rows = table, rows
        self.columns = _BOTH if compared else _ALONE
        names = [name for name in self.columns if name not in TEXTS]
        self._figures = {} if table is None else {name: table.figures(name) for name in names}
        self.endResetModel()

    def row_of(self, triplet: int) -> int:
        """Where ``triplet`` of the set is shown; −1 if it is not."""
        found = np.flatnonzero(self.rows == triplet)
        return int(found[0]) if len(found) else -1

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, side: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if side != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        name = self.columns[section]
        title, hint = _TITLES[name]
        if role == Qt.ItemDataRole.DisplayRole:
            return "Margin A" if name == "margin" and "margin2" in self.columns else title
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(name)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self.table is None or not index.isValid():
            return None
        name, row = self.columns[index.column()], int(self.rows[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(name, row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(name)
        if role == Qt.ItemDataRole.ForegroundRole and name in ("margin", "margin2"):
            values = self._figures[name]
            wrong = values is not None and values[row] <= 0
            return QColor(themes().current.danger) if wrong else None
        return None

    def _text(self, name: str, row: int) -> str:
        assert self.table is not None
        if name in TEXTS:
            text: str = getattr(self.table.what.triplets[row], name)
            return " ".join(text[:_LONGEST].split())
        values = self._figures[name]
        if values is None:
            return "–"
        write = number if name in ("entailed", "contradicted") else signed
        return write(float(values[row]))


def _side(name: str) -> Qt.AlignmentFlag:
    across = Qt.AlignmentFlag.AlignLeft if name in TEXTS else Qt.AlignmentFlag.AlignRight
    return across | Qt.AlignmentFlag.AlignVCenter
