"""A table of triplets as CSV, with every figure that it shows."""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.events import Progress, Work
from models.files import atomic_path
from models.triplet_table import Seen, TripletTable

_STEP = 2048


def write_csv(path: Path, table: TripletTable, rows: NDArray[np.int64]) -> Work[int]:
    """Writes ``rows`` of ``table`` (RFC 4180, UTF-8), whole or not at all; returns how many.

    The first three columns are those of ``nli_for_simcse.csv``, so that the file can be read here
    again and trained on; figures follow with the name of the encoder in their header. Text stands
    as it is, whatever it begins with.

    Raises:
        InputError: the file cannot be written.
    """
    seen = [one for one in (table.first, table.second) if one is not None]
    with atomic_path(path) as temporary:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_header(table, seen))
            for at, row in enumerate(rows.tolist()):
                if at % _STEP == 0:
                    yield Progress("Writing", at, len(rows), "triplets")
                triplet = table.what.triplets[row]
                cells = [triplet.premise, triplet.entailment, triplet.contradiction]
                cells += [triplet.kind] if table.what.kinds else []
                for one in seen:
                    score = one.score
                    figures = (score.entailed, score.contradicted, score.opposed, score.margins)
                    cells += [f"{figure[row]:.6f}" for figure in figures]
                writer.writerow(cells)
    return len(rows)


def _header(table: TripletTable, seen: list[Seen]) -> list[str]:
    names = ["sent0", "sent1", "hard_neg", *(["kind"] if table.what.kinds else [])]
    parts = ("cos sent0 sent1", "cos sent0 hard_neg", "cos sent1 hard_neg", "margin")
    for at, one in enumerate(seen):
        # A run before and after has one name; a header whose names repeat is none.
        again = " again" if at and one.name == seen[0].name else ""
        names += [f"{part} ({one.name}{again})" for part in parts]
    return names
