"""The list of passages beside the sphere: sorted by its header, gone through by arrow keys."""

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView

from explorer.theme import px, themes
from explorer.views.negatives.model import COLUMNS, CandidateModel
from explorer.widgets.table import ListTable

#: Pixels of each column at text size 100 %, more where its figures are longer; the passage has
#: what is left.
_WIDE = {"kind": 120, "a": 62, "b": 62, "change": 72, "bm25": 56, "weight_a": 72, "weight_b": 72}
_FIGURE, _PASSAGE = 62, 106
#: What goes first where room is short.
_SPARE = ("bm25", "rank_a", "rank_b", "weight_a", "change", "weight_b")


class CandidateTable(ListTable):
    """``picked`` carries the row of the passage that was gone to."""

    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__(CandidateModel(), "Passages beside the question")
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setResizeContentsPrecision(-1)  # all rows count, not only those in sight
        header.sectionClicked.connect(self._sort)
        for changed in (self.rows.modelReset, self.rows.layoutChanged):
            changed.connect(self._share)
        self._order = ("kind", False)
        self._quiet = False
        themes().changed.connect(self._fit)
        self._fit()
        self._mark_order()

    def select(self, passage: int) -> None:
        """Goes to the row of a passage, without telling; −1 leaves none selected."""
        self._quiet = True
        row = self.rows.row_of(passage)
        if row < 0:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        elif row != self.currentIndex().row() or not self.selectionModel().hasSelection():
            index = self.rows.index(row, 0)
            self.setCurrentIndex(index)
            self.scrollTo(index)
        self._quiet = False

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        candidate = self.rows.candidate(current.row()) if current.isValid() else None
        if candidate is not None and not self._quiet:
            self.picked.emit(candidate.row)

    def sort(self, column: str, descending: bool) -> None:
        """Sorts by a column."""
        self._order = (column, descending)
        self._mark_order()
        self.rows.arrange(column, descending)

    def _sort(self, section: int) -> None:
        """Figures begin with the highest, ranks and words with the lowest; then the other way."""
        column, (before, descending) = COLUMNS[section], self._order
        if column == before:
            self.sort(column, not descending)
        else:
            self.sort(column, column not in ("kind", "passage", "rank_a", "rank_b"))

    def _mark_order(self) -> None:
        column, descending = self._order
        way = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicatorShown(True)
        self.horizontalHeader().setSortIndicator(COLUMNS.index(column), way)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self, *_: object) -> None:
        """Gives the passage what the figures leave; where that is too little, some of them go."""
        room = self.viewport().width()
        wide = {
            name: max(px(_WIDE.get(name, _FIGURE)), self.sizeHintForColumn(at))
            for at, name in enumerate(COLUMNS)
            if name != "passage"
        }
        gone: list[str] = []
        for name in _SPARE:
            left = room - sum(size for each, size in wide.items() if each not in gone)
            if left >= px(_PASSAGE):
                break
            gone.append(name)
        left = room - sum(size for each, size in wide.items() if each not in gone)
        for at, name in enumerate(COLUMNS):
            self.setColumnHidden(at, name in gone)
            self.setColumnWidth(at, wide.get(name, max(px(80), left)))

    def _fit(self, _theme: object = None) -> None:
        self.setIconSize(QSize(px(12), px(12)))
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + px(12))
        self._share()
