"""The sheet of all keyboard shortcuts, made from the commands themselves."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.commands import Command, Commands
from explorer.theme import px, space
from explorer.widgets import IconButton, Label
from explorer.widgets.overlay import Overlay


class ShortcutsSheet(Overlay):
    """Every command that has a shortcut, by group."""

    def __init__(self, commands: Commands, window: QWidget) -> None:
        super().__init__(window, 760, "Keyboard shortcuts")
        self._commands = commands
        self.close_button = IconButton("close", "Close")
        self.close_button.clicked.connect(self.dismiss)
        self._head = QHBoxLayout()
        self._head.addWidget(Label("Keyboard shortcuts", "title"), 1)
        self._head.addWidget(self.close_button)
        self.area = QScrollArea(widgetResizable=True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.column.addLayout(self._head)
        self.column.addWidget(self.area, 1)
        commands.ran.connect(self.dismiss)

    def show_shortcuts(self) -> None:
        self._head.setContentsMargins(space(5), space(4), space(3), space(2))
        self.area.setWidget(self._content())
        self.open(self.area)

    def sheet_height(self, room: int) -> int:
        content = self.area.widget()
        wanted = content.sizeHint().height() + self._head.sizeHint().height() + space(2)
        return min(wanted, room)

    def _content(self) -> QWidget:
        """The groups in two columns, each next one in the column that is shorter so far."""
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(space(5), 0, space(5), space(5))
        row.setSpacing(space(8))
        narrow = self.parentWidget().width() < px(700)
        columns = [QVBoxLayout() for _ in range(1 if narrow else 2)]
        lengths = [0] * len(columns)
        for name, commands in self._commands.groups().items():
            shown = [command for command in commands if command.shortcut_text]
            if shown:
                shortest = lengths.index(min(lengths))
                lengths[shortest] += len(shown) + 2
                columns[shortest].addLayout(_group(name, shown))
        for column in columns:
            column.setSpacing(space(4))
            column.addStretch()
            row.addLayout(column, 1)
        return content


def _group(name: str, commands: list[Command]) -> QGridLayout:
    grid = QGridLayout()
    grid.setColumnStretch(0, 1)
    grid.setVerticalSpacing(space(1.5))
    grid.setHorizontalSpacing(space(3))
    heading = Label(name, "heading")
    heading.setContentsMargins(0, 0, 0, space(1))
    grid.addWidget(heading, 0, 0, 1, 2)
    for at, command in enumerate(commands, start=1):
        grid.addWidget(Label(command.title, wrap=True), at, 0)
        grid.addWidget(Label(command.shortcut_text, "key"), at, 1, Qt.AlignmentFlag.AlignRight)
    return grid
