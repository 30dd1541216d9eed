"""What stands in the table of scores: encoders that were added, and rows that papers print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from models.encoders.card import EncoderCard
from models.evaluation.score_table import (
    OTHER_COLUMNS,
    STS_COLUMNS,
    TRANSFER_COLUMNS,
    Column,
    Row,
    pooling_of,
    published_rows,
    with_averages,
)
from models.evaluation.text_material import GEOMETRY, TASKS, TRIPLETS, Survey
from models.evaluation.text_scores import Score

#: Columns that are seen together, by id.
GROUPS: Mapping[str, tuple[str, tuple[Column, ...]]] = MappingProxyType(
    {
        "sts": ("STS", STS_COLUMNS),
        "transfer": ("Transfer", TRANSFER_COLUMNS),
        "other": ("Geometry and triplets", OTHER_COLUMNS),
    }
)
_TASKS = {"alignment": GEOMETRY, "uniformity": GEOMETRY, "ordered": TRIPLETS, "margin": TRIPLETS}


@dataclass(frozen=True)
class Entry:
    """An encoder that the user added.

    Attributes:
        key: of its vectors; two poolings of one model are two entries.
        source: what loads it again.
        pooling: how its states become a vector, as its card names it.
        name: for people.
        about: its pooling in words, and of a run its step.
        scores: by task, as far as they are known on the data at hand.
        pending: tasks that are about to be measured.
    """

    key: str
    source: str
    pooling: str
    name: str
    about: str
    scores: Mapping[str, Score] = field(default_factory=dict)
    pending: frozenset[str] = frozenset()

    @property
    def row(self) -> Row:
        """Its figures, averages among them."""
        figures: dict[str, float] = {}
        for score in self.scores.values():
            figures.update(score.figures)
        return Row(self.name, self.about, False, MappingProxyType(with_averages(figures)))

    def plain(self) -> dict[str, str]:
        """What settings remember of it."""
        names = ("key", "source", "pooling", "name", "about")
        return {name: getattr(self, name) for name in names}


def entry_of(card: EncoderCard, step: int | None = None) -> Entry:
    """An encoder without scores yet."""
    at = "" if step is None else f", step {step:,}"
    pooling = card.conventions.pooling
    return Entry(card.key, card.source, pooling, card.name, f"{pooling_of(card)}{at}")


def remembered(values: Any) -> tuple[Entry, ...]:
    """Entries from settings, without whatever is not one."""
    names = ("key", "source", "pooling", "name", "about")
    found = {}
    for value in values if isinstance(values, list) else ():
        if isinstance(value, dict) and all(isinstance(value.get(name), str) for name in names):
            found[value["key"]] = Entry(*(value[name] for name in names))
    return tuple(found.values())


@dataclass(frozen=True, eq=False)
class Line:
    """A row as it is shown.

    Attributes:
        id: the same from one showing to the next.
        entry: None of a published row.
        why: a sentence by column on why there is no figure.
    """

    id: str
    row: Row
    entry: Entry | None
    why: Mapping[str, str]

    def waits(self, column: Column) -> bool:
        """Whether its figure is about to be measured."""
        return self.entry is not None and task_of(column) in self.entry.pending


def task_of(column: Column) -> str:
    """The task that a column's figure comes from; empty for an average."""
    task = _TASKS.get(column.id, column.id)
    return task if task in TASKS else ""


def lines(
    entries: Sequence[Entry], survey: Survey | None, columns: Sequence[Column]
) -> tuple[Line, ...]:
    """The entries in the order in which they were added, then what papers print of ``columns``."""
    names = {column.id for column in columns}
    own = [Line(entry.key, entry.row, entry, _why(entry, survey)) for entry in entries]
    printed = [row for row in published_rows() if names & set(row.figures)]
    return (*own, *(Line(row.title, row, None, _unprinted(row)) for row in printed))


def _columns() -> list[Column]:
    return [column for _, columns in GROUPS.values() for column in columns]


def _why(entry: Entry, survey: Survey | None) -> Mapping[str, str]:
    missing = {} if survey is None else survey.missing
    why = {}
    for column in _columns():
        task = task_of(column)
        if not task:
            why[column.id] = "An average is of all seven tasks, and some are not measured."
        else:
            why[column.id] = missing.get(task, "Not measured yet.")
    return why


def _unprinted(row: Row) -> Mapping[str, str]:
    sentence = f"{row.about} does not print it."
    return {column.id: sentence for column in _columns() if column.id not in row.figures}
