"""The hits of one method as a Qt list model."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from explorer.text_units import units
from models.data.records import Passages

Index = QModelIndex | QPersistentModelIndex
ITEM = Qt.ItemDataRole.UserRole
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class HitItem:
    """One hit as it is drawn. ``share`` is its score between the list's last (0) and first (1).

    ``answer`` is the span that a reader found, in the units of Qt's strings.
    """

    row: int
    rank: int
    score: float
    share: float
    title: str
    text: str
    source: str
    only: str
    sentence: tuple[int, int] | None = None
    answer: tuple[int, int] | None = None


class HitModel(QAbstractListModel):
    """Replaced whole with each answer; highlights arrive a moment later."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.items: tuple[HitItem, ...] = ()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        item = self.items[index.row()]
        if role == ITEM:
            return item
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{item.rank}. {item.title}, score {item.score:.3f}. {item.text}"
        return None

    def show(self, items: tuple[HitItem, ...]) -> None:
        """Shows ``items`` and nothing else."""
        if items == self.items:
            return
        self.beginResetModel()
        self.items = items
        self.endResetModel()

    def mark(self, sentences: Mapping[int, tuple[int, int]]) -> None:
        """Highlights a span of characters in each passage row."""
        self.items = tuple(
            replace(item, sentence=sentences.get(item.row, item.sentence)) for item in self.items
        )
        if self.items:
            self.dataChanged.emit(self.index(0), self.index(len(self.items) - 1))

    def mark_answer(self, row: int, span: tuple[int, int] | None) -> None:
        """Marks the answer, a span of characters, in one passage row, and in no other."""
        for place, item in enumerate(self.items):
            found = _units(item.text, span) if item.row == row and span is not None else None
            if found != item.answer:
                changed = replace(item, answer=found)
                self.items = (*self.items[:place], changed, *self.items[place + 1 :])
                self.dataChanged.emit(self.index(place), self.index(place))

    def find(self, row: int) -> QModelIndex:
        """The index of a passage row, invalid when it is not among the hits."""
        for position, item in enumerate(self.items):
            if item.row == row:
                return self.index(position)
        return QModelIndex()


def items_of(
    passages: Passages, hits: tuple, only: frozenset[int], label: str
) -> tuple[HitItem, ...]:
    """Hits joined with their text; ``only`` are the rows that no other method found.

    A card shows the first 4,000 characters, so that one endless record cannot hold up the list.
    """
    if not hits:
        return ()
    top, low = hits[0].score, hits[-1].score
    span = (top - low) or 1.0
    items = []
    for hit in hits:
        passage = passages[hit.row]
        items.append(
            HitItem(
                row=hit.row,
                rank=hit.rank,
                score=hit.score,
                share=(hit.score - low) / span if top > low else 1.0,
                title=passage.title or passage.id,
                text=_card_text(passage.text),
                source=passage.source,
                only=label if hit.row in only else "",
            )
        )
    return tuple(items)


def _card_text(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _units(text: str, span: tuple[int, int]) -> tuple[int, int] | None:
    """``span`` in UTF-16 units, as Qt counts; None where it is beyond what a card shows."""
    if span[1] > min(len(text), _LONGEST):
        return None
    return units(text, span)
