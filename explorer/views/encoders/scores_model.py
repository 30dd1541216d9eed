"""The rows of the table of scores as Qt's views take them, in the order that was asked for."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from explorer.views.encoders.scores_rows import GROUPS, Line
from models.evaluation.score_table import Column, best

#: Carries the Line of a row.
LINE = Qt.ItemDataRole.UserRole
#: Whether a figure is the best measured one of its column.
BEST = Qt.ItemDataRole.UserRole + 1

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class ScoresModel(QAbstractTableModel):
    """The encoder in the first column, a figure in each of the others."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: tuple[Column, ...] = GROUPS["sts"][1]
        self._given: tuple[Line, ...] = ()
        self.lines: list[Line] = []
        self._best: dict[str, str | None] = {}
        self._by = -1
        self._order = Qt.SortOrder.DescendingOrder

    def show_lines(self, lines: Sequence[Line], columns: Sequence[Column]) -> None:
        """Replaces all that is shown, and keeps to the order."""
        self.beginResetModel()
        self._given = tuple(lines)
        if tuple(columns) != self.columns:
            self.columns, self._by = tuple(columns), -1
        rows = [line.row for line in lines]
        self._best = {column.id: best(rows, column) for column in self.columns}
        self.lines = self._sorted()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By name or by a figure; −1 is the order in which encoders were added."""
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        held = [(self.lines[index.row()].id, index.column()) for index in kept]
        self._by, self._order = column, order
        self.lines = self._sorted()
        places = {line.id: at for at, line in enumerate(self.lines)}
        self.changePersistentIndexList(kept, [self.index(places[i], c) for i, c in held])
        self.layoutChanged.emit()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns))

    def _sorted(self) -> list[Line]:
        falling = self._order == Qt.SortOrder.DescendingOrder
        if self._by < 0:
            return list(self._given)
        if self._by == 0:
            return sorted(self._given, key=lambda line: line.row.title.lower(), reverse=falling)
        name = self.columns[self._by - 1].id
        known = [line for line in self._given if name in line.row.figures]
        known.sort(key=lambda line: line.row.figures[name], reverse=falling)
        return known + [line for line in self._given if name not in line.row.figures]

    def place(self, line_id: str) -> int:
        """The row of a line; −1 where it is not there."""
        return next((at for at, line in enumerate(self.lines) if line.id == line_id), -1)

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else 1 + len(self.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == LINE:
            return line
        if index.column() == 0:
            shown = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
            return line.row.title if role in shown else None
        column = self.columns[index.column() - 1]
        text = "…" if line.waits(column) else column.text(line.row.figures.get(column.id))
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == BEST:
            return line.entry is not None and text == self._best[column.id]
        if role == Qt.ItemDataRole.ToolTipRole:
            return "Being measured." if line.waits(column) else line.why.get(column.id)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{line.row.title}, {column.title}: {text}"
        return None

    def headerData(
        self, section: int, side: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if side != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            return right | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.DisplayRole:
            title = self.columns[section - 1].title if section else "Encoder"
            falling = self._order == Qt.SortOrder.DescendingOrder
            # Qt's own arrow lies over titles that are aligned to the right.
            return f"{'↓' if falling else '↑'} {title}" if section == self._by else title
        if role == Qt.ItemDataRole.ToolTipRole and section:
            return self.columns[section - 1].about
        return None
