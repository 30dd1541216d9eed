"""The table of triplets: sorted by its header, gone through by arrow keys."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView

from explorer.theme import px, themes
from explorer.views.triplets.model import TripletModel
from explorer.widgets.table import ListTable
from models.triplet_table import TEXTS, TripletTable

_FIGURE, _TEXT = 80, 108  # pixels of a column of figures, and of text at least
_COSINES = ("entailed", "contradicted")


class TripletTableView(ListTable):
    """``picked`` carries the triplet that was gone to, ``sorted_by`` a column and whether it
    descends; an empty column is the order of the file."""

    picked = Signal(int)
    sorted_by = Signal(str, bool)

    def __init__(self) -> None:
        super().__init__(TripletModel(), "Triplets", wrap=True)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.sectionClicked.connect(self._sort)
        self._order = ("", False)
        self._quiet = False
        themes().changed.connect(self._fit)
        self._fit()

    def show_rows(
        self, table: TripletTable | None, rows: NDArray[np.int64], compared: bool, keep: int
    ) -> None:
        """Shows ``rows`` and stays at triplet ``keep`` if that is among them, else at the first."""
        columns = self.rows.columns
        self._quiet = True
        self.rows.show_rows(table, rows, compared)
        self._quiet = False
        if columns != self.rows.columns:
            self._fit()
        self._mark_order()
        if len(rows):
            self.go_to(max(0, self.rows.row_of(keep)))

    def go_to(self, row: int) -> None:
        """Selects a row of those shown, and brings it into view."""
        index = self.rows.index(row, max(0, self.currentIndex().column()))
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and not self._quiet:
            self.picked.emit(int(self.rows.rows[current.row()]))

    def sort(self, column: str, descending: bool) -> None:
        """Sorts by ``column``, or with none as the file does."""
        self._order = (column, descending)
        self._mark_order()
        self.sorted_by.emit(column, descending)

    def _sort(self, section: int) -> None:
        """Figures begin with the least, where triplets fail; a third click undoes the order."""
        column, (before, descending) = self.rows.columns[section], self._order
        if column != before:
            self.sort(column, False)
        elif descending:
            self.sort("", False)
        else:
            self.sort(column, True)

    def _mark_order(self) -> None:
        column, descending = self._order
        header = self.horizontalHeader()
        known = column in self.rows.columns
        header.setSortIndicatorShown(known)
        if known:
            way = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
            header.setSortIndicator(self.rows.columns.index(column), way)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """Gives the sentences what the figures leave; where that is too little, cosines go, and
        of two margins and their change the first."""
        columns, room = self.rows.columns, self.viewport().width()
        texts = [name for name in columns if name in TEXTS]
        figures = [name for name in columns if name not in TEXTS]
        for spare in (_COSINES, ("margin",) if "change" in columns else ()):
            if room < len(texts) * px(_TEXT) + len(figures) * px(_FIGURE):
                figures = [name for name in figures if name not in spare]
        left = room - len(figures) * px(_FIGURE)
        for at, name in enumerate(columns):
            wide = max(px(_TEXT), left // len(texts)) if name in TEXTS else px(_FIGURE)
            self.setColumnWidth(at, wide)
            self.setColumnHidden(at, name not in (*texts, *figures))

    def _fit(self, _theme: object = None) -> None:
        # Two lines of a sentence.
        self.verticalHeader().setDefaultSectionSize(2 * self.fontMetrics().height() + px(14))
        self._share()
