"""From a column, clusters or scores to a colour a point and a legend that explains it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from explorer.palettes import categorical, rgb, sequential

_CLASSES = 24  # beyond these the eye no longer tells colours apart; the rest is "other"
_OTHER = "#8a8f9c"
_STEP = 65_536

#: A column of text: a sequence of cells, or Arrow's.
Cells = Sequence[str] | pa.ChunkedArray


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One class: its name, its colour #rrggbb, how many points have it."""

    label: str
    color: str
    count: int


@dataclass(frozen=True)
class Coloring:
    """``colors`` (N, 3) bytes; either ``legend`` with ``classes`` (N,) or the ends of a ramp."""

    colors: NDArray[np.uint8]
    legend: tuple[LegendEntry, ...] = ()
    classes: NDArray[np.int32] | None = None
    ramp: tuple[float, float] | None = None


def by_class(values: Cells) -> Coloring:
    """Classes in order of size; those after the 24th share one grey, and the legend says so."""
    column = as_column(values)
    counted = pc.value_counts(column)
    names, counts = counted.field("values"), counted.field("counts")
    distinct = len(counted)
    if not distinct:
        return Coloring(np.zeros((0, 3), np.uint8), (), np.zeros(0, np.int32))
    table = pa.table({"name": names, "count": counts})
    order = [("count", "descending"), ("name", "ascending")]
    named = distinct if distinct <= _CLASSES else _CLASSES - 1
    largest = pc.select_k_unstable(table, named, order)
    shown = names.take(largest)
    places = pc.fill_null(pc.index_in(column, value_set=shown), named)
    classes = places.to_numpy().astype(np.int32, copy=False)
    sizes = counts.take(largest).to_pylist()
    labels = [label or "(empty)" for label in shown.to_pylist()]
    return _classed(classes, labels, sizes, distinct - named)


def by_number(numbers: NDArray[np.int32], names: Sequence[str]) -> Coloring:
    """Classes by number (N,) into ``names``; those of the same name are one class."""
    distinct = list(dict.fromkeys(names))
    place = np.array([distinct.index(name) for name in names], np.int32)
    sizes = np.bincount(place[numbers], minlength=len(distinct))
    order = sorted(range(len(distinct)), key=lambda at: (-sizes[at], distinct[at]))[:_CLASSES]
    rank = np.full(len(distinct), len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    shown = [distinct[at] for at in order], sizes[order].tolist()
    return _classed(rank[place][numbers], *shown, len(distinct) - len(order))


def _classed(
    classes: NDArray[np.int32], labels: list[str], sizes: list[int], others: int
) -> Coloring:
    """``classes`` (N,) number the labels, and one more for all ``others``."""
    colors = categorical(len(labels))
    if others:
        colors.append(_OTHER)
        sizes = [*sizes, len(classes) - sum(sizes)]
        labels = [*labels, f"{others:,} others"]
    legend = tuple(map(LegendEntry, labels, colors, sizes))
    return Coloring(rgb(colors)[classes], legend, classes)


def by_value(values: NDArray[np.floating]) -> Coloring:
    """A sequential ramp from the least to the greatest finite value; NaN is grey."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
    span = (high - low) or 1.0
    return Coloring(sequential((values - low) / span), ramp=(low, high))


def by_column(values: Cells) -> Coloring:
    """Numbers as a ramp where every cell that is not empty is one and they vary, else classes."""
    numbers = as_numbers(values)
    if numbers is not None and len(np.unique(numbers[np.isfinite(numbers)])) > _CLASSES:
        return by_value(numbers)
    return by_class(values)


def as_numbers(values: Cells) -> NDArray[np.float64] | None:
    """The column as numbers with NaN for empty cells, or None when it holds anything else."""
    column = as_column(values)
    numbers = np.full(len(column), np.nan)
    for start in range(0, len(column), _STEP):  # most columns are given up at their first words
        cells = pc.utf8_trim_whitespace(column.slice(start, _STEP))
        given = pc.if_else(pc.equal(cells, ""), None, cells)
        try:
            found = pc.cast(given, pa.float64())
        except pa.ArrowInvalid:
            return None
        numbers[start : start + _STEP] = pc.fill_null(found, np.nan).to_numpy()
    return None if np.isnan(numbers).all() else numbers


def as_column(values: Cells) -> pa.ChunkedArray:
    """Cells as Arrow holds them, whose loops leave the other threads alone."""
    if isinstance(values, pa.ChunkedArray):
        return values
    return pa.chunked_array([pa.array(values, pa.large_string())])


def best_column(columns: dict[str, Sequence[str]]) -> str | None:
    """The first column that tells points apart without naming each: 2 to 40 classes."""
    for name, values in columns.items():
        distinct = len(set(values))
        if 2 <= distinct <= 40 and distinct < len(values):
            return name
    return None
