"""The passages beside a question as rows of a table that can be sorted."""

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon

from explorer import icons
from explorer.theme import themes
from explorer.views.negatives.looks import (
    LOOKS,
    change,
    color_of,
    name_of,
    percent,
    score,
    signed,
)
from models.data.records import Passages
from models.negative_study.pick import KINDS, Kind
from models.negative_study.study import Candidate, Study, Weighed

#: Of each column: its title and what it says.
TITLES = {
    "kind": ("Kind", "What the passage is to the question"),
    "passage": ("Passage", "Its title, or how it begins"),
    "a": ("A", "Score under encoder A: cosine, or dot product where it is trained with that"),
    "b": ("B", "Score under encoder B"),
    "change": ("B − A", "By how much the score has risen; empty where A and B measure otherwise"),
    "rank_a": ("Rank A", "Place among all passages under A; 1 is the nearest"),
    "rank_b": ("Rank B", "Place among all passages under B"),
    "bm25": ("BM25", "Score by the words that it shares with the question"),
    "weight_a": ("Loss A", "Softmax weight in the loss under A: each negative's share of the push"),
    "weight_b": ("Loss B", "Softmax weight in the loss under B"),
}
COLUMNS = tuple(TITLES)
_WORDS = ("kind", "passage")
_LONGEST = 160  # characters of a passage that a cell may show
Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()


