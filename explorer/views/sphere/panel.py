"""The side panel: what is selected, its nearest neighbours, and the question's hits."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.widgets import Card, ElidedLabel, IconButton, Label, ScrollPage
from explorer.widgets.rows import RowButton
from models.data.records import Passages

_STARTS = 100  # characters of a passage's text that can matter in one line
_NAMED = 30  # rows listed of a large selection

#: Row, title, figure, beginning of the text.
Entry = tuple[int, str, str, str]


class SidePanel(ScrollPage):
    """Plain lists of passages; choosing one selects it everywhere."""

    chosen = Signal(int)
    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Selection and hits", parent=parent)
        self.selection = Card(padding=4)
        self.title = Label("", "heading", wrap=True)
        self.source = ElidedLabel("", "caption")
        self.text = Label("", wrap=True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.close_button = IconButton("close", "Clear the selection (Esc)", size=14)
        self.close_button.clicked.connect(self.cleared)
        self.neighbours = _Section("Nearest neighbours", self.chosen.emit)
        self.hits = _Section("Hits of the question", self.chosen.emit)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.selection.column.addLayout(head)
        self.selection.column.addWidget(self.source)
        self.selection.column.addWidget(self.text)
        self.selection.column.addWidget(self.neighbours)
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.addWidget(self.selection)
        self._column.addWidget(self.hits)
        self._column.addStretch(1)
        self.setWidget(body)
        themes().changed.connect(self._fit)
        self._fit()
        self.show_selection(None, ())
        self.hits.hide()

    def show_selection(self, passages: Passages | None, rows: tuple[int, ...]) -> None:
        """The primary passage whole; of many, their titles."""
        self.selection.setVisible(bool(rows))
        self.neighbours.hide()
        if passages is None or not rows:
            return
        if len(rows) == 1:
            passage = passages[rows[0]]
            self.title.setText(passage.title or passage.id)
            fields = " · ".join(value for value in passage.fields.values() if value)
            self.source.setText(" · ".join(part for part in (fields, passage.source) if part))
            self.text.setText(passage.text)
        else:
            self.title.setText(f"{len(rows):,} passages")
            more = f", the first {_NAMED} listed" if len(rows) > _NAMED else ""
            self.source.setText(f"chosen together{more}")
            self.text.setText("")
            listed = [_entry(passages, row, "") for row in rows[:_NAMED]]
            self.neighbours.show_rows("Selected", listed)
        self.text.setVisible(len(rows) == 1)

    def show_neighbours(
        self, passages: Passages, rows: list[int], similarities: list[float]
    ) -> None:
        """The nearest passages in the space of the vectors, not of the picture."""
        listed = [
            _entry(passages, row, f"{similarity:.3f}")
            for row, similarity in zip(rows, similarities, strict=True)
        ]
        self.neighbours.show_rows("Nearest neighbours", listed)

    def show_hits(self, passages: Passages | None, hits: list[tuple[int, float]]) -> None:
        """The dense hits of the present question."""
        self.hits.setVisible(bool(hits))
        if passages is not None and hits:
            listed = [_entry(passages, row, f"{score:.3f}") for row, score in hits]
            self.hits.show_rows("Hits of the question", listed)

    def _fit(self, _theme: object = None) -> None:
        self._column.setContentsMargins(0, 0, space(2), 0)
        self._column.setSpacing(space(3))


class _Section(QWidget):
    """A heading over one line a passage."""

    def __init__(self, title: str, choose) -> None:
        super().__init__()
        self._choose = choose
        self.heading = Label(title, "caption")
        self.rows: list[RowButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, space(1), 0, 0)
        self._column.setSpacing(0)
        self.heading.setContentsMargins(space(2), 0, 0, space(1))
        self._column.addWidget(self.heading)

    def show_rows(self, heading: str, rows: list[Entry]) -> None:
        self.heading.setText(heading)
        for position, (row, title, figure, more) in enumerate(rows):
            if position == len(self.rows):
                button = RowButton()
                button.chosen.connect(self._choose)
                self.rows.append(button)
                self._column.addWidget(button)
            self.rows[position].show_row(row, title, figure, more)
            self.rows[position].show()
        for spare in self.rows[len(rows) :]:
            spare.hide()
        self.show()


def _entry(passages: Passages, row: int, figure: str) -> Entry:
    """A passage as a line: many passages share a title, so its text follows."""
    passage = passages[row]
    start = passage.text[:_STARTS]
    return (row, passage.title, figure, start) if passage.title else (row, start, figure, "")
