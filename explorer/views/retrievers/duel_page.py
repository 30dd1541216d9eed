"""Wins and losses question by question; a click asks the question in Retrieval."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from explorer.theme import px, space, themes
from explorer.widgets import Choice, IconButton, Label, SearchField
from explorer.widgets.table import ListTable
from models.evaluation.comparison import Entry
from models.evaluation.duels import Duel, DuelSpec

_SIDES = (
    ("all", "All questions"),
    ("wins", "B finds it sooner"),
    ("losses", "A finds it sooner"),
    ("equal", "Both at the same rank"),
    ("both missed", "Neither within 100"),
    ("without", "Without a right passage here"),
)
_ORDERS = ("file", "first", "second")  # by the columns of the list
Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()


class DuelPage(QWidget):
    """``changed`` tells that other questions are wanted, ``opened`` carries one's text."""

    changed = Signal()
    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = DuelSpec()
        self.first, self.second, self.side = Choice(), Choice(), Choice()
        for choice, name in ((self.first, "A"), (self.second, "B"), (self.side, "Which questions")):
            choice.setAccessibleName(name)
        for name, title in _SIDES:
            self.side.addItem(title, name)
        self.words = SearchField("Words of the question", "Search in the questions")
        self.words.setProperty("role", "")
        self.gap = IconButton("bars", "Largest differences first", checkable=True)
        self.gap.setChecked(True)
        self.count = Label("", "caption", wrap=True)
        self.list = DuelList()
        self.nothing = Label("", "muted", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._chosen = ("", "")
        self._build()
        for choice in (self.first, self.second):
            choice.activated.connect(lambda _: self._pick())
        self.side.activated.connect(lambda _: self._want(side=self.side.currentData()))
        self.words.textEdited.connect(lambda text: self._want(words=text))
        self.gap.toggled.connect(lambda on: self._order("gap" if on else "file"))
        self.list.sorted_by.connect(self._order)
        self.list.opened.connect(self.opened)
        themes().changed.connect(self._fit)
        self._fit()

    @property
    def pair(self) -> tuple[str, str]:
        """The ids of A and B."""
        return self.first.currentData() or "", self.second.currentData() or ""

    def offer(self, entries: Sequence[Entry]) -> None:
        """Offers these retrievers; A and B stay where they can."""
        ids = [entry.id for entry in entries]
        wanted = list(self._chosen)
        if wanted[0] not in ids:
            wanted[0] = ids[0] if ids else ""
        if wanted[1] not in ids:
            wanted[1] = next((name for name in ids if name != wanted[0]), wanted[0])
        for choice, name in zip((self.first, self.second), wanted, strict=True):
            titles = [(entry.name, entry.id) for entry in entries]
            if [
                (choice.itemText(at), choice.itemData(at)) for at in range(choice.count())
            ] != titles:
                choice.clear()
                for title, one in titles:
                    choice.addItem(title, one)
            choice.setCurrentIndex(max(0, choice.findData(name)))

    def show_duel(self, duel: Duel | None) -> None:
        """Shows these questions."""
        self.list.rows.show_duel(duel)
        self.count.setText("" if duel is None else _said(duel))
        found = duel is not None and len(duel) > 0
        waiting = "It takes two retrievers to compare." if duel is None else "No such question."
        self.nothing.setText("" if found else waiting)
        self._stack.setCurrentIndex(0 if found else 1)

    def _pick(self) -> None:
        self._chosen = self.pair
        self.changed.emit()

    def _order(self, order: str) -> None:
        self.gap.blockSignals(True)
        self.gap.setChecked(order == "gap")
        self.gap.blockSignals(False)
        self.gap.set_icon("bars")  # in the colour of its state
        self.list.mark_order(order)
        self._want(order=order)

    def _want(self, **values: Any) -> None:
        spec = replace(self.spec, **values)
        if spec != self.spec:
            self.spec = spec
            self.changed.emit()

    def _build(self) -> None:
        self._grid = QGridLayout()
        self._grid.addWidget(Label("A", "heading"), 0, 0)
        self._grid.addWidget(self.first, 0, 1)
        self._grid.addWidget(Label("B", "heading"), 0, 2)
        self._grid.addWidget(self.second, 0, 3)
        for column in (1, 3):
            self._grid.setColumnStretch(column, 1)
        self._tools = QHBoxLayout()
        self._tools.addWidget(self.side, 4)
        self._tools.addWidget(self.words, 4)
        self._tools.addWidget(self.gap)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.nothing)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._grid)
        self._column.addLayout(self._tools)
        self._column.addWidget(self.count)
        self._column.addLayout(self._stack, 1)
        self._stack.setCurrentIndex(1)

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(2))
        self._grid.setHorizontalSpacing(space(2))
        self._tools.setSpacing(space(2))
        self.words.setMinimumWidth(px(110))
        self.list.setMinimumHeight(px(190))


