"""Pairs with a judgement from one file, whoever laid it out."""

from collections.abc import Mapping
from pathlib import Path

from models.data.decode import UnreadableFileError
from models.data.delimited import delimited_rows
from models.data.rows import Row
from models.data.sts import Pair, read_benchmark, read_sts, score_in
from models.data.training_text import is_benchmark
from models.errors import InputError

#: Columns of both sentences and of the judgement, as different publishers name them.
_COLUMNS = (
    ("sentence1", "sentence2", "score"),  # STS-B of GLUE
    ("sentence1", "sentence2", "similarity_score"),
    ("sentence1", "sentence2", "label"),
    ("sentence_A", "sentence_B", "relatedness_score"),  # SICK
)
_FEWEST = 3


def judged_pairs(path: Path) -> tuple[Pair, ...]:
    """Reads the STS Benchmark as SentEval or GLUE lays it out, SICK, or any table of that kind.

    Args:
        path: the file; or a SentEval folder, of which the benchmark's development part is taken.

    Raises:
        InputError: there is no such file, a row of it is bad, or it has less than three pairs. A
            set with holes would measure something else than its name says.
    """
    if path.is_dir():
        return read_sts(path, "STSB", "dev")
    if not path.is_file():
        raise InputError(f"There is no file {path} with pairs of sentences and their scores.")
    pairs = read_benchmark(path) if is_benchmark(path) else _table(path)
    if len(pairs) < _FEWEST:
        raise UnreadableFileError(path, f"It has {len(pairs)} pairs, too few to compare by.")
    return pairs


def _table(path: Path) -> tuple[Pair, ...]:
    pairs: list[Pair] = []
    columns: tuple[str, str, str] | None = None
    for row in delimited_rows(path, path.name):
        if not isinstance(row, Row):
            if row.where == path.name:
                continue  # a word on the encoding of the whole file
            raise UnreadableFileError(path, f"{row.where}: {row.why}")
        columns = columns or _columns(path, row.values)
        first, second, score = (str(row.values[name]).strip() for name in columns)
        if not first or not second:
            raise UnreadableFileError(path, f"Line {row.number} lacks a sentence.")
        pairs.append(Pair(first, second, score_in(path, row.number, score), path.stem))
    return tuple(pairs)


def _columns(path: Path, values: Mapping[str, object]) -> tuple[str, str, str]:
    for names in _COLUMNS:
        if all(name in values for name in names):
            return names
    raise UnreadableFileError(
        path, "It is not the STS Benchmark, and its columns are not sentence1, sentence2, score."
    )
