"""A corpus on disk as a stream of documents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from models.data.decode import UnreadableFileError
from models.data.documents import file_documents
from models.data.folders import SUFFIXES, Found, find_files
from models.data.records import Document
from models.data.tables import TABLE_SUFFIXES, table_documents
from models.errors import InputError
from models.events import Progress, Skipped

#: Notices that one file may give singly; the rest of its troubles are counted in one more.
NOTICES = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """Which columns of tables hold the text and the title.

    None guesses them from the columns' names and contents; "" as ``title_column`` is no title.
    """

    text_column: str | None = None
    title_column: str | None = None


_GUESSED = Reading()


def read_corpus(
    paths: Sequence[Path], reading: Reading = _GUESSED
) -> Iterator[Document | Skipped | Progress]:
    """Reads files and folders, one record after the other; large tables are never held whole.

    Yields:
        Documents, each with an id of its own; Progress by file; Skipped for each file or record
        that cannot be used, and for characters or ids that had to be changed.

    Raises:
        InputError: a path does not exist, or nothing in all of them can be read.
    """
    listed = list(find_files(paths))
    files = [item for item in listed if isinstance(item, Found)]
    yield from (item for item in listed if isinstance(item, Skipped))
    where = ", ".join(str(path) for path in paths) or "an empty selection"
    if not files:
        raise InputError(
            f"There are no readable documents in {where}: files ending in {', '.join(SUFFIXES)} "
            "can be read."
        )
    ids: dict[str, int] = {}
    reason = ""
    for number, found in enumerate(files):
        yield Progress("Reading", number, len(files), "files")
        for record in _few_notices(found, _unique(found, number, ids, _records(found, reading))):
            if isinstance(record, Skipped) and not reason:
                reason = f" {record.where}: {record.why}"
            yield record
    yield Progress("Reading", len(files), len(files), "files")
    if not ids:
        raise InputError(f"Nothing in {where} can be read.{reason}")


def _records(found: Found, reading: Reading) -> Iterator[Document | Skipped | Progress]:
    """The records of one file; a file that cannot be used is one notice."""
    try:
        if found.path.suffix.lower() in TABLE_SUFFIXES:
            yield from table_documents(
                found.path, found.source, reading.text_column, reading.title_column
            )
        else:
            yield from file_documents(found.path, found.source)
    except UnreadableFileError as error:
        yield Skipped(found.source, error.why)
    except OSError as error:  # the disk or the network failed between two records
        reason = error.strerror or str(error)
        yield Skipped(found.source, f"It could not be read to its end ({reason}).")


def _unique(
    found: Found,
    number: int,
    ids: dict[str, int],
    records: Iterator[Document | Skipped | Progress],
) -> Iterator[Document | Skipped | Progress]:
    """Passes documents on with ids of their own; ``ids`` maps each to its file's number.

    Within a file a second record with an id is skipped. An id that another file has used gets a
    suffix, so that two tables numbered from 1 can be read together.
    """
    renamed = 0
    for record in records:
        if isinstance(record, Document):
            name, copy = record.id, 1
            while name in ids and ids[name] != number:
                copy += 1
                name = f"{record.id} ({copy})"
            if name in ids:
                yield Skipped(
                    record.source, f"A second record has the id “{record.id}”; the first is kept."
                )
                continue
            ids[name] = number
            if name != record.id:
                renamed += 1
                record = replace(record, id=name)
        yield record
    if renamed:
        yield Skipped(
            found.source,
            f"{renamed:,} of its ids were used by another file and got a suffix like “ (2)”.",
        )


def _few_notices(
    found: Found, records: Iterator[Document | Skipped | Progress]
) -> Iterator[Document | Skipped | Progress]:
    notices = 0
    for record in records:
        if isinstance(record, Skipped):
            notices += 1
            if notices > NOTICES:
                continue
        yield record
    if notices > NOTICES:
        yield Skipped(found.source, f"{notices - NOTICES:,} more notices like these.")
