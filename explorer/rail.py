"""The column of workspaces at the left."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout, QWidget

from explorer import icons
from explorer.theme import px, space, themes
from explorer.tokens import Theme
from explorer.widgets import IconButton
from explorer.workspaces import Workspace


class Rail(QFrame):
    """Icons with labels, or icons alone where the window is small for the size of text."""

    chosen = Signal(str)

    def __init__(self, workspaces: Sequence[Workspace], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Workspaces")
        self._labels = True
        self._buttons: dict[str, QToolButton] = {}
        self._icons = {workspace.id: workspace.icon for workspace in workspaces}
        self._group = QButtonGroup(self)
        self._column = QVBoxLayout(self)
        for workspace in workspaces:
            button = QToolButton(text=workspace.title, checkable=True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(workspace.title)
            button.clicked.connect(lambda _checked=False, name=workspace.id: self.chosen.emit(name))
            self._buttons[workspace.id] = button
            self._group.addButton(button)
            self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch()
        self.help = IconButton("keyboard", "Keyboard shortcuts (F1)")
        self._column.addWidget(self.help, 0, Qt.AlignmentFlag.AlignHCenter)
        self._fit(themes().current)
        themes().changed.connect(self._fit)

    def button(self, name: str) -> QToolButton:
        return self._buttons[name]

    def set_current(self, name: str) -> None:
        self._buttons[name].setChecked(True)

    @property
    def labels_shown(self) -> bool:
        return self._labels

    def adapt(self, window: QSize) -> None:
        """Shows labels where a window of this size has room for them beside its content."""
        needed = (len(self._buttons) + 1) * px(64)
        labels = window.width() >= px(1000) and window.height() - px(90) >= needed
        if labels != self._labels:
            self._labels = labels
            self._fit(themes().current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        buttons = list(self._buttons.values())
        focused = self.focusWidget()
        if step is None or focused not in buttons:
            super().keyPressEvent(event)
            return
        at = min(max(buttons.index(focused) + step, 0), len(buttons) - 1)
        buttons[at].setFocus(Qt.FocusReason.TabFocusReason)

    def _fit(self, theme: Theme) -> None:
        style = Qt.ToolButtonStyle
        side = space(2)
        self._column.setContentsMargins(side, space(3), side, space(2))
        self._column.setSpacing(space(1))
        width = px(80) if self._labels else px(44)
        self.setFixedWidth(width + 2 * side + 1)
        for name, button in self._buttons.items():
            button.setToolButtonStyle(
                style.ToolButtonTextUnderIcon if self._labels else style.ToolButtonIconOnly
            )
            button.setIconSize(QSize(px(22), px(22)))
            button.setFixedWidth(width)
            button.setToolTip("" if self._labels else button.text())
            picture = icons.icon(self._icons[name], theme.muted)
            picture.addFile(icons.tinted(self._icons[name], theme.accent), state=QIcon.State.On)
            button.setIcon(picture)
