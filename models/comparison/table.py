"""A comparison as a table that other programs read."""

import csv
import io
from pathlib import Path

import numpy as np

from models.comparison.compare import Comparison
from models.comparison.points import Points
from models.events import Progress, Work
from models.files import write_text

_STEP = 500  # points between two reports


def write_csv(path: Path, points: Points, comparison: Comparison) -> Work[Path]:
    """A row a point after a header (RFC 4180), by atomic rename; returns ``path``.

    ``point`` is its number in the whole from 0, and so are the neighbours, nearest first; angles
    are in degrees. Cells of the corpus follow. Text stands as it is: nothing is put before what
    a spreadsheet would read as a formula.

    Raises:
        InputError: it cannot be written.
    """
    target = io.StringIO()
    writer = csv.writer(target)
    head = ("point", "title", "text", "kept", "of", "degrees", "neighbours_a", "neighbours_b")
    writer.writerow((*head, *points.columns))
    numbers = points.rows
    for row, text in enumerate(points.texts):
        if row % _STEP == 0:
            yield Progress("Writing", row, len(points), "points")
        title, body = ("", text) if isinstance(text, str) else text
        sides = (comparison.first[row], comparison.second[row])
        near = (" ".join(map(str, numbers[side].tolist())) for side in sides)
        degrees = f"{np.degrees(comparison.angles[row]):.3f}"
        figures = int(comparison.kept[row]), comparison.k, degrees
        cells = (column[row] for column in points.columns.values())
        writer.writerow((int(numbers[row]), title, body, *figures, *near, *cells))
    write_text(path, target.getvalue())
    return path
