"""A passage whose words are shaded by what each adds to its score."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QResizeEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit

from explorer.theme import space, themes
from models.retrieval.why import Part

_STRONGEST = 0.62  # opacity of the strongest word's shade; text stays readable on it
_FAINTEST = 0.02  # shares of the strongest below which nothing is shaded


class WhyText(QPlainTextEdit):
    """Plain text to read and copy. ``pointed`` carries the part under the pointer, or None."""

    pointed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._parts: tuple[Part, ...] = ()
        self._spots: list[tuple[int, int]] = []  # of each part, in the editor's own characters
        self._at: Part | None = None
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAccessibleName("The passage, its words shaded by what they add")
        self.viewport().setMouseTracking(True)
        themes().changed.connect(self._shade)

    def show_parts(self, text: str, parts: Sequence[Part]) -> None:
        """Shows ``text`` with these parts shaded, the strongest most."""
        if text != self._text:
            self._text = text
            self.setPlainText(text)
        self._parts = tuple(parts)
        places = _places(text)
        self._spots = [(places[p.span[0]], places[p.span[1]]) for p in self._parts]
        self._fit()
        self._shade()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """No taller than its text, so that a short one leaves its room to what follows."""
        lines = max(1, round(self.document().size().height()))
        room = 2 * (self.document().documentMargin() + self.frameWidth()) + space(5)
        self.setMaximumHeight(round(lines * self.fontMetrics().lineSpacing() + room))

    def _shade(self, _theme: object = None) -> None:
        theme = themes().current
        most = max((abs(part.weight) for part in self._parts), default=0.0)
        shades = []
        for part, (start, end) in zip(self._parts, self._spots, strict=True):
            share = abs(part.weight) / most if most else 0.0
            if share < _FAINTEST:
                continue
            color = QColor(theme.accent if part.weight > 0 else theme.danger)
            color.setAlphaF(_STRONGEST * share)
            shade = QTextEdit.ExtraSelection()
            shade.cursor = self._cursor(start, end)
            shade.format.setBackground(color)
            if part.weight < 0:
                shade.format.setFontStrikeOut(share > 0.5)  # not by colour alone
            shades.append(shade)
        self.setExtraSelections(shades)

    def _cursor(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        place = self.cursorForPosition(event.position().toPoint()).position()
        found = next(
            (
                part
                for part, (start, end) in zip(self._parts, self._spots, strict=True)
                if start <= place < end
            ),
            None,
        )
        if found != self._at:
            self._at = found
            self.pointed.emit(found)


def _places(text: str) -> list[int]:
    """Where each character of ``text`` stands in Qt's UTF-16, and the end."""
    places = [0]
    for character in text:
        places.append(places[-1] + (2 if ord(character) > 0xFFFF else 1))
    return places
