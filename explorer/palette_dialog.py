"""The command palette: type a few letters of what you want to do."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from explorer.commands import Command, Commands
from explorer.theme import px, space, themes
from explorer.widgets.overlay import Overlay
from explorer.widgets.text import Label

_COMMAND = Qt.ItemDataRole.UserRole
_ROWS = 10


class _Row(QStyledItemDelegate):
    """Title, then the group, and the shortcut at the right."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(0, px(36))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        theme = themes().current
        command: Command = index.data(_COMMAND)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = option.rect.adjusted(space(1.5), 1, -space(1.5), -1)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent_soft))
            painter.drawRoundedRect(area, px(6), px(6))
        area = area.adjusted(space(2.5), 0, -space(2.5), 0)
        area = self._shortcut(painter, area, command.shortcut_text, option.font)
        metrics = option.fontMetrics
        title = metrics.elidedText(command.title, Qt.TextElideMode.ElideRight, area.width())
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(option.font)
        painter.setPen(QColor(theme.text))
        painter.drawText(area, middle, title)
        area.setLeft(area.left() + metrics.horizontalAdvance(title) + space(2.5))
        group = metrics.elidedText(command.group, Qt.TextElideMode.ElideRight, area.width())
        painter.setPen(QColor(theme.muted))
        painter.drawText(area, middle, group if group != "…" else "")
        painter.restore()

    def _shortcut(self, painter: QPainter, area: QRect, text: str, font: QFont) -> QRect:
        """Draws the key at the right of ``area``; returns what remains of it."""
        if not text:
            return area
        theme = themes().current
        small = QFont(font)
        small.setPixelSize(px(11))
        painter.setFont(small)
        width = painter.fontMetrics().horizontalAdvance(text) + px(14)
        height = px(20)
        top = area.center().y() - height // 2
        key = QRect(area.right() - width, top, width, height)
        painter.setPen(QPen(QColor(theme.edge), 1))
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(key.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), px(4), px(4))
        painter.setPen(QColor(theme.muted))
        painter.drawText(key, Qt.AlignmentFlag.AlignCenter, text)
        return area.adjusted(0, 0, -width - space(2), 0)


class CommandPalette(Overlay):
    """All enabled commands; typing narrows them, Enter or a click runs one."""

    def __init__(self, commands: Commands, window: QWidget, hidden: tuple[str, ...] = ()) -> None:
        super().__init__(window, 600, "Commands")
        self._commands = commands
        self._hidden = hidden
        self.field = QLineEdit(placeholderText="What would you like to do?")
        self.field.setProperty("role", "bare")
        self.field.setAccessibleName("Command")
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._fill)
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName("Matching commands")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_Row(self.list))
        self.list.itemClicked.connect(self._run)
        self.nothing = Label("No command matches.", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for part in (self.field, self.list, self.nothing):
            self.column.addWidget(part)
        commands.ran.connect(self.dismiss)

    def show_commands(self) -> None:
        self.field.clear()
        self._fill("")
        self.open(self.field)

    def sheet_height(self, room: int) -> int:
        rows = min(max(self.list.count(), 2), _ROWS)
        return min(self.field.sizeHint().height() + rows * px(36) + space(3), room)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() == QEvent.Type.KeyPress:
            last = self.list.count() - 1
            row = self.list.currentRow()
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentItem())
                return True
            target = {
                Qt.Key.Key_Down: row + 1 if row < last else 0,
                Qt.Key.Key_Up: row - 1 if row > 0 else last,
                Qt.Key.Key_PageDown: min(row + _ROWS, last),
                Qt.Key.Key_PageUp: max(row - _ROWS, 0),
            }.get(key)
            if target is not None:
                self.list.setCurrentRow(target)
                return True
        return super().eventFilter(watched, event)

    def _fill(self, query: str) -> None:
        self.list.clear()
        for command in self._commands.matching(query):
            if command.id not in self._hidden:
                item = QListWidgetItem(command.title)
                item.setData(_COMMAND, command)
                self.list.addItem(item)
        self.list.setCurrentRow(0)
        found = self.list.count() > 0
        self.list.setVisible(found)
        self.nothing.setVisible(not found)
        if self.isVisible():
            self._fit()

    def _run(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._commands.run(item.data(_COMMAND).id)
