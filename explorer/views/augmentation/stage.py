"""The image and its views, arranged by the room there is."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.views.augmentation.grid import ViewGrid
from explorer.views.augmentation.original import Original
from explorer.views.augmentation.picker import ImagePicker
from explorer.widgets import Label
from models.augment.studio import Drawn
from models.augment.telling import tell

_HINT = "Point at a view to see what was drawn for it, and where it was cut out."


class Stage(QWidget):
    """Original and picker over the views where it is tall, at their left where it is wide."""

    def __init__(self, picker: ImagePicker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.original = Original()
        self.grid = ViewGrid()
        self.caption = Label(_HINT, "caption", wrap=True)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.drawn: Drawn | None = None
        self._tips: list[str] = []
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.addWidget(self.original, 0, Qt.AlignmentFlag.AlignTop)
        self._head.addWidget(picker, 1)
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._body.addLayout(self._head)
        self._body.addWidget(self.grid, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._body, 1)
        self._column.addWidget(self.caption)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.grid.looked_at.connect(lambda row: self.look((row,) if row >= 0 else ()))
        self.original.hovered.connect(self._all_boxes)
        themes().changed.connect(self._arrange)

    def show_drawn(self, drawn: Drawn) -> None:
        """Shows the image and the views that were drawn of it."""
        self.drawn = drawn
        self._tips = [f"View {row + 1}: {tell(drawn, row)}." for row in range(len(drawn.views))]
        self.original.show_image(drawn.request.image)
        self.original.show_boxes(drawn.boxes)
        self.grid.show_views(drawn.views)
        self.look((self.grid.current,) if self.grid.current >= 0 else ())

    def look(self, rows: tuple[int, ...], text: str = "") -> None:
        """Frames views and draws their crop boxes; ``text`` is told instead of what was drawn."""
        self.grid.mark(rows)
        self.original.mark(rows)
        if not text and len(rows) == 1:
            text = self._tips[rows[0]]
        self.caption.setText(text or _HINT)

    def _all_boxes(self, on: bool) -> None:
        if self.drawn is not None and not self.grid.current >= 0:
            count = len(self.drawn.boxes)
            self.caption.setText(f"The crop boxes of all {count} views." if on else _HINT)

    def minimumSizeHint(self) -> QSize:
        # Not that of its parts: the original's side follows from this widget's size.
        return QSize(px(300), px(300))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self, _theme: object = None) -> None:
        direction = QBoxLayout.Direction
        self.caption.setFixedHeight(3 * self.caption.fontMetrics().lineSpacing())
        self._column.setSpacing(space(2))
        self._body.setSpacing(space(4))
        self._head.setSpacing(space(4))
        width, height = self.width(), self.height() - self.caption.height() - space(2)
        gap = space(4)
        # The grid is a square: beside the original, which leaves that larger, or under it where the
        # grid would lose too much.
        beside = min(height, width - gap - px(240), round(0.7 * (width - gap)))
        below = min(width, height - gap - px(140))
        wide = beside >= 0.85 * below
        self._body.setDirection(direction.LeftToRight if wide else direction.TopToBottom)
        self._head.setDirection(direction.TopToBottom if wide else direction.LeftToRight)
        if wide:  # what the picker needs stays free under the original
            side = min(width - beside - gap, height - px(140))
        else:
            side = min(height - below - gap, round(0.55 * width))
        side = max(px(96), side)
        self.original.setFixedSize(side, side)
