"""One method's hits under its name: a list of cards that the keyboard can walk."""

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QVBoxLayout,
    QWidget,
)

from explorer.theme import space, themes
from explorer.views.retrieval.delegate import HitDelegate
from explorer.views.retrieval.model import HitItem, HitModel
from explorer.widgets import Menu


class HitView(QListView):
    """The list itself; Enter and click choose a hit."""

    chosen = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hits = HitModel(self)
        self.cards = HitDelegate(self)
        self.setModel(self.hits)
        self.setItemDelegate(self.cards)
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setAccessibleName(name)
        self.setProperty("plain", True)
        self.clicked.connect(self._choose)
        self.verticalScrollBar().setSingleStep(24)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._choose(self.currentIndex())
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()

    def show_selected(self, row: int) -> None:
        """Expands and selects a passage row if it is here; else nothing is selected."""
        index = self.hits.find(row)
        self.cards.expanded = row if index.isValid() else -1
        self.scheduleDelayedItemsLayout()
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)
        else:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(self.hits.items[index.row()].row)


class HitList(QWidget):
    """A header that names the method and how it works, over its hits."""

    chosen = Signal(int)
    menu_wanted = Signal(object, QPoint)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel(title)
        self.title.setProperty("role", "heading")
        self.note = QLabel()
        self.note.setProperty("role", "muted")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.view = HitView(f"{title} hits")
        self.view.chosen.connect(self.chosen)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._menu)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addWidget(self.note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space(2))
        column.addLayout(head)
        column.addWidget(self.view, 1)
        themes().changed.connect(self._restyle)

    def show_items(self, items: tuple[HitItem, ...]) -> None:
        """Replaces the hits; the list goes back to its top."""
        if items != self.view.hits.items:
            self.view.hits.show(items)
            self.view.scrollToTop()

    def _restyle(self) -> None:
        self.view.cards.clear()
        self.view.scheduleDelayedItemsLayout()
        self.view.viewport().update()

    def _menu(self, at: QPoint) -> None:
        index = self.view.indexAt(at)
        if index.isValid():
            item = self.view.hits.items[index.row()]
            self.menu_wanted.emit(item, self.view.viewport().mapToGlobal(at))


def popup(parent: QWidget, at: QPoint, actions: list[tuple[str, object]]) -> None:
    """A context menu of (label, callable)."""
    menu = Menu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for label, run in actions:
        menu.addAction(label).triggered.connect(run)
    menu.popup(at)
