"""A set of triplets as one or two encoders see it: figures, order and choice of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.encoders.card import EncoderCard
from models.evaluation.triplets import TripletScore
from models.events import Progress, Work
from models.triplet_set import TripletSet

Only = Literal["all", "wrong", "wrong2", "changed", "mended", "spoiled", "shared", "unshared"]
#: Columns in which text stands, by the name of the attribute of a triplet.
TEXTS = ("premise", "entailment", "contradiction", "kind")
#: Columns of figures: cosines and margin, those of the second encoder, and the change of margin.
FIGURES = ("entailed", "contradicted", "margin", "entailed2", "contradicted2", "margin2", "change")
_STEP = 4096
_BINS = 40  # of margins; even, so that 0 is an edge


@dataclass(frozen=True, eq=False)
class Seen:
    """What one encoder makes of a set."""

    card: EncoderCard
    score: TripletScore

    @property
    def name(self) -> str:
        """The encoder and its pooling, without which the figures mean nothing."""
        return f"{self.card.name}, {self.card.conventions.pooling} pooling"


@dataclass(frozen=True, eq=False)
class TripletTable:
    """A set, and the figures of it that there are so far."""

    what: TripletSet
    first: Seen | None = None
    second: Seen | None = None

    def figures(self, column: str) -> NDArray[np.float32] | None:
        """(N,) one of FIGURES; None while it is not known."""
        if column == "change":
            one, other = self.figures("margin"), self.figures("margin2")
            return None if one is None or other is None else other - one
        seen = self.second if column.endswith("2") else self.first
        if seen is None:
            return None
        name = column.removesuffix("2")
        return {
            "entailed": seen.score.entailed,
            "contradicted": seen.score.contradicted,
            "margin": seen.score.margins,
        }[name]

    def chosen(self, only: Only) -> NDArray[np.bool_] | None:
        """(N,) which triplets are meant; None while that is not known."""
        if only == "all":
            return np.ones(len(self.what), np.bool_)
        if only in ("shared", "unshared"):
            return self.what.shared if only == "shared" else ~self.what.shared
        one, other = (self.figures(name) for name in ("margin", "margin2"))
        if only == "wrong":
            return None if one is None else one <= 0
        if only == "wrong2":
            return None if other is None else other <= 0
        if one is None or other is None:
            return None
        before, after = one > 0, other > 0
        if only == "changed":
            return np.not_equal(before, after)
        return after & ~before if only == "mended" else before & ~after


@dataclass(frozen=True)
class Wanted:
    """Which rows to show, in which order; no ``column`` is the order of the file.

    Attributes:
        column: one of TEXTS or FIGURES.
        kind: only triplets that are examples of it; empty means all.
        words: each of them must occur in one of the three sentences.
    """

    column: str = ""
    descending: bool = False
    only: Only = "all"
    kind: str = ""
    words: str = ""


def arrange(table: TripletTable, wanted: Wanted) -> Work[NDArray[np.int64]]:
    """The rows that ``wanted`` means, in its order. A filter that is not known lets all through."""
    yield Progress("Looking for triplets")
    chosen = table.chosen(wanted.only)
    rows = np.arange(len(table.what)) if chosen is None else np.flatnonzero(chosen)
    if wanted.kind:
        rows = yield from _kept(rows, [t.kind == wanted.kind for t in table.what.triplets])
    for word in wanted.words.casefold().split():
        rows = yield from _with(table.what.texts, rows, word)
    keys: NDArray[np.int64] | NDArray[np.float32] = np.arange(len(table.what))
    if wanted.column in TEXTS:
        keys = yield from table.what.rank(wanted.column)
    elif wanted.column and (figures := table.figures(wanted.column)) is not None:
        keys = figures
    order = np.argsort(keys[rows], kind="stable")
    if wanted.descending and wanted.column:
        # Not the reverse: rows that are alike stay in the order of the file.
        order = len(rows) - 1 - np.argsort(keys[rows][::-1], kind="stable")[::-1]
    result: NDArray[np.int64] = rows[order]
    result.setflags(write=False)
    return result


def _kept(rows: NDArray[np.int64], mask: list[bool]) -> Work[NDArray[np.int64]]:
    yield Progress("Looking for triplets")
    return rows[np.array(mask, np.bool_)[rows]]


def _with(texts: Sequence[str], rows: NDArray[np.int64], word: str) -> Work[NDArray[np.int64]]:
    """Those of ``rows`` whose text holds ``word``."""
    kept: list[int] = []
    for start in range(0, len(rows), _STEP):
        yield Progress("Looking for triplets", start, len(rows), "triplets")
        kept += [row for row in rows[start : start + _STEP].tolist() if word in texts[row]]
    return np.array(kept, np.int64)


@dataclass(frozen=True, slots=True)
class Group:
    """Triplets that have something in common, and what share of them is in the right order.

    Attributes:
        title: what they have in common.
        wanted: what ``arrange`` takes to show them.
        count: how many they are.
        ordered: percent, of the first encoder and of the second where there is one.
        margins: mean margin of the same.
    """

    title: str
    wanted: Wanted
    count: int
    ordered: tuple[float, ...]
    margins: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Digest:
    """The figures of a whole table.

    Attributes:
        edges: (B + 1,) of the bins of margins; 0 is one of them.
        shares: (B,) percent of the triplets in each bin, of each encoder there is.
        groups: see ``Group``.
    """

    edges: NDArray[np.float64]
    shares: tuple[NDArray[np.float64], ...]
    groups: tuple[Group, ...]


def digest(table: TripletTable) -> Work[Digest]:
    """Counts margins and groups: by the words that the contradiction shares, then by kind; groups
    without triplets are left out."""
    yield Progress("Counting triplets")
    what = table.what
    margins = [one.score.margins for one in (table.first, table.second) if one is not None]
    reach = max((float(np.abs(values).max()) for values in margins), default=1.0)
    edges = np.linspace(-1, 1, _BINS + 1) * max(reach, 1e-3)
    shares = tuple(100 * np.histogram(values, edges)[0] / len(what) for values in margins)
    kinds = {kind: number for number, kind in enumerate(what.kinds)}
    numbers = np.array([kinds.get(triplet.kind, -1) for triplet in what.triplets])
    masks = [
        ("The contradiction shares more words", Wanted(only="shared"), what.shared),
        ("It does not share more words", Wanted(only="unshared"), ~what.shared),
        *((kind, Wanted(kind=kind), numbers == number) for kind, number in kinds.items()),
    ]
    found = []
    for title, wanted, mask in masks:
        yield Progress("Counting triplets")
        if mask.any():
            ordered = tuple(100 * float((values[mask] > 0).mean()) for values in margins)
            means = tuple(float(values[mask].mean()) for values in margins)
            found.append(Group(title, wanted, int(mask.sum()), ordered, means))
    return Digest(edges, shares, tuple(found))
