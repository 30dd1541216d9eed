"""The records that every reader yields and everything else consumes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from models.errors import InputError
from models.files import atomic_path

#: Columns that every passage has, in file order; any further column is a field of the user's.
COLUMNS = ("id", "document", "title", "text", "source")


@dataclass(frozen=True, slots=True)
class Document:
    """One record of a file before it is cut: a web page, a paragraph, a row of a table.

    ``source`` names the file relative to what the user opened; ``fields`` are further columns.
    """

    id: str
    title: str
    text: str
    source: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded, indexed, found and drawn. ``document`` is the id of its document."""

    id: str
    document: str
    title: str
    text: str
    source: str
    fields: Mapping[str, str] = field(default_factory=dict)


class Passages:
    """An immutable table of passages; a file's text is memory-mapped, not read.

    A row number (0 … N−1) is how vectors, indexes and points on the sphere refer to a passage.
    """

    def __init__(self, table: pa.Table) -> None:
        missing = [name for name in COLUMNS if name not in table.column_names]
        if missing:
            raise InputError(f"The passages have no column named {missing[0]}.")
        self.table = table

    @classmethod
    def of(cls, passages: Iterable[Passage]) -> "Passages":
        """A table in memory. Fields that only some passages have are empty in the others."""
        rows = list(passages)
        names: dict[str, None] = {}
        for row in rows:
            names.update(dict.fromkeys(row.fields))
        columns: dict[str, list[str]] = {
            name: [getattr(row, name) for row in rows] for name in COLUMNS
        }
        for name in names:
            label = f"{name} (field)" if name in COLUMNS else name
            columns[label] = [row.fields.get(name, "") for row in rows]
        return cls(pa.table({k: pa.array(v, pa.large_string()) for k, v in columns.items()}))

    @classmethod
    def open(cls, path: Path) -> "Passages":
        """Opens an Arrow file without reading its text.

        Raises:
            InputError: the file is missing, truncated, or not an Arrow file of passages.
        """
        try:
            return cls(pa.ipc.open_file(pa.memory_map(str(path))).read_all())
        except (OSError, pa.ArrowInvalid) as error:
            raise InputError(f"{path} is not a readable file of passages.") from error

    def save(self, path: Path) -> None:
        """Writes an Arrow file by atomic rename."""
        with atomic_path(path) as temporary:
            with pa.ipc.new_file(str(temporary), self.table.schema) as writer:
                writer.write_table(self.table)

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the user's own columns."""
        return tuple(name for name in self.table.column_names if name not in COLUMNS)

    def column(self, name: str) -> list[str]:
        """One column whole, in row order."""
        values: list[str] = self.table.column(name).to_pylist()
        return values

    def __len__(self) -> int:
        rows: int = self.table.num_rows
        return rows

    def __getitem__(self, row: int) -> Passage:
        if not 0 <= row < len(self):
            raise IndexError(row)
        values: dict[str, Any] = {
            name: self.table.column(name)[row].as_py() for name in self.table.column_names
        }
        own = {name: values.pop(name) for name in COLUMNS}
        return Passage(**own, fields=values)
