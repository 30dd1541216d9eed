"""The table of scores: encoders by tasks, published rows told apart, the best measured in bold."""

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from explorer.theme import px, space, themes
from explorer.views.encoders.scores_model import BEST, LINE, ScoresModel
from explorer.views.encoders.scores_rows import Line
from explorer.widgets.table import ListTable
from models.evaluation.score_table import Column

_Index = QModelIndex | QPersistentModelIndex
_SMALL = 0.86
_ONE_LINE = 330  # pixels at text size 100 % from which on an encoder needs one line only
_MOST = 14  # rows that are seen at once


class ScoresTable(ListTable):
    """``picked`` carries the line and the column of the current cell; Delete wants a line away."""

    picked = Signal(object, object)
    unwanted = Signal(object)

    def __init__(self) -> None:
        super().__init__(ScoresModel(), "Scores", cells=True)
        self.setItemDelegate(_Cell(self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)
        header.setSortIndicatorShown(False)  # the title says it
        self.selectionModel().currentChanged.connect(self._current)
        themes().changed.connect(self._fit)
        self._fit()

    @property
    def current(self) -> tuple[Line | None, Column | None]:
        """The line that is looked at, and its column; None for the encoder's own."""
        index = self.currentIndex()
        if not index.isValid():
            return None, None
        column = self.rows.columns[index.column() - 1] if index.column() else None
        return self.rows.lines[index.row()], column

    def show_lines(self, lines: tuple[Line, ...], columns: tuple[Column, ...]) -> None:
        """Replaces all that is shown; the cell that is looked at stays where it can."""
        line, _ = self.current
        at = self.currentIndex().column()
        fresh = columns != self.rows.columns
        self.rows.show_lines(lines, columns)
        if fresh:
            self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        place = -1 if line is None else self.rows.place(line.id)
        if place >= 0:
            self.pick(place, min(at, len(columns)))
        elif line is not None:
            self.picked.emit(None, None)
        self._fit()

    def pick(self, row: int, column: int) -> None:
        """Makes a cell the current one."""
        index = self.rows.index(row, column)
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, flag)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        line, _ = self.current
        if event.key() == Qt.Key.Key_Delete and line is not None and line.entry is not None:
            self.unwanted.emit(line)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_room()

    def _current(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self.picked.emit(*self.current)

    def _fit(self, _theme: object = None) -> None:
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        titles = QFontMetrics(header.font())
        for at in range(1, self.rows.columnCount()):
            wide = titles.horizontalAdvance(f"↓ {self.rows.columns[at - 1].title}") + px(18)
            header.resizeSection(at, max(px(70), wide))
        self._give_room()

    def _give_room(self) -> None:
        """What the figures leave is the encoders', but not less than their names need; and as
        many rows are seen as a page has room for."""
        header, rows = self.horizontalHeader(), self.verticalHeader()
        figures = sum(header.sectionSize(at) for at in range(1, header.count()))
        wide = max(px(170), self.width() - 2 * self.frameWidth() - figures)
        header.resizeSection(0, wide)
        lines = 1 if wide >= px(_ONE_LINE) else 2
        rows.setDefaultSectionSize(self.fontMetrics().height() * lines + px(13))
        seen = min(self.rows.rowCount(), _MOST) * rows.defaultSectionSize()
        self.setFixedHeight(header.sizeHint().height() + seen + 2 * self.frameWidth())


class _Cell(QStyledItemDelegate):
    """An encoder in two lines, or one figure at the right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        line: Line = index.data(LINE)
        style = self.parent().style()
        self.initStyleOption(option, index)
        option.text = ""
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        painter.save()
        inner = option.rect.adjusted(space(2), 0, -space(2), 0)
        if index.column() == 0:
            self._encoder(painter, line, inner, option.font)
        else:
            self._figure(painter, line, inner, option.font, index)
        painter.restore()

    def _encoder(self, painter: QPainter, line: Line, inner: QRect, font: QFont) -> None:
        theme, own = themes().current, line.entry is not None
        strong, small = QFont(font), QFont(font)
        strong.setWeight(QFont.Weight.DemiBold if own else QFont.Weight.Normal)
        small.setPixelSize(round(_SMALL * font.pixelSize()))
        about = line.row.about if own else f"published · {line.row.about}"
        above, below = QFontMetrics(strong), QFontMetrics(small)
        name = above.elidedText(line.row.name, Qt.TextElideMode.ElideRight, inner.width())
        first, second = QRect(inner), QRect(inner)
        if inner.width() + 2 * space(2) >= px(_ONE_LINE):
            second.setLeft(inner.left() + above.horizontalAdvance(name) + space(2))
        else:
            top = inner.top() + (inner.height() - above.height() - below.height()) // 2
            first = QRect(inner.left(), top, inner.width(), above.height())
            second = QRect(inner.left(), first.bottom() + 1, inner.width(), below.height())
        painter.setFont(strong)
        painter.setPen(QColor(theme.text if own else theme.muted))
        painter.drawText(first, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(small)
        painter.setPen(QColor(theme.muted))
        about = below.elidedText(about, Qt.TextElideMode.ElideRight, max(second.width(), 0))
        painter.drawText(second, Qt.AlignmentFlag.AlignVCenter, about)

    def _figure(
        self, painter: QPainter, line: Line, inner: QRect, font: QFont, index: _Index
    ) -> None:
        theme, face = themes().current, QFont(font)
        text = index.data()
        color = theme.text if line.entry is not None else theme.muted
        if text in ("–", "…"):
            color = theme.faint
        elif index.data(BEST):
            face.setWeight(QFont.Weight.Bold)
            color = theme.accent
        face.setItalic(line.entry is None)
        painter.setFont(face)
        painter.setPen(QColor(color))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, right, text)
