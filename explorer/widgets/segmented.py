"""One choice among a few, all visible."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from explorer import icons
from explorer.theme import px, themes
from explorer.tokens import Theme


class Segmented(QFrame):
    """A row of segments of which exactly one is chosen; arrow keys, Home and End move the choice.

    ``options`` are pairs of an id and a label, or triples with an icon's name. ``changed`` carries
    the id and comes only from the user, not from ``set_value``.
    """

    changed = Signal(str)

    def __init__(
        self,
        options: Sequence[tuple[str, ...]],
        label: str,
        value: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(label)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._row = QHBoxLayout(self)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        self._icons: dict[str, str] = {}
        for name, text, *icon in options:
            button = QToolButton(text=text, checkable=True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Fixed)
            button.setAccessibleName(f"{label}: {text}")
            if icon:
                self._icons[name] = icon[0]
                button.setText(f" {text}")  # a little more room after the icon
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.clicked.connect(lambda _checked=False, name=name: self._choose(name))
            button.toggled.connect(lambda: self._dress(themes().current))
            self._buttons[name] = button
            self._group.addButton(button)
            self._row.addWidget(button, 1)
        self._value = value or options[0][0]
        self._buttons[self._value].setChecked(True)
        self._dress(themes().current)
        themes().changed.connect(self._dress)

    @property
    def value(self) -> str:
        return self._value

    def set_value(self, name: str) -> None:
        self._value = name
        self._buttons[name].setChecked(True)

    def set_option_enabled(self, name: str, enabled: bool, why: str = "") -> None:
        """Lets ``name`` be chosen or not; ``why`` says in a tool tip why not."""
        self._buttons[name].setEnabled(enabled)
        self._buttons[name].setToolTip("" if enabled else why)

    def button(self, name: str) -> QToolButton:
        return self._buttons[name]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        names = [name for name, button in self._buttons.items() if button.isEnabled()]
        at = names.index(self._value) if self._value in names else 0
        last = len(names) - 1
        target = {
            Qt.Key.Key_Left: max(at - 1, 0),
            Qt.Key.Key_Right: min(at + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if target is None or not names:
            super().keyPressEvent(event)
        else:
            self._choose(names[target])

    def _choose(self, name: str) -> None:
        if name != self._value:
            self.set_value(name)
            self.changed.emit(name)

    def _dress(self, theme: Theme) -> None:
        self._row.setContentsMargins(px(1), px(1), px(1), px(1))
        self._row.setSpacing(px(2))
        for name, icon in self._icons.items():
            button = self._buttons[name]
            button.setIcon(icons.icon(icon, theme.accent if button.isChecked() else theme.muted))
            button.setIconSize(QSize(px(15), px(15)))
