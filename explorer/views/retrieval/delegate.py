"""Paints one hit as a card: rank, title, score, passage with its sentence that matters most."""

from collections import OrderedDict

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
    QPixmap,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from explorer.theme import Theme, space, themes
from explorer.views.retrieval.model import ITEM, HitItem

_LINES = 5
_WIDE = 80  # steps of space from which a card has room for the bar beside its score
_KEPT = 400
_PICTURES = 80


class HitDelegate(QStyledItemDelegate):
    """Cards of wrapped text; the current one is shown whole, the others' first lines.

    Laid-out text is kept, because the same passages come back at nearly every key.
    """

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self._layouts: OrderedDict[tuple, QTextLayout] = OrderedDict()
        self._pictures: OrderedDict[tuple, tuple[QTextLayout, QPixmap]] = OrderedDict()
        self.expanded = -1

    def clear(self) -> None:
        """Forgets laid-out text, for a new font or theme."""
        self._layouts.clear()
        self._pictures.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        item: HitItem = index.data(ITEM)
        width = self._width(option)
        layout = self._layout(item, width - 2 * self._pad() - space(8), option.font)
        return QSize(width, round(self._height(item, layout, option.font)) + space(2))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        item: HitItem = index.data(ITEM)
        theme = themes().current
        pad, gutter = self._pad(), space(8)
        card = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -space(2) - 0.5)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = theme.accent_soft if selected else theme.raised if hovered else theme.surface
        painter.setBrush(QColor(fill))
        painter.setPen(QPen(QColor(theme.accent if selected else theme.line), 1))
        painter.drawRoundedRect(card, space(2), space(2))

        left = card.left() + pad + gutter
        top = card.top() + pad
        self._head(painter, item, theme, option.font, card, left, top)
        layout = self._layout(item, card.right() - pad - left, option.font)
        _, count = self._window(item, layout)
        body = QPointF(left, top + self._head_height(option.font))
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(body, self._body(item, layout, option.font, theme, ratio))
        if count < layout.lineCount():
            bottom = body.y() + count * self._line_height(option.font)
            self._more(painter, theme, left, bottom)
        painter.restore()

    def _head(self, painter, item, theme: Theme, font: QFont, card, left, top) -> None:
        metrics = QFontMetricsF(_bold(font))
        small = _sized(font, 0.86)
        height = self._head_height(font) - space(1)
        painter.setFont(_bold(font))
        painter.setPen(QColor(theme.muted))
        rank = QRectF(card.left() + self._pad(), top, space(7), height)
        painter.drawText(
            rank, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, str(item.rank)
        )

        score = f"{item.score:.3f}"
        painter.setFont(small)
        width = QFontMetricsF(small).horizontalAdvance(score)
        right = card.right() - self._pad()
        box = QRectF(right - width, top, width + 1, metrics.height())
        painter.setPen(QColor(theme.muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, score)
        right = box.left() - space(2)
        if card.width() >= space(_WIDE):
            middle = top + metrics.height() / 2
            right = self._bar(painter, item.share, theme, right, middle) - space(3)

        if item.only:
            width = QFontMetricsF(small).horizontalAdvance(item.only) + space(4)
            chip = QRectF(right - width, top, width, metrics.height())
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 1))
            painter.drawRoundedRect(chip, chip.height() / 2, chip.height() / 2)
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, item.only)
            right = chip.left() - space(2)

        painter.setFont(_bold(font))
        painter.setPen(QColor(theme.text))
        title = metrics.elidedText(item.title, Qt.TextElideMode.ElideRight, max(0.0, right - left))
        painter.drawText(QRectF(left, top, right - left, metrics.height()), 0, title)

    def _bar(
        self, painter: QPainter, share: float, theme: Theme, right: float, middle: float
    ) -> float:
        """The score between the list's last and first, drawn up to ``right``; its left end."""
        bar = QRectF(right - space(10), middle - 1.5, space(10), 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.line))
        painter.drawRoundedRect(bar, 1.5, 1.5)
        painter.setBrush(QColor(theme.accent))
        filled = QRectF(bar.left(), bar.top(), max(3.0, bar.width() * share), bar.height())
        painter.drawRoundedRect(filled, 1.5, 1.5)
        return bar.left()

    def _more(self, painter: QPainter, theme: Theme, left: float, bottom: float) -> None:
        """Three dots under text of which only a part is shown."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.faint))
        for dot in range(3):
            painter.drawEllipse(QPointF(left + 2 + dot * space(1.5), bottom + space(1.5)), 1.4, 1.4)

    def _body(
        self, item: HitItem, layout: QTextLayout, font: QFont, theme: Theme, ratio: float
    ) -> QPixmap:
        """The visible lines as a picture: drawing text is most of what a repaint costs."""
        first, count = self._window(item, layout)
        key = (id(layout), item.sentence, item.answer, first, count, theme.name, ratio)
        kept = self._pictures.pop(key, None)
        if kept is None:
            line = self._line_height(font)
            width = max(1.0, layout.lineAt(0).width()) if layout.lineCount() else 1.0
            size = QSizeF(width, max(1.0, count * line)) * ratio
            picture = QPixmap(size.toSize())
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setPen(QColor(theme.text))
            layout.draw(painter, QPointF(0, -first * line), self._highlight(item, theme))
            painter.end()
            kept = (layout, picture)  # with its layout, whose id stays its own as long as it lives
        self._pictures[key] = kept
        while len(self._pictures) > _PICTURES:
            self._pictures.popitem(last=False)
        return kept[1]

    def _highlight(self, item: HitItem, theme: Theme) -> list[QTextLayout.FormatRange]:
        """The sentence that matters most, and over it the answer, as if it had been selected."""
        found = []
        for span, colors in (
            (item.sentence, (theme.highlight, None)),
            (item.answer, (theme.accent, theme.on_accent)),
        ):
            if span is None:
                continue
            form = QTextCharFormat()
            form.setBackground(QColor(colors[0]))
            if colors[1] is not None:
                form.setForeground(QColor(colors[1]))
            part = QTextLayout.FormatRange()
            part.start, part.length, part.format = span[0], span[1] - span[0], form
            found.append(part)
        return found

    def _layout(self, item: HitItem, width: float, font: QFont) -> QTextLayout:
        key = (item.row, item.text, round(width), font.key())
        layout = self._layouts.pop(key, None)
        if layout is None:
            layout = QTextLayout(item.text.replace("\n", "\u2028"), font)
            wrap = QTextOption()
            wrap.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            layout.setTextOption(wrap)
            layout.beginLayout()
            y = 0.0
            height = self._line_height(font)
            while (line := layout.createLine()).isValid():
                line.setLineWidth(max(width, 40.0))
                line.setPosition(QPointF(0, y))
                y += height
            layout.endLayout()
        self._layouts[key] = layout
        while len(self._layouts) > _KEPT:
            self._layouts.popitem(last=False)
        return layout

    def _window(self, item: HitItem, layout: QTextLayout) -> tuple[int, int]:
        """First line and number of lines drawn: all of the expanded hit, else a few around its
        answer or highlighted sentence. The number depends on neither, so that nothing jumps."""
        lines = layout.lineCount()
        if item.row == self.expanded or lines <= _LINES:
            return 0, lines
        focus = item.answer or item.sentence
        if focus is None:
            return 0, _LINES
        line = layout.lineForTextPosition(focus[0]).lineNumber()
        return (0 if line < _LINES - 1 else min(line - 1, lines - _LINES)), _LINES

    def _height(self, item: HitItem, layout: QTextLayout, font: QFont) -> float:
        _, shown = self._window(item, layout)
        tail = space(3) if shown < layout.lineCount() else 0
        text = shown * self._line_height(font)
        return 2 * self._pad() + self._head_height(font) + text + tail

    def _head_height(self, font: QFont) -> float:
        return QFontMetricsF(_bold(font)).height() + space(1)

    def _line_height(self, font: QFont) -> float:
        return QFontMetricsF(font).height() * 1.18

    def _pad(self) -> float:
        return space(3)

    def _width(self, option: QStyleOptionViewItem) -> int:
        view = option.widget
        return view.viewport().width() if view is not None else option.rect.width()


def _bold(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    return bold


def _sized(font: QFont, factor: float) -> QFont:
    small = QFont(font)
    if font.pointSizeF() > 0:
        small.setPointSizeF(font.pointSizeF() * factor)
    else:
        small.setPixelSize(max(1, round(font.pixelSize() * factor)))
    return small
