"""Tables: which column is the text and which the title, a preview, and a document a row."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from models.data.decode import UnreadableFileError, clean
from models.data.delimited import delimited_rows
from models.data.json_rows import json_rows, jsonl_rows
from models.data.parquet import parquet_rows
from models.data.records import Document
from models.data.rows import Row, Rows, cell_text
from models.events import Skipped

_READERS: dict[str, Callable[[Path, str], Rows]] = {
    ".csv": delimited_rows,
    ".tsv": delimited_rows,
    ".tab": delimited_rows,
    ".jsonl": jsonl_rows,
    ".ndjson": jsonl_rows,
    ".json": json_rows,
    ".parquet": parquet_rows,
}
#: Endings of the files that are read as tables.
TABLE_SUFFIXES = tuple(_READERS)

_TEXT_NAMES = [
    "text",
    "passage",
    "context",
    "content",
    "contents",
    "body",
    "document",
    "paragraph",
    "article",
    "abstract",
    "sentence",
    "description",
    "review",
    "comment",
    "message",
    "summary",
]
_TITLE_NAMES = [
    "title",
    "name",
    "headline",
    "heading",
    "subject",
    "document_title",
    "wikipedia_title",
]
_ID_NAMES = ["_id", "id", "docid", "doc_id", "pid", "passage_id"]
_SAMPLE = 50


def table_rows(path: Path) -> Rows:
    """The rows of a file whose ending is one of ``TABLE_SUFFIXES``.

    Raises:
        UnreadableFileError: it cannot be read as what its ending says.
    """
    return _READERS[path.suffix.lower()](path, path.name)


@dataclass(frozen=True, slots=True)
class Preview:
    """The head of a table as text: ``rows`` are (rows, columns); with the columns guessed."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    text_column: str | None
    title_column: str | None


def preview(path: Path, rows: int = 20) -> Preview:
    """The first ``rows`` rows of a table and the columns that seem to be its text and title.

    Raises:
        UnreadableFileError: it is not a table, or no row of it can be read.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise UnreadableFileError(path, f"It is not a table ({', '.join(TABLE_SUFFIXES)}).")
    head = islice(reader(path, path.name), max(rows, _SAMPLE))
    sample = [item for item in head if isinstance(item, Row)]
    columns = _columns(path, sample)
    text = guess_text(columns, sample)
    return Preview(
        columns,
        tuple(
            tuple(clean(cell_text(row.values.get(name))) for name in columns)
            for row in sample[:rows]
        ),
        text,
        _guess_name(_TITLE_NAMES, [name for name in columns if name != text]),
    )


def table_documents(
    path: Path, source: str, text_column: str | None = None, title_column: str | None = None
) -> Iterator[Document | Skipped]:
    """Reads each row of a table as a document; every further column becomes a field.

    Args:
        path: a file whose ending is one of ``TABLE_SUFFIXES``.
        source: what the documents' ``source`` says.
        text_column: the column with the text; None guesses it.
        title_column: the column with the title; None guesses it, "" is none.

    Raises:
        UnreadableFileError: the file has no such column, no column of text, or no row at all.
    """
    items = _READERS[path.suffix.lower()](path, source)
    head = list(islice(items, _SAMPLE))
    sample = [item for item in head if isinstance(item, Row)]
    if not sample:
        yield from (item for item in head if isinstance(item, Skipped))
    columns = _columns(path, sample)
    for chosen in (text_column, title_column):
        if chosen and chosen not in columns:
            listed = ", ".join(columns)
            raise UnreadableFileError(path, f"It has no column named “{chosen}”, only: {listed}.")
    text = text_column or guess_text(columns, sample)
    if text is None:
        raise UnreadableFileError(path, f"No column of it holds text; it has {', '.join(columns)}.")
    others = [name for name in columns if name != text]
    title = _guess_name(_TITLE_NAMES, others) if title_column is None else title_column
    own_id = _guess_id([name for name in others if name != title], sample)
    unit = {".parquet": "row", ".json": "entry"}.get(path.suffix.lower(), "line")

    for item in chain(head if sample else (), items):
        if isinstance(item, Skipped):
            yield item
            continue
        cells = {
            clean(name): clean(filled)
            for name, value in item.values.items()
            if (filled := cell_text(value).strip())
        }
        named = cells.pop(clean(title), "") if title else ""
        # A record that is all title is searched by its title.
        content = cells.pop(clean(text), "") or named
        if not content:
            yield Skipped(f"{source}, {unit} {item.number}", f"Its column “{text}” is empty.")
            continue
        identity = cells.pop(own_id, "") if own_id else ""
        yield Document(identity or f"{source}/{item.number}", named, content, source, cells)


def guess_text(columns: Sequence[str], sample: Sequence[Row]) -> str | None:
    """The column that is called like a text and is one, else the one with the longest strings."""
    lengths = {name: _mean_length(name, sample) for name in columns}
    worded = [name for name in columns if lengths[name]]
    content = [name for name in worded if name.strip().lower() not in _ID_NAMES]
    return (
        _guess_name(_TEXT_NAMES, worded)
        or max(content, key=lambda name: lengths[name], default=None)
        or _guess_name(_TEXT_NAMES, columns)
    )


def _mean_length(name: str, sample: Sequence[Row]) -> float:
    """Mean characters of a column's cells; 0 if they are not strings with letters in them."""
    strings = [value for row in sample if isinstance(value := row.values.get(name), str)]
    if not any(any(character.isalpha() for character in value) for value in strings):
        return 0.0
    return sum(map(len, strings)) / len(sample)


def _guess_name(wanted: Sequence[str], columns: Sequence[str]) -> str | None:
    folded = {name.strip().lower(): name for name in reversed(columns)}
    return next((folded[name] for name in wanted if name in folded), None)


def _guess_id(columns: Sequence[str], sample: Sequence[Row]) -> str | None:
    """The column called like an id, unless its values repeat: then it names a group of rows."""
    name = _guess_name(_ID_NAMES, columns)
    if name is None:
        return None
    values = [cell_text(row.values.get(name)) for row in sample]
    return name if 2 * len(set(values)) >= len(values) else None


def _columns(path: Path, sample: Sequence[Row]) -> tuple[str, ...]:
    """All columns that the sampled rows have, in the order in which they appear."""
    if not sample:
        raise UnreadableFileError(path, "No row of it could be read.")
    return tuple(dict.fromkeys(name for row in sample for name in row.values))
