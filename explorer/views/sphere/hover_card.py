"""A passage's title and text beside the point under the cursor."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from explorer.theme import px, space
from explorer.widgets import ElidedLabel, Label
from models.data.records import Passage

_SHOWN = 260


class HoverCard(QFrame):
    """Part of the canvas, so it never leaves it and never takes the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "hovercard")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.title = ElidedLabel("", "heading")
        self.text = Label("", wrap=True)
        self.source = ElidedLabel("", "caption")
        self._column = QVBoxLayout(self)
        for part in (self.title, self.text, self.source):
            self._column.addWidget(part)
        self.hide()

    def show_passage(self, passage: Passage, at: QPointF | None) -> None:
        """Shows the beginning of ``passage`` near ``at``, a point of the parent."""
        if at is None:
            self.hide()
            return
        text = " ".join(passage.text.split())
        if len(text) > _SHOWN:
            text = text[:_SHOWN].rsplit(" ", 1)[0] + " …"
        self.title.setText(passage.title or passage.id)
        self.text.setText(text)
        fields = [value for value in passage.fields.values() if value][:3]
        self.source.setText(" · ".join([*fields, passage.source]))
        side = space(3)
        self._column.setContentsMargins(side, side, side, side)
        self._column.setSpacing(space(1))
        width = min(px(320), self.parentWidget().width() - 2 * side)
        self.setFixedWidth(width)
        height = self._column.totalHeightForWidth(width)  # with the frame around it
        self.setFixedHeight(height if height > 0 else self._column.sizeHint().height())
        self._place(at)
        self.show()
        self.raise_()

    def _place(self, at: QPointF) -> None:
        room = self.parentWidget().rect()
        gap = px(14)
        x, y = at.x() + gap, at.y() - self.height() / 2
        if x + self.width() > room.right():
            x = at.x() - gap - self.width()
        if x < room.left():  # no room beside the point: below it, else above
            x = at.x() - self.width() / 2
            y = at.y() + gap
            if y + self.height() > room.bottom():
                y = at.y() - gap - self.height()
        x = min(max(x, room.left()), room.right() - self.width())
        y = min(max(y, room.top()), room.bottom() - self.height())
        self.move(round(max(x, 0)), round(max(y, 0)))
