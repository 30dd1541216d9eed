"""Buttons. A click leaves the focus where it is, so a focus ring always means the keyboard."""

from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from explorer import icons
from explorer.theme import px, themes
from explorer.tokens import Theme

Kind = Literal["normal", "primary", "quiet", "danger"]


class _Push(QPushButton):
    """A push button that shortens its text with … and keeps it clear of its icon."""

    def __init__(self, text: str, parent: QWidget | None) -> None:
        super().__init__(text, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width() + self._gap(), hint.height())

    def minimumSizeHint(self) -> QSize:
        full = self.sizeHint()
        return QSize(min(full.width(), px(72)), full.height())

    def paintEvent(self, event: object) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        metrics = self.fontMetrics()
        text = metrics.size(Qt.TextFlag.TextShowMnemonic, self.text()).width()
        room = self.width() - (self.sizeHint().width() - text)
        if room < text:
            option.text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room)
        if self._gap() and option.text:
            option.text = f" {option.text}"
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)

    def _gap(self) -> int:
        return 0 if self.icon().isNull() else self.fontMetrics().horizontalAdvance(" ")


class Button(_Push):
    """A push button with text, and an icon named by ``icon``."""

    def __init__(
        self, text: str, kind: Kind = "normal", icon: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._kind, self._icon = kind, icon
        self.setProperty("kind", kind)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._dress(themes().current)
        themes().changed.connect(self._dress)

    def set_icon(self, name: str) -> None:
        self._icon = name
        self._dress(themes().current)

    def _dress(self, theme: Theme) -> None:
        if not self._icon:
            return
        colors = {"primary": theme.on_accent, "quiet": theme.muted, "danger": theme.danger}
        self.setIcon(icons.icon(self._icon, colors.get(self._kind, theme.text)))
        self.setIconSize(QSize(px(16), px(16)))


class IconButton(QToolButton):
    """A button that shows an icon alone; ``label`` names it for tool tip and screen readers."""

    def __init__(
        self,
        icon: str,
        label: str,
        *,
        checkable: bool = False,
        size: int = 18,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon, self._size = icon, size
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_label(label)
        self._dress(themes().current)
        themes().changed.connect(self._dress)
        self.toggled.connect(lambda: self._dress(themes().current))

    def set_icon(self, name: str) -> None:
        self._icon = name
        self._dress(themes().current)

    def set_label(self, label: str) -> None:
        self.setAccessibleName(label)
        self.setToolTip(label)

    def _dress(self, theme: Theme) -> None:
        self.setIcon(icons.icon(self._icon, theme.accent if self.isChecked() else theme.muted))
        self.setIconSize(QSize(px(self._size), px(self._size)))


class Chip(_Push):
    """A small pill, shortened with … where room is short.

    ``swatch`` (#rrggbb) puts a dot of that colour before the text. ``checkable`` makes it a
    switch; ``static`` one that only shows.
    """

    def __init__(
        self,
        text: str,
        *,
        icon: str = "",
        swatch: str = "",
        checkable: bool = False,
        static: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._icon, self._swatch = icon, swatch
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if static else Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, static)
        self._dress(themes().current)
        themes().changed.connect(self._dress)
        self.toggled.connect(lambda: self._dress(themes().current))

    def _dress(self, theme: Theme) -> None:
        if self._swatch:
            self.setIcon(icons.icon("dot", self._swatch))
        elif self._icon:
            self.setIcon(icons.icon(self._icon, theme.accent if self.isChecked() else theme.muted))
        self.setIconSize(QSize(px(14), px(14)))
