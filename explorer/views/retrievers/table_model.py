"""Retrievers as rows of a table: a figure and its interval a cell."""

from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont

from explorer import icons
from explorer.theme import themes
from models.evaluation.comparison import MEASURES, Entry, Measure
from models.evaluation.curves import By, Estimate
from models.evaluation.significance import Difference
from models.printed import signed

_TITLES: dict[str, str] = {
    "name": "Retriever",
    "top1": "Top-1",
    "top5": "Top-5",
    "top20": "Top-20",
    "top100": "Top-100",
    "mrr10": "MRR@10",
    "ndcg10": "nDCG@10",
    "difference": "Difference",
}
COLUMNS = tuple(_TITLES)
#: The second, smaller line of a cell.
MORE = Qt.ItemDataRole.UserRole
_HINTS = {
    "mrr10": "Mean reciprocal rank of the first gold passage within 10, × 100",
    "ndcg10": "Normalised discounted cumulative gain of gold passages within 10, × 100",
}
_TESTS = {"mrr10": "paired randomisation", "ndcg10": "paired randomisation"}
Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()


@dataclass(frozen=True, eq=False)
class Row:
    """A retriever as it is shown; ``entry`` is None while it is not measured."""

    id: str
    title: str
    more: str
    color: str
    shown: bool
    entry: Entry | None
    difference: Difference | None
    is_baseline: bool


@dataclass(frozen=True, eq=False)
class Shown:
    """All rows, and what the figures are by."""

    rows: tuple[Row, ...]
    by: By
    measure: Measure
    baseline: str


class RetrieverModel(QAbstractTableModel):
    """``toggled`` tells that the curve of a row is to be drawn, or not."""

    toggled = Signal(str, bool)

    def __init__(self) -> None:
        super().__init__()
        self.shown = Shown((), "gold", "top20", "BM25")
        self._best: dict[str, float] = {}

    def show_rows(self, shown: Shown) -> None:
        """Shows other rows; where only figures are new, what is selected stays."""
        alike = [row.id for row in shown.rows] == [row.id for row in self.shown.rows]
        if not alike:
            self.beginResetModel()
        self.shown = shown
        self._best = {}
        for name in MEASURES:
            found = [each.value for row in shown.rows if (each := self._estimate(row, name))]
            self._best[name] = round(max(found), 1) if len(found) > 1 else 101.0
        if alike and shown.rows:
            end = self.index(len(shown.rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), end)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        elif not alike:
            self.endResetModel()

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self.shown.rows)

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, side: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if side != Qt.Orientation.Horizontal or section >= len(COLUMNS):
            return None
        name = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            if name == "difference":
                return f"{_TITLES[self.shown.measure]} against {self.shown.baseline}"
            return _TITLES[name]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._hint(name)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(name)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, name = self.shown.rows[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, name)[0]
        if role == MORE:
            return self._text(row, name)[1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, name)
        if name == "name" and role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if row.shown else Qt.CheckState.Unchecked
        if name == "name" and role == Qt.ItemDataRole.DecorationRole:
            return icons.icon("dot", row.color)
        if role == Qt.ItemDataRole.FontRole and self._is_best(row, name):
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and name == "difference" and row.difference:
            return _tone(row.difference)
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.column():
            return False
        on = Qt.CheckState(value) == Qt.CheckState.Checked
        self.toggled.emit(self.shown.rows[index.row()].id, on)
        return True

    def _text(self, row: Row, name: str) -> tuple[str, str]:
        if name == "name":
            return row.title, row.more
        if name == "difference":
            if row.is_baseline:
                return "baseline", ""
            return ("–", "") if row.difference is None else told(row.difference)
        each = self._estimate(row, name)
        if each is None:
            return "–", ""
        return f"{each.value:.1f}", f"{_end(each.low)}–{_end(each.high)}"

    def _estimate(self, row: Row, name: str) -> Estimate | None:
        return None if row.entry is None else row.entry.estimate(name, self.shown.by)

    def _is_best(self, row: Row, name: str) -> bool:
        each = self._estimate(row, name) if name in MEASURES else None
        return each is not None and round(each.value, 1) >= self._best[name]

    def _hint(self, name: str) -> str:
        way = "a gold passage" if self.shown.by == "gold" else "a passage that holds an answer"
        if name.startswith("top"):
            k = name.removeprefix("top")
            return f"Percentage of questions with {way} among the first {k}"
        if name == "difference":
            test = _TESTS.get(self.shown.measure, "McNemar's exact test")
            return f"In percentage points, with p by {test}; questions won and lost"
        return _HINTS.get(name, "Tick: draw its curve. Delete: take away what was added")

    def _tip(self, row: Row, name: str) -> str:
        if name == "difference" and row.difference is not None:
            d = row.difference
            return (
                f"{signed(d.value, 1)} points, 95 % interval {signed(d.low, 1)} to "
                f"{signed(d.high, 1)}, over {d.questions:,} questions"
            )
        if name == "name":
            return f"{row.title}\n{row.more}"
        return ""


def told(difference: Difference) -> tuple[str, str]:
    """A difference and its p; questions won and lost."""
    p = "p < 0.001" if difference.p < 0.001 else f"p {difference.p:.3f}"
    return (
        f"{signed(difference.value, 1)}   {p}",
        f"{difference.wins} won, {difference.losses} lost",
    )


def _end(value: float) -> str:
    """An end of an interval; that of all questions is short."""
    return "100" if value > 99.95 else f"{value:.1f}"


def _tone(difference: Difference) -> QColor | None:
    """Green or red where chance is no good explanation."""
    if difference.p >= 0.05:
        return None
    theme = themes().current
    return QColor(theme.ok if difference.value > 0 else theme.danger)


def _side(name: str) -> Qt.AlignmentFlag:
    across = Qt.AlignmentFlag.AlignLeft if name == "name" else Qt.AlignmentFlag.AlignRight
    return across | Qt.AlignmentFlag.AlignVCenter