class CandidateModel(QAbstractTableModel):
    """Shows the candidates of a study in some order, without those of hidden kinds."""

    def __init__(self) -> None:
        super().__init__()
        self.study: Study | None = None
        self.order: list[int] = []  # places of candidates, as shown
        self._names: list[str] = []
        self._dots: dict[str, QIcon] = {}
        self._weights: tuple[Sequence[float], Sequence[float]] = ((), ())
        self._sorted: tuple[str, bool] = ("kind", False)
        self._hidden: frozenset[Kind] = frozenset()

    def show_study(self, study: Study | None, passages: Passages | None) -> None:
        """Shows another question's candidates."""
        self.beginResetModel()
        self.study, self._weights = study, ((), ())
        self._names = []
        if study is not None and passages is not None:
            self._names = [_name(passages, each.row) for each in study.candidates]
        self._arrange()
        self.endResetModel()

    def show_weights(self, weighed: tuple[Weighed, Weighed]) -> None:
        """Fills in the weights in the loss; rows sorted by them are sorted anew."""
        self.layoutAboutToBeChanged.emit()
        before = list(self.order)
        self._weights = weighed[0].shares.tolist(), weighed[1].shares.tolist()
        self._arrange()
        self._move(before)

    def arrange(self, column: str, descending: bool) -> None:
        """Sorts by a column; equal ones stay in the order of their kinds."""
        self.layoutAboutToBeChanged.emit()
        before = list(self.order)
        self._sorted = column, descending
        self._arrange()
        self._move(before)

    def hide_kinds(self, hidden: frozenset[Kind]) -> None:
        """Leaves out candidates of these kinds."""
        self.beginResetModel()
        self._hidden = hidden
        self._arrange()
        self.endResetModel()

    def candidate(self, row: int) -> Candidate | None:
        """What stands in a row."""
        if self.study is None or not 0 <= row < len(self.order):
            return None
        return self.study.candidates[self.order[row]]

    def row_of(self, passage: int) -> int:
        """Where a passage stands; −1 if it is not shown."""
        if self.study is not None:
            for row, at in enumerate(self.order):
                if self.study.candidates[at].row == passage:
                    return row
        return -1

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, side: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if side != Qt.Orientation.Horizontal or section >= len(COLUMNS):
            return None
        title, hint = TITLES[COLUMNS[section]]
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint
        return _side(COLUMNS[section]) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        candidate = self.candidate(index.row()) if index.isValid() else None
        if candidate is None or self.study is None:
            return None
        name, at = COLUMNS[index.column()], self.order[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(name, at, candidate)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(name)
        if role == Qt.ItemDataRole.DecorationRole and name == "kind":
            return self._dot(color_of(candidate.kind))
        if role == Qt.ItemDataRole.ToolTipRole:
            if name == "kind":
                return "\n".join(LOOKS[kind][2] for kind in candidate.kinds)
            return candidate.why if name == "passage" else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._color(name, candidate)
        return None

    def _text(self, name: str, at: int, candidate: Candidate) -> str:
        assert self.study is not None
        cosine = self.study.cosine
        if name == "kind":
            more = len(candidate.kinds) - 1
            return name_of(candidate.kind) + (f" +{more}" if more else "")
        if name == "passage":
            return self._names[at]
        if name in ("a", "b"):
            side = "ab".index(name)
            return score(candidate.scores[side], cosine[side])
        if name == "change":
            value = change(candidate.scores, cosine)
            return "–" if np.isnan(value) else signed(value, cosine[0])
        if name in ("rank_a", "rank_b"):
            return f"{candidate.ranks['ab'.index(name[-1])]:,}"
        if name == "bm25":
            return f"{candidate.bm25:.1f}" if candidate.bm25 else "–"
        weights = self._weights["ab".index(name[-1])]
        return percent(weights[at]) if weights else "–"

    def _color(self, name: str, candidate: Candidate) -> object:
        """A negative that scores above the right passage is told by its colour, and its rank."""
        if self.study is None or name not in ("a", "b") or candidate.kind in KINDS[:2]:
            return None
        side = "ab".index(name)
        right = max(each.scores[side] for each in self.study.candidates if each.kind == "positive")
        wrong = candidate.scores[side] >= right
        return QColor(themes().current.danger) if wrong else None

    def _dot(self, color: str) -> QIcon:
        """The same icon each time, which then keeps what it has drawn."""
        if color not in self._dots:
            self._dots[color] = icons.icon("dot", color)
        return self._dots[color]

    def _arrange(self) -> None:
        study = self.study
        if study is None:
            self.order = []
            return
        shown = [at for at, each in enumerate(study.candidates) if each.kind not in self._hidden]
        column, descending = self._sorted
        key = self._keys(study)[column]
        known = [at for at in shown if not _missing(key(at))]
        unknown = [at for at in shown if _missing(key(at))]
        self.order = sorted(known, key=key, reverse=descending) + unknown

    def _keys(self, study: Study) -> dict[str, Callable[[int], object]]:
        each = study.candidates
        keys: dict[str, Callable[[int], object]] = {
            "kind": lambda at: KINDS.index(each[at].kind),
            "passage": lambda at: self._names[at].casefold(),
            "change": lambda at: change(each[at].scores, study.cosine),
            "bm25": lambda at: each[at].bm25,
        }
        for side, name in enumerate("ab"):
            keys[name] = lambda at, s=side: each[at].scores[s]
            keys[f"rank_{name}"] = lambda at, s=side: each[at].ranks[s]
            weights = self._weights[side]
            keys[f"weight_{name}"] = lambda at, w=weights: w[at] if w else float("nan")
        return keys

    def _move(self, before: list[int]) -> None:
        """Lets selections follow their passages to other rows."""
        row = {at: row for row, at in enumerate(self.order)}
        for old in self.persistentIndexList():
            new = row.get(before[old.row()], -1) if old.row() < len(before) else -1
            there = self.index(new, old.column()) if new >= 0 else QModelIndex()
            self.changePersistentIndex(old, there)
        self.layoutChanged.emit()


def _missing(value: object) -> bool:
    return isinstance(value, float) and bool(np.isnan(value))


def _side(name: str) -> Qt.AlignmentFlag:
    across = Qt.AlignmentFlag.AlignLeft if name in _WORDS else Qt.AlignmentFlag.AlignRight
    return across | Qt.AlignmentFlag.AlignVCenter


def _name(passages: Passages, row: int) -> str:
    """A passage in a line: many share a title, so its text follows."""
    passage = passages[row]
    text = passage.text[:_LONGEST]
    return " ".join((f"{passage.title}: {text}" if passage.title else text).split())