class DuelList(ListTable):
    """``opened`` carries the text of the question that was clicked, or entered by Return;
    ``sorted_by`` the order of the head that was clicked."""

    opened = Signal(str)
    sorted_by = Signal(str)

    def __init__(self) -> None:
        super().__init__(DuelModel(), "Questions and the ranks of both", wrap=True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.sectionClicked.connect(lambda column: self.sorted_by.emit(_ORDERS[column]))
        self.clicked.connect(lambda index: self._open(index.row()))
        themes().changed.connect(self._fit)
        self._fit()

    def mark_order(self, order: str) -> None:
        """Marks the head of the column that sorts."""
        ranked = order in ("first", "second")
        self.horizontalHeader().setSortIndicatorShown(ranked)
        if ranked:
            way = Qt.SortOrder.AscendingOrder
            self.horizontalHeader().setSortIndicator(_ORDERS.index(order), way)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _open(self, row: int) -> None:
        text = self.rows.question(row)
        if text:
            self.opened.emit(text)

    def _share(self) -> None:
        rank = px(54)
        self.setColumnWidth(0, max(px(100), self.viewport().width() - 2 * rank))
        for column in (1, 2):
            self.setColumnWidth(column, rank)

    def _fit(self, _theme: object = None) -> None:
        self.verticalHeader().setDefaultSectionSize(2 * self.fontMetrics().height() + px(12))
        self._share()


class DuelModel(QAbstractTableModel):
    """The questions of a duel; another takes its place."""

    def __init__(self) -> None:
        super().__init__()
        self.duel: Duel | None = None

    def show_duel(self, duel: Duel | None) -> None:
        """Shows another one."""
        self.beginResetModel()
        self.duel = duel
        self.endResetModel()

    def question(self, row: int) -> str:
        """The text of a row; empty beyond the last."""
        if self.duel is None or not 0 <= row < len(self.duel):
            return ""
        return self.duel.judged.questions[int(self.duel.places[row])].text

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() or self.duel is None else len(self.duel)

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else 3

    def headerData(
        self, section: int, side: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if side != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return ("Question", "A", "B")[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return (
                "A click on one asks it in Retrieval; one here restores the order of the file",
                "Rank of the first right passage by A; a click sorts by it",
                "Rank of the first right passage by B; a click sorts by it",
            )[section]
        return _side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self.duel is None or not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            if not column:
                return " ".join(self.question(row)[:400].split())
            rank = int((self.duel.first if column == 1 else self.duel.second)[row])
            return f"{rank}" if rank else "–"
        if role == Qt.ItemDataRole.ToolTipRole and not column:
            return None
        return _side(column) if role == Qt.ItemDataRole.TextAlignmentRole else None


def _said(duel: Duel) -> str:
    total = duel.wins + duel.losses + duel.equal + duel.missed
    return (
        f"B sooner on {duel.wins:,}, A sooner on {duel.losses:,}, same rank on {duel.equal:,}, "
        f"neither within 100 on {duel.missed:,} of {total:,}. {len(duel):,} shown; a click asks "
        "the question in Retrieval."
    )


def _side(column: int) -> Qt.AlignmentFlag:
    across = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return across | Qt.AlignmentFlag.AlignVCenter
