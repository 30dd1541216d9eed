"""Which phenomena fail: groups of triplets with the share that is in the right order."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.views.triplets.looks import encoder_colors, small
from explorer.widgets import Label
from explorer.widgets.rows import HoverRow
from models.triplet_table import Group

_BAR = 6


class GroupRow(HoverRow):
    """A group: its name and size, and a bar an encoder; a click shows its triplets."""

    def __init__(self, group: Group) -> None:
        super().__init__()
        self.group = group
        title = group.title.capitalize() if group.title.islower() else group.title
        self.setText(title)
        shares = ", ".join(
            f"{name}: {share:.0f} % in the right order"
            for name, share in zip("AB", group.ordered, strict=False)
        )
        self.setAccessibleName(f"{title}, {group.count:,} triplets. {shares}")
        margins = ", ".join(f"{margin:+.3f}" for margin in group.margins)
        self.setToolTip(f"Mean margin {margins}" if margins else "")

    def sizeHint(self) -> QSize:
        bars = max(1, len(self.group.ordered)) * px(_BAR + 4)
        return QSize(px(200), self.fontMetrics().height() + bars + px(10))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_ground(painter)
        inner = QRectF(self.rect()).adjusted(space(2), px(4), -space(2), 0)
        self._write(painter, inner)
        self._bars(painter, inner)

    def _write(self, painter: QPainter, inner: QRectF) -> None:
        theme, metrics = themes().current, painter.fontMetrics()
        line = QRectF(inner.left(), inner.top(), inner.width(), metrics.height())
        shares = " / ".join(f"{share:.0f} %" for share in self.group.ordered) or "–"
        painter.setPen(QColor(theme.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, shares)
        room = line.width() - metrics.horizontalAdvance(shares) - space(3)
        title = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, title)
        line.setLeft(line.left() + metrics.horizontalAdvance(title) + space(2))
        painter.setFont(small(self.font()))
        painter.setPen(QColor(theme.muted))
        if metrics.horizontalAdvance(title) + space(10) < room:
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, f"{self.group.count:,}")

    def _bars(self, painter: QPainter, inner: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        top = inner.top() + self.fontMetrics().height() + px(4)
        for share, color in zip(self.group.ordered, encoder_colors(), strict=False):
            bar = QRectF(inner.left(), top, inner.width(), px(_BAR))
            painter.setBrush(QColor(themes().current.raised))
            painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
            bar.setWidth(bar.width() * share / 100)
            painter.setBrush(QColor(color))
            painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
            top += px(_BAR + 4)


class GroupList(QWidget):
    """``picked`` carries the group whose triplets are to be shown."""

    picked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[GroupRow] = []
        self.note = Label(
            "The share of triplets in the right order. An encoder that follows words rather than "
            "meaning fails wherever the contradiction shares more of them.",
            "caption",
            wrap=True,
        )
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(Label("In the right order, by group", "heading"))
        self._column.addWidget(self.note)
        themes().changed.connect(self._fit)
        self._fit()

    def show_groups(self, groups: Sequence[Group]) -> None:
        """Replaces what is listed."""
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [GroupRow(group) for group in groups]
        for row in self.rows:
            row.clicked.connect(lambda _=False, group=row.group: self.picked.emit(group))
            self._column.addWidget(row)

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(1))
