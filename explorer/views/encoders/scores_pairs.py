"""The pairs of which an encoder thinks otherwise than people, as a list."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from explorer.theme import px, space, themes
from models.evaluation.disagreement import Disagreement
from models.printed import number

_PLACE = Qt.ItemDataRole.UserRole
_FIGURES = Qt.ItemDataRole.UserRole + 1
_SENTENCES = Qt.ItemDataRole.UserRole + 2
_SMALL = 0.86

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class PairList(QListView):
    """``chosen`` carries the place of the pair that is looked at."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.pairs = _Pairs(self)
        self.setModel(self.pairs)
        self.setItemDelegate(_Pair(self))
        self.setAccessibleName("Worst pairs")
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._current)
        themes().changed.connect(self._lay_out)

    def show_pairs(self, found: Disagreement | None, places: Sequence[int]) -> None:
        """Lists these pairs."""
        self.pairs.show_pairs(found, tuple(places))
        self.scrollToTop()

    def look_at(self, place: int) -> None:
        """Makes a pair the current one if it is listed; otherwise none is."""
        places = self.pairs.places
        index = self.pairs.index(places.index(place)) if place in places else QModelIndex()
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, flag)
        if index.isValid():
            self.scrollTo(index)

    def sizeHint(self) -> QSize:
        return QSize(px(320), px(150))

    def _lay_out(self, _theme: object) -> None:
        self.scheduleDelayedItemsLayout()

    def _current(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid():
            self.chosen.emit(now.data(_PLACE))


class _Pairs(QAbstractListModel):
    def __init__(self, parent: PairList) -> None:
        super().__init__(parent)
        self.places: tuple[int, ...] = ()
        self._found: Disagreement | None = None

    def show_pairs(self, found: Disagreement | None, places: tuple[int, ...]) -> None:
        self.beginResetModel()
        self._found, self.places = found, places
        self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.places)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or self._found is None:
            return None
        place = self.places[index.row()]
        pair, cosine = self._found.pairs[place], self._found.cosines[place]
        figures = f"judged {pair.gold:.3g}", f"cosine {number(cosine)}"
        if role == _PLACE:
            return place
        if role == _FIGURES:
            return figures
        if role == _SENTENCES:
            return pair.first, pair.second
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{pair.first} / {pair.second} / {', '.join(figures)}"
        return None


class _Pair(QStyledItemDelegate):
    """Both sentences, one below the other, with their figures at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(px(200), 2 * option.fontMetrics.height() + px(15))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        self.initStyleOption(option, index)
        style = self.parent().style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        theme = themes().current
        painter.save()
        small = QFont(option.font)
        small.setPixelSize(round(_SMALL * small.pixelSize()))
        metrics, tiny = option.fontMetrics, QFontMetrics(small)
        inner = option.rect.adjusted(space(2), px(5), -space(2), -px(5))
        figures = index.data(_FIGURES)
        width = max(tiny.horizontalAdvance(text) for text in figures) + 1
        room = inner.width() - width - space(3)
        height = inner.height() // 2
        for at, text in enumerate(index.data(_SENTENCES)):
            y = inner.top() + at * height
            painter.setFont(option.font)
            painter.setPen(QColor(theme.text))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(room, 0))
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRect(inner.left(), y, room, height), middle, shown)
            painter.setFont(small)
            painter.setPen(QColor(theme.muted))
            side = QRect(inner.right() - width, y, width, height)
            painter.drawText(side, middle | Qt.AlignmentFlag.AlignRight, figures[at])
        if index.row() + 1 < index.model().rowCount():
            painter.setPen(QColor(theme.line))
            line = option.rect.bottom()
            painter.drawLine(inner.left(), line, inner.right(), line)
        painter.restore()
