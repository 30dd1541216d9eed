"""The table of retrievers; each cell has a figure and, smaller below it, its interval."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from explorer.theme import px, space, themes
from explorer.views.retrievers.table_model import COLUMNS, MORE, RetrieverModel, Shown
from explorer.widgets.table import ListTable

_WIDTHS = {"mrr10": 70, "ndcg10": 76, "difference": 150}  # pixels at text size 100 %
_FIGURE, _NAME = 64, 170  # of the others, and of the name at least
_ENOUGH = 280  # for most names
_MOST = 12  # rows that are seen at once


class RetrieverTable(ListTable):
    """``unwanted`` carries the id of a row that Delete was pressed on."""

    unwanted = Signal(str)

    def __init__(self) -> None:
        super().__init__(RetrieverModel(), "Retrievers")
        self.setItemDelegate(_Cell(self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        themes().changed.connect(self._fit)
        self._fit()

    @property
    def current(self) -> str:
        """The id of the row that is gone to; empty without one."""
        row = self.currentIndex().row()
        rows = self.rows.shown.rows
        return rows[row].id if 0 <= row < len(rows) else ""

    def show_rows(self, shown: Shown) -> None:
        """Shows these rows."""
        count = self.rows.rowCount()
        self.rows.show_rows(shown)
        if count != self.rows.rowCount():
            self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.current:
            self.unwanted.emit(self.current)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _share(self) -> None:
        """The name has what the figures leave, and what is more than it needs goes to them."""
        left = self.viewport().width() - _figures()
        spare = max(0, left - px(_ENOUGH)) // len(COLUMNS)
        left -= spare * (len(COLUMNS) - 1)
        for at, name in enumerate(COLUMNS):
            wide = px(_WIDTHS.get(name, _FIGURE)) + spare
            self.setColumnWidth(at, wide if at else max(left, px(_NAME)))

    def _fit(self, _theme: object = None) -> None:
        high = self.fontMetrics().height() + px(12) + px(17)
        self.verticalHeader().setDefaultSectionSize(high)
        for row in range(self.rows.rowCount()):
            self.setRowHeight(row, high)
        self._share()
        rows = min(max(self.rows.rowCount(), 2), _MOST)
        wide = self.viewport().width() < _figures() + px(_NAME)
        bar = self.horizontalScrollBar().sizeHint().height() if wide else 0
        head = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(head + rows * high + bar + px(4))


def _figures() -> int:
    """The width of all columns but the name's."""
    return sum(px(_WIDTHS.get(name, _FIGURE)) for name in COLUMNS[1:])


class _Cell(QStyledItemDelegate):
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        style = cell.widget.style() if cell.widget else QApplication.style()
        area = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, cell, cell.widget)
        text, more = cell.text, str(index.data(MORE) or "")
        cell.text = ""
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, cell, painter, cell.widget)
        if index.column():
            area = option.rect.adjusted(0, 0, -space(2), 0)
        else:
            area = QRect(
                area.left(),
                option.rect.top(),
                option.rect.right() - area.left(),
                option.rect.height(),
            )
            area.adjust(space(1), 0, -space(1), 0)
        small = QFont(option.font)
        small.setPixelSize(px(11))
        painter.save()
        upper, lower = _halves(area, bool(more))
        tone = index.data(Qt.ItemDataRole.ForegroundRole)
        painter.setFont(cell.font)
        painter.setPen(tone or cell.palette.color(QPalette.ColorRole.Text))
        across = cell.displayAlignment & Qt.AlignmentFlag.AlignHorizontal_Mask
        way = Qt.TextElideMode.ElideRight if index.column() else Qt.TextElideMode.ElideMiddle
        self._write(painter, upper, text, across | Qt.AlignmentFlag.AlignVCenter, way)
        painter.setFont(small)
        painter.setPen(QColor(themes().current.muted))
        self._write(painter, lower, more, across | Qt.AlignmentFlag.AlignVCenter)
        painter.restore()

    def _write(
        self,
        painter: QPainter,
        area: QRect,
        text: str,
        where: Qt.AlignmentFlag,
        way: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        painter.drawText(area, where, painter.fontMetrics().elidedText(text, way, area.width()))


def _halves(area: QRect, two: bool) -> tuple[QRect, QRect]:
    """Of a cell with two lines the upper a little taller, else the whole of it."""
    if not two:
        return area, QRect()
    middle = area.top() + px(4) + round(0.52 * (area.height() - px(8)))
    upper, lower = QRect(area), QRect(area)
    upper.setTop(area.top() + px(4))
    upper.setBottom(middle)
    lower.setTop(middle)
    lower.setBottom(area.bottom() - px(4))
    return upper, lower
