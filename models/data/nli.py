"""Triplets of a premise, a sentence that follows from it and one that contradicts it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.data.decode import UnreadableFileError, clean
from models.data.delimited import delimited_rows
from models.data.json_rows import jsonl_rows
from models.data.rows import Row
from models.errors import InputError
from models.events import Progress, Skipped, Work

#: Stands for the triplets that come with the program.
BUNDLED = "bundled"
#: Columns of ready triplets, and of pairs with a label, as different publishers name them.
_READY = ("sent0", "sent1", "hard_neg")
_PAIRED = (
    ("sentence1", "sentence2", "gold_label"),  # SNLI, MNLI
    ("sentence_A", "sentence_B", "entailment_judgment"),  # SICK
    ("premise", "hypothesis", "label"),
)
_LABELS = ("entailment", "neutral", "contradiction")
_UNDECIDED = "-"  # the annotators did not agree
_STEP = 4096  # rows between two reports


@dataclass(frozen=True, slots=True)
class Triplet:
    """A premise, its entailment and its contradiction; ``kind`` is what it is an example of."""

    premise: str
    entailment: str
    contradiction: str
    kind: str = ""


def triplets_file(source: str | Path) -> Path:
    """Where the triplets of ``source`` lie; "bundled" are those that come with the program."""
    if str(source) != BUNDLED:
        return Path(source)
    from models.samples import assets

    return assets() / "sample" / "triplets.jsonl"


def read_triplets(source: str | Path) -> Work[tuple[Triplet, ...]]:
    """Reads triplets from SNLI's or MNLI's JSON Lines, ``nli_for_simcse.csv``, or SICK's table.

    Ready triplets may have a column ``kind``. Of labelled pairs, the first entailment and the first
    contradiction of a premise in file order are one triplet; a premise that lacks either gives
    none. Premises stand in the order in which they first occur.

    Args:
        source: a file, or "bundled".

    Yields:
        Progress "Reading"; Skipped for a row that lacks a sentence or has an unknown label. Rows
        on which annotators did not agree are passed over without a word.

    Raises:
        InputError: the file is missing, of no such format, or gives no triplet.
    """
    path = triplets_file(source)
    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    found: list[Triplet] = []
    gathered: dict[str, list[str]] = {}
    columns: tuple[str, ...] | None = None
    for count, row in enumerate(_rows(path), 1):
        if count % _STEP == 1:
            yield Progress("Reading", count - 1, None, "rows")
        if isinstance(row, Skipped):
            yield row
            continue
        if columns is None:
            columns = _columns(path, row.values)
        try:
            if columns == _READY:
                kind = row.values.get("kind")
                one, two, three = (_sentence(row.values, name) for name in columns)
                found.append(Triplet(one, two, three, clean(kind) if isinstance(kind, str) else ""))
            else:
                _gather(gathered, row.values, columns)
        except InputError as error:
            yield Skipped(f"{path.name}, line {row.number}", str(error))
    found += [Triplet(premise, *pair) for premise, pair in gathered.items() if all(pair)]
    if not found:
        raise UnreadableFileError(
            path, "It holds no premise with an entailment and a contradiction."
        )
    yield Progress("Reading", len(found), len(found), "triplets")
    return tuple(found)


def _rows(path: Path) -> Iterator[Row | Skipped]:
    if path.suffix.lower() in (".jsonl", ".ndjson", ".json"):
        return jsonl_rows(path, path.name)
    return delimited_rows(path, path.name)


def _columns(path: Path, values: Mapping[str, object]) -> tuple[str, ...]:
    for names in (_READY, *_PAIRED):
        if all(name in values for name in names):
            return names
    raise UnreadableFileError(
        path,
        "Its columns are neither sent0, sent1, hard_neg nor sentence1, sentence2, gold_label.",
    )


def _gather(
    gathered: dict[str, list[str]], values: Mapping[str, object], columns: tuple[str, ...]
) -> None:
    """Adds one labelled pair, unless its premise has one of that label already."""
    first, second, named = columns
    label = str(values.get(named, "")).strip().lower()
    if label == _UNDECIDED:
        return
    if label not in _LABELS:
        raise InputError(f"Its label is “{label[:40]}”, which is none of {', '.join(_LABELS)}.")
    premise, hypothesis = _sentence(values, first), _sentence(values, second)
    pair = gathered.setdefault(premise, ["", ""])
    place = {"entailment": 0, "contradiction": 1}.get(label)
    if place is not None and not pair[place]:
        pair[place] = hypothesis


def _sentence(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"It has no text under “{name}”.")
    return clean(value).strip()
