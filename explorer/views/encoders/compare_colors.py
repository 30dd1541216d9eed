"""The colours of a comparison: of points by a figure or a column, of neighbours by their fate."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.palettes import OKABE_ITO, categorical, rgb, sequential
from explorer.views.encoders.compare_work import Compared

#: Neighbours under both encoders, under A alone, under B alone.
KEPT, LOST, GAINED = OKABE_ITO[2], OKABE_ITO[3], OKABE_ITO[1]
OVERLAP, ANGLE = "overlap", "angle"
_CLASSES = 12  # of more the largest are named, and the rest share a grey
_OTHER = "#8a8f9c"


@dataclass(frozen=True)
class Paint:
    """Colours (N, 3), and what they mean: the words at both ends of a ramp, or names."""

    colors: NDArray[np.uint8]
    ends: tuple[str, str] | None = None
    names: tuple[tuple[str, str], ...] = ()  # (name, #rrggbb)


def offered(compared: Compared | None) -> list[tuple[str, str]]:
    """(key, title) of everything to colour by; only columns that group points."""
    fixed = [(OVERLAP, "Neighbours kept"), (ANGLE, "Displacement")]
    columns = {} if compared is None else compared.points.columns
    groups = [name for name, cells in columns.items() if 1 < len(set(cells)) < 0.5 * len(cells)]
    return [*fixed, *((f"column {name}", _title(name)) for name in groups)]


def paint(compared: Compared, key: str) -> Paint:
    """The colours by ``key``; where that is not known, by neighbours kept."""
    comparison, columns = compared.comparison, compared.points.columns
    column = columns.get(key.removeprefix("column "))
    if key.startswith("column ") and column is not None:
        return _by_class(column)
    if key == ANGLE:
        degrees = np.degrees(comparison.angles)
        ends = f"{degrees.min():.0f}°", f"{degrees.max():.0f}° moved"
        return Paint(_ramp(degrees), ends)
    ends = f"{comparison.kept.min()} of {comparison.k}", f"{comparison.kept.max()} kept"
    return Paint(_ramp(comparison.kept), ends)


def _ramp(values: NDArray[np.number]) -> NDArray[np.uint8]:
    low = float(values.min())
    return sequential((values - low) / ((float(values.max()) - low) or 1.0))


def _by_class(cells: Sequence[str]) -> Paint:
    counts = Counter(cells)
    order = sorted(counts, key=lambda name: (-counts[name], name))
    shown = order if len(order) <= _CLASSES else order[: _CLASSES - 1]
    number = {name: at for at, name in enumerate(shown)}
    colors = [*categorical(len(shown)), _OTHER]
    classes = np.fromiter((number.get(cell, len(shown)) for cell in cells), np.intp, len(cells))
    names = [(name or "(empty)", color) for name, color in zip(shown, colors, strict=False)]
    if len(order) > len(shown):
        names.append((f"{len(order) - len(shown):,} others", _OTHER))
    return Paint(rgb(colors)[classes], None, tuple(names))


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()
