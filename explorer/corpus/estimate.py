"""About how many passages a corpus will have, by the size of its files: enough to suggest an index.

What is counted are bytes; how long a table's records are is seen at its beginning. Reading all of
it takes as long as indexing it.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from models.data.folders import Found, find_files
from models.data.tables import TABLE_SUFFIXES
from models.events import Progress, Work

_LOOKED_AT = 1 << 18  # bytes of a table
_A_WORD, _A_PARAGRAPH = 6, 1500  # bytes, with the space or with the questions after it
_STEP = 500  # files between two reports


def estimating(paths: Sequence[Path], words: int) -> Work[int]:
    """Passages of ``words`` words at most, or whole records where it is 0; 0 where nothing is read.

    Raises:
        InputError: a path does not exist.
    """
    total = 0
    for number, found in enumerate(find_files(paths)):
        if number % _STEP == 0:
            yield Progress("Estimating", number, None, "files")
        with suppress(OSError, ValueError):  # it will be told when it is read
            total += _of_file(found.path, words) if isinstance(found, Found) else 0
    return total


def _of_file(path: Path, words: int) -> int:
    size = path.stat().st_size
    suffix = path.suffix.lower()
    records = 1.0
    if suffix == ".parquet":
        import pyarrow.parquet as pq

        records = pq.read_metadata(path).num_rows
    elif suffix == ".json":
        records = size / _A_PARAGRAPH
    elif suffix in TABLE_SUFFIXES:
        with path.open("rb") as file:
            start = file.read(_LOOKED_AT)
        records = start.count(b"\n") * size / max(1, len(start))
    pieces = size / (_A_WORD * words) if words else 0
    return max(1, round(max(records, pieces)))
