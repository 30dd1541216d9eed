"""All questions in a list: searched, sorted by margin, one of them opened."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent

from explorer.theme import px, themes
from explorer.views.negatives.looks import signed
from explorer.widgets.table import ListTable
from models.negative_study.gathered import Gathered
from models.negative_study.margins import Margins

_TITLES = (
    ("Question", "In the order of the file, by parts"),
    ("A", "Margin under A: the right passage's score less the hardest negative's"),
    ("B", "Margin under B"),
)
_FIGURE = 70
Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()


class _Questions(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.texts: Sequence[str] = ()
        self.found: Margins | None = None
        self.cosine = (True, True)
        self.order: list[int] = []

    def show(self, order: list[int]) -> None:
        self.beginResetModel()
        self.order = order
        self.endResetModel()

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(_TITLES)

    def headerData(
        self, section: int, side: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if side != Qt.Orientation.Horizontal or section >= len(_TITLES):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section][0]
        if role == Qt.ItemDataRole.ToolTipRole:
            return _TITLES[section][1]
        return _across(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        place, column = self.order[index.row()], index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _across(column)
        if column == 0:
            shows = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
            return self.texts[place] if shows else None
        margin = None if self.found is None else float(self.found.worst[column - 1, place])
        if role == Qt.ItemDataRole.DisplayRole:
            known = margin is not None and not np.isnan(margin)
            return signed(margin, self.cosine[column - 1]) if known else "–"
        if role == Qt.ItemDataRole.ForegroundRole and margin is not None and margin <= 0:
            return QColor(themes().current.danger)
        return None


class QuestionList(ListTable):
    """``picked`` carries the place of the question that was gone to."""

    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__(_Questions(), "Questions of the set", wrap=True)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._sort)
        self._words, self._order = "", (0, False)
        self._lower: list[str] = []
        self._place = -1
        self._quiet = False
        themes().changed.connect(self._fit)
        self._fit()

    def show_set(self, gathered: Gathered | None) -> None:
        """Lists the questions of another set."""
        texts = () if gathered is None else tuple(q.text for q in gathered.questions)
        self.rows.texts, self.rows.found = texts, None
        self._lower = [text.casefold() for text in texts]
        self._place = -1
        self._arrange()

    def show_margins(self, found: Margins | None, cosine: tuple[bool, bool]) -> None:
        """Fills in what was measured of each."""
        self.rows.found, self.rows.cosine = found, cosine
        self._arrange()

    def search(self, words: str) -> None:
        """Leaves the questions that hold all of ``words``."""
        self._words = words
        self._arrange()

    def select(self, place: int) -> None:
        """Goes to a question, without telling."""
        self._place = place
        self._mark()

    @property
    def shown(self) -> list[int]:
        """The places of the questions in the order in which they are listed."""
        return self.rows.order

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and not self._quiet:
            self._place = self.rows.order[current.row()]
            self.picked.emit(self._place)

    def _sort(self, column: int) -> None:
        """Margins begin with the least, where the right passage loses; a third click ends it."""
        before, descending = self._order
        if column != before:
            self._order = (column, False)
        else:
            self._order = (0, False) if descending else (column, True)
        self._arrange()

    def _arrange(self) -> None:
        wanted = self._words.casefold().split()
        order = [at for at, text in enumerate(self._lower) if all(word in text for word in wanted)]
        column, descending = self._order
        if column and self.rows.found is not None:
            values = np.nan_to_num(self.rows.found.worst[column - 1], nan=np.inf)
            order.sort(key=lambda at: values[at], reverse=descending)
        elif descending:
            order.reverse()
        self._quiet = True
        self.rows.show(order)
        self._quiet = False
        header, way = self.horizontalHeader(), Qt.SortOrder.AscendingOrder
        header.setSortIndicatorShown(bool(column))
        header.setSortIndicator(column, Qt.SortOrder.DescendingOrder if descending else way)
        self._mark()

    def _mark(self) -> None:
        self._quiet = True
        if self._place in self.rows.order:
            index = self.rows.index(self.rows.order.index(self._place), 0)
            self.setCurrentIndex(index)
            self.scrollTo(index)
        else:
            self.setCurrentIndex(QModelIndex())
        self._quiet = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        figures = px(_FIGURE)
        self.setColumnWidth(0, max(px(90), self.viewport().width() - 2 * figures))
        for column in (1, 2):
            self.setColumnWidth(column, figures)

    def _fit(self, _theme: object = None) -> None:
        self.verticalHeader().setDefaultSectionSize(2 * self.fontMetrics().height() + px(12))
        self._share()


def _across(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
