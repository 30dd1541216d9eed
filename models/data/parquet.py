"""Parquet as a stream of rows, one small batch of the columns that hold text at a time."""

from pathlib import Path

import pyarrow as pa

from models.data.decode import UnreadableFileError
from models.data.rows import Row, Rows
from models.events import Skipped

_BATCH = 512


def parquet_rows(path: Path, source: str) -> Rows:
    """Reads a Parquet file; columns with bytes (images, sounds) are left aside.

    Yields:
        Rows; one Skipped if the file turns out damaged halfway.

    Raises:
        UnreadableFileError: it is not Parquet, or all its columns are bytes.
    """
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(str(path))
        schema = file.schema_arrow
    except (OSError, ValueError, pa.ArrowException) as error:  # ValueError: names not in UTF-8
        raise UnreadableFileError(path, "It is not a whole Parquet file.") from error
    with file:
        columns = [column.name for column in schema if not _holds_bytes(column.type)]
        if not columns:
            raise UnreadableFileError(path, "It has no column of text.")
        number = 0
        try:
            for batch in file.iter_batches(batch_size=_BATCH, columns=columns):
                for values in batch.to_pylist():
                    number += 1
                    yield Row(number, values)
        except (OSError, ValueError, pa.ArrowException):
            yield Skipped(f"{source}, after row {number}", "The rest of the file is damaged.")


def _holds_bytes(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _holds_bytes(kind.value_type)
    if pa.types.is_nested(kind):
        return any(_holds_bytes(kind.field(n).type) for n in range(kind.num_fields))
    is_bytes: bool = (
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    )
    return is_bytes
