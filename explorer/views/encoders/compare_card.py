"""What is said of the point under the cursor, at the edge of its map that is farther from it."""

from PySide6.QtCore import QPointF

from explorer.plane_parts import PointCard
from explorer.theme import px, space


class EdgeCard(PointCard):
    """As wide as the map; beside the point it would hide the lines that lead from it."""

    def show_point(self, title: str, text: str, at: QPointF) -> None:
        self.title.setText(title)
        self.text.setText(text)
        side = space(3)
        self._column.setContentsMargins(side, space(1), side, space(1))
        self._column.setSpacing(0)
        room = self.parentWidget().rect()
        width = min(px(480), room.width())
        self.setFixedWidth(width)
        self.setFixedHeight(min(self._column.totalHeightForWidth(width), room.height() // 2))
        below = at.y() < room.height() / 2
        x = round(min(max(at.x() - width / 2, 0), room.width() - width))
        self.move(x, room.height() - self.height() if below else 0)
        self.show()
        self.raise_()
