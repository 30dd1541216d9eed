"""The plane with the name of each encoder beside its point."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.plane import PlaneChart
from explorer.theme import Theme, px, themes

_NO_LIMIT = (1 << 24) - 1  # Qt's greatest height of a widget
_LONGEST = 220  # pixels of a name at text size 100 %


class NamedPlane(PlaneChart):
    """Points coloured by STS-B, each with its name where there is room for it."""

    def __init__(self) -> None:
        super().__init__(240, ("STS-B", ""))
        self.names = _Names(self)
        self.getViewBox().sigRangeChanged.connect(lambda *_: self.names.update())
        self._lay_out()

    def _dress(self, theme: Theme) -> None:
        super()._dress(theme)
        self.setMinimumHeight(px(200))  # and as high as there is room
        self.setMaximumHeight(_NO_LIMIT)

    def _lay_out(self, _changed: object = None) -> None:
        super()._lay_out()
        if hasattr(self, "names"):  # the chart lays itself out before they are there
            self.names.setGeometry(self.rect())
            self.names.raise_()
            self.card.raise_()


class _Names(QWidget):
    """Names over the chart; one that would hide another name or a point goes elsewhere, or away."""

    def __init__(self, chart: NamedPlane) -> None:
        super().__init__(chart)
        self._chart = chart
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(themes().current.text))
        for box, text in self.places():
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def places(self) -> list[tuple[QRectF, str]]:
        """Where each name that has room stands: right of its point, left, above or below it."""
        spots = self._chart.spots()
        names = [title for title, _ in self._chart._texts]
        area = self._chart.getViewBox().sceneBoundingRect()
        room = px(9)
        taken = [QRectF(x - room, y - room, 2 * room, 2 * room) for x, y in spots]
        found = []
        metrics = self.fontMetrics()
        for at in np.argsort(spots[:, 1], kind="stable") if len(spots) else ():
            text = metrics.elidedText(names[at], Qt.TextElideMode.ElideRight, px(_LONGEST))
            width, height = metrics.horizontalAdvance(text) + px(4), metrics.height()
            x, y = (float(each) for each in spots[at])
            others = taken[:at] + taken[at + 1 :]
            for corner in (
                QPointF(x + room, y - height / 2),
                QPointF(x - room - width, y - height / 2),
                QPointF(x - width / 2, y - room - height),
                QPointF(x - width / 2, y + room),
                QPointF(x + room - width, y - room - height),
                QPointF(x + room - width, y + room),
                QPointF(x - room, y - room - height),
                QPointF(x - room, y + room),
            ):
                box = QRectF(corner.x(), corner.y(), width, height)
                if area.contains(box) and not any(box.intersects(other) for other in others):
                    taken.append(box)
                    found.append((box, text))
                    break
        return found
