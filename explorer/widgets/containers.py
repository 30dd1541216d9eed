"""Surfaces that hold other things."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.tokens import Theme
from explorer.widgets.buttons import Button
from explorer.widgets.text import IconLabel, Label


class Card(QFrame):
    """A raised surface with a column layout (``column``) that follows the size of text."""

    def __init__(self, parent: QWidget | None = None, padding: float = 4) -> None:
        super().__init__(parent)
        self._padding = padding
        self.column = QVBoxLayout(self)
        self._fit(themes().current)
        themes().changed.connect(self._fit)

    def _fit(self, theme: Theme) -> None:
        side = space(self._padding)
        self.column.setContentsMargins(side, side, side, side)
        self.column.setSpacing(space(2))


class ScrollPage(QScrollArea):
    """As wide as its place, without a frame; what is too tall for it scrolls.

    Args:
        name: for those who hear it.
        body: what it holds, where it is there before the page is.
        keys: whether Tab comes to it, so that keys scroll it where nothing in it takes them.
    """

    def __init__(
        self,
        name: str = "",
        body: QWidget | None = None,
        parent: QWidget | None = None,
        *,
        keys: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)
        if not keys:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if body is not None:
            self.setWidget(body)

    @property
    def body(self) -> QWidget:
        """What it holds; where that was not given, an empty widget to be filled in its place."""
        if self.widget() is None:
            self.setWidget(QWidget(self.viewport()))
        return self.widget()


class Divider(QFrame):
    """A hairline, horizontal unless ``vertical``."""

    def __init__(self, vertical: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)


class EmptyState(QWidget):
    """What a place shows while it has nothing to show: why, and what to do about it.

    ``actions`` are pairs of a button's text and what it does; the first one is the main one.
    """

    def __init__(
        self,
        icon: str,
        title: str,
        text: str,
        actions: Sequence[tuple[str, Callable[[], object]]] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        center = Qt.AlignmentFlag.AlignHCenter
        self.icon = IconLabel(icon, "faint", 40)
        self.title = Label(title, "title", wrap=True)
        self.text = Label(text, "muted", wrap=True)
        self.buttons = [
            Button(label, "normal" if at else "primary") for at, (label, _) in enumerate(actions)
        ]
        for button, (_, run) in zip(self.buttons, actions, strict=True):
            button.clicked.connect(lambda _checked=False, run=run: run())
        self._row = QHBoxLayout()
        self._row.addStretch()
        for button in self.buttons:
            self._row.addWidget(button)
        self._row.addStretch()
        self._block = QWidget()
        self._column = QVBoxLayout(self._block)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.icon, 0, center)
        for label in (self.title, self.text):
            label.setAlignment(center)
            self._column.addWidget(label)
            label.setHidden(not label.text())
        if self.buttons:
            self._column.addLayout(self._row)
        # Between stretches rather than aligned: an aligned block is given the height that its
        # wrapped text needs at the full width, which is too little.
        middle = QHBoxLayout()
        middle.addStretch()
        middle.addWidget(self._block)
        middle.addStretch()
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(middle)
        outer.addStretch(3)
        self._fit(themes().current)
        themes().changed.connect(self._fit)

    def _fit(self, theme: Theme) -> None:
        self._block.setFixedWidth(px(420))
        self._column.setSpacing(space(3))
        self._row.setSpacing(space(2))
        self._row.setContentsMargins(0, space(2), 0, 0)
