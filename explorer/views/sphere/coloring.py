"""From a column, clusters or scores to a colour a point and a legend that explains it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.palettes import categorical, rgb, sequential

_CLASSES = 24  # beyond these the eye no longer tells colours apart; the rest is "other"
_OTHER = "#8a8f9c"


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


def by_class(values: Sequence[str]) -> Coloring:
    """Classes in order of size; those after the 24th share one grey, and the legend says so."""
    counts = Counter(values)
    order = sorted(counts, key=lambda label: (-counts[label], label))
    shown = order if len(order) <= _CLASSES else order[: _CLASSES - 1]
    number = {label: position for position, label in enumerate(shown)}
    rest = len(shown)
    classes = np.fromiter((number.get(value, rest) for value in values), np.int32, len(values))
    colors = categorical(len(shown)) + ([_OTHER] if len(order) > len(shown) else [])
    labels = [label or "(empty)" for label in shown]
    sizes = [counts[label] for label in shown]
    if len(order) > len(shown):
        labels.append(f"{len(order) - len(shown):,} others")
        sizes.append(len(values) - sum(sizes))
    legend = tuple(map(LegendEntry, labels, colors, sizes))
    table = rgb(colors) if colors else np.zeros((0, 3), np.uint8)
    return Coloring(table[classes], legend, classes)


def by_value(values: NDArray[np.floating]) -> Coloring:
    """A sequential ramp from the least to the greatest finite value; NaN is grey."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
    span = (high - low) or 1.0
    return Coloring(sequential((values - low) / span), ramp=(low, high))


def by_column(values: Sequence[str]) -> Coloring:
    """Numbers as a ramp where every cell that is not empty is one and they vary, else classes."""
    numbers = as_numbers(values)
    if numbers is not None and len(np.unique(numbers[np.isfinite(numbers)])) > _CLASSES:
        return by_value(numbers)
    return by_class(values)


def as_numbers(values: Sequence[str]) -> NDArray[np.float64] | None:
    """The column as numbers with NaN for empty cells, or None when it holds anything else."""
    if not any(values):
        return None
    try:
        return np.array([float(value) if value.strip() else np.nan for value in values])
    except ValueError:
        return None


def best_column(columns: dict[str, Sequence[str]]) -> str | None:
    """The first column that tells points apart without naming each: 2 to 40 classes."""
    for name, values in columns.items():
        distinct = len(set(values))
        if 2 <= distinct <= 40 and distinct < len(values):
            return name
    return None
