"""Passages written to an Arrow file as they are read, so that a corpus never lies in memory."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa

from models.data.records import Passage, Passages

_BATCH = 65_536  # rows of one piece of the file: 16 pieces a million


class PassageFile:
    """An Arrow file of passages under way; as a context it closes what it opened.

    Passages whose columns differ from those before begin a part of their own, and the parts become
    one file when it is done: a field that some of them lack is empty there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parts: list[Path] = []
        self._schemas: list[pa.Schema] = []
        self._held: list[pa.Table] = []
        self._rows = 0
        self._sink: Any = None
        self._writer: Any = None

    def __enter__(self) -> "PassageFile":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._sink is not None:
            self._sink.close()

    def add(self, passages: Sequence[Passage]) -> None:
        """Adds some passages; they reach the disk in pieces of 65,536.

        Raises:
            OSError: the disk is full or the file cannot be written.
        """
        table = Passages.of(passages).table
        if not self._schemas or table.schema != self._schemas[-1]:
            self._end()
            self._begin(table.schema)
        self._held.append(table)
        self._rows += len(table)
        if self._rows >= _BATCH:
            self._flush()

    def done(self) -> Passages:
        """Ends the file and opens it, memory-mapped.

        Raises:
            OSError: as ``add``.
            ValueError: nothing was added.
        """
        if not self._parts:
            raise ValueError("There are no passages.")
        self._end()
        if len(self._parts) == 1:
            self._parts[0].replace(self._path)
        else:
            self._join()
        return Passages.open(self._path)

    def _begin(self, schema: pa.Schema) -> None:
        self._schemas.append(schema)
        self._parts.append(self._path.with_name(f"{self._path.name}.{len(self._parts)}"))
        self._sink = self._parts[-1].open("wb")
        self._writer = pa.ipc.new_file(self._sink, schema)

    def _flush(self) -> None:
        if self._held:
            piece = pa.concat_tables(self._held).combine_chunks()
            self._writer.write_table(piece)
        self._held, self._rows = [], 0

    def _end(self) -> None:
        if self._sink is None:
            return
        self._flush()
        self._writer.close()
        self._sink.close()
        self._sink = self._writer = None

    def _join(self) -> None:
        """One file of all parts, a piece at a time."""
        schema = pa.unify_schemas(self._schemas)
        with self._path.open("wb") as sink, pa.ipc.new_file(sink, schema) as writer:
            for part in self._parts:
                with pa.memory_map(str(part)) as source:
                    reader = pa.ipc.open_file(source)
                    for number in range(reader.num_record_batches):
                        writer.write_batch(_widened(reader.get_batch(number), schema))
                    del reader
                part.unlink()


def _widened(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with all columns of ``schema``, those that it lacks empty."""
    empty = pa.repeat(pa.scalar("", pa.large_string()), len(batch))
    held = set(batch.schema.names)
    columns = [batch.column(name) if name in held else empty for name in schema.names]
    return pa.record_batch(columns, schema=schema)
