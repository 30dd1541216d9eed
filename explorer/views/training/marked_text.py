"""A passage in which spans are marked: what a reader says, what is right, and what it never saw."""

from PySide6.QtCore import QEvent, QLineF, QPointF, QSize
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.text_units import units
from explorer.theme import Theme, px, themes
from models.encoders.tokens import Span

_LEADING = 1.25  # heights of a line


class MarkedText(QWidget):
    """Wrapped text as high as it needs; marks move without a new layout."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        self.said: Span | None = None
        self.right: Span | None = None
        self._read: Span | None = None
        self._laid: dict[int, QTextLayout] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        themes().changed.connect(self._fit)

    def show_text(self, text: str, right: Span | None) -> None:
        """Another passage; ``right`` are the characters of the right answer."""
        self.text, self.right, self.said, self._read = text, right, None, None
        self._fit()

    def mark(self, said: Span | None, read: Span | None) -> None:
        """Marks what is said to be the answer; what is outside ``read`` was not shown."""
        if (said, read) != (self.said, self._read):
            self.said, self._read = said, read
            self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(self._layout(width).lineCount() * self._line())

    def sizeHint(self) -> QSize:
        return QSize(px(300), self.heightForWidth(max(self.width(), px(160))))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(120), round(self._line()))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, layout = themes().current, self._layout(self.width())
        painter = QPainter(self)
        painter.setPen(QColor(theme.text))
        layout.draw(painter, QPointF(0, 0), self._formats(theme))
        if self.right is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.ok), px(2)))
            for line in self._under(layout, units(self.text, self.right)):
                painter.drawLine(line)

    def _formats(self, theme: Theme) -> list[QTextLayout.FormatRange]:
        found = []
        if self._read is not None:
            first, last = self._read
            for span in ((0, first), (last, len(self.text))):
                found.append(self._range(span, theme.faint))
        if self.said is not None:
            found.append(self._range(self.said, theme.on_accent, theme.accent))
        return found

    def _range(self, span: Span, color: str, behind: str = "") -> QTextLayout.FormatRange:
        form = QTextCharFormat()
        form.setForeground(QColor(color))
        if behind:
            form.setBackground(QColor(behind))
        part = QTextLayout.FormatRange()
        start, end = units(self.text, span)
        part.start, part.length, part.format = start, end - start, form
        return part

    def _under(self, layout: QTextLayout, span: Span) -> list[QLineF]:
        """A stroke below each piece of ``span``, which may break over lines."""
        strokes = []
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            first = max(span[0], line.textStart())
            last = min(span[1], line.textStart() + line.textLength())
            if first < last:
                left, right = (line.cursorToX(place)[0] for place in (first, last))
                y = line.y() + line.height() + px(1)
                strokes.append(QLineF(left, y, right, y))
        return strokes

    def _layout(self, width: int) -> QTextLayout:
        if width not in self._laid:
            if len(self._laid) > 1:  # the width now, and the one that is tried
                self._laid.pop(next(iter(self._laid)))
            layout = QTextLayout(self.text.replace("\n", "\u2028"), self.font())
            wrap = QTextOption()
            wrap.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            layout.setTextOption(wrap)
            layout.beginLayout()
            y = 0.0
            while (line := layout.createLine()).isValid():
                line.setLineWidth(max(width, 40))
                line.setPosition(QPointF(0, y))
                y += self._line()
            layout.endLayout()
            self._laid[width] = layout
        return self._laid[width]

    def _line(self) -> float:
        return QFontMetricsF(self.font()).height() * _LEADING

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self, _theme: object = None) -> None:
        self._laid = {}
        self.updateGeometry()
        self.update()
