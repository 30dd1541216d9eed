"""Image Parquet as the Hugging Face hub has it: ``{bytes, path}`` and a label a row."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from models.data.image_pixels import BadImageError
from models.data.image_source import ImageSource, Item, Rows, number_classes
from models.errors import InputError

_BATCH = 1024
_LABELS = ("label", "labels", "class", "category", "target", "fine_label")


def parquet_source(paths: Sequence[Path], name: str, source: str) -> ImageSource:
    """Opens one data set in one or several files of the same columns.

    The column of images is the one that the file's metadata names, else the first that holds
    bytes; that of labels is found alike. Null labels and −1 mean no class.

    Raises:
        InputError: not Parquet, no column of images, or a label without a class.
    """
    with _open(paths[0]) as file:
        schema = file.schema_arrow
    features = _features(schema)
    column = _image_column(schema, features, paths[0])
    label = _label_column(schema, features)
    values: list[object] = []
    counts = []
    for path in paths:
        with _open(path) as file:
            counts.append(file.metadata.num_rows)
            for needed in filter(None, (column.removesuffix(".bytes"), label)):
                if needed not in file.schema_arrow.names:
                    raise InputError(f"{path} lacks the column “{needed}” of {paths[0].name}.")
            if label:
                values.extend(_labels(file, label, path))
    if label:
        labels, classes = _classes(values, features.get(label, {}).get("names"), paths[0])
    else:
        labels, classes = np.full(sum(counts), -1, np.int64), ()

    def read(rows: Rows) -> Iterator[Item]:
        start = 0
        for path, count in zip(paths, counts, strict=True):
            inside = rows[(rows >= start) & (rows < start + count)] - start
            with _open(path) as file:
                for row, where, image in _images(file, path, column, inside):
                    yield start + row, where, image
            start += count

    return ImageSource(name, source, labels, classes, read)


def _open(path: Path) -> Any:
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(str(path))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(f"{path} is not a whole Parquet file.") from error


def _images(file: Any, path: Path, column: str, rows: Rows) -> Iterator[Item]:
    """The images of ``rows`` of one file; row groups without any of them are not read."""
    start = 0
    for group in range(file.num_row_groups):
        end = start + file.metadata.row_group(group).num_rows
        inside = rows[(rows >= start) & (rows < end)]
        first = start
        try:
            if len(inside):
                for batch in file.iter_batches(_BATCH, row_groups=[group], columns=[column]):
                    yield from _in_batch(batch.column(0), first, path, inside)
                    first += len(batch)
        except (OSError, ValueError, pa.ArrowException):
            where = f"{path.name}, rows {first + 1} to {end}"
            yield first, where, BadImageError("This part of the file is damaged.")
        start = end


def _in_batch(values: Any, start: int, path: Path, rows: Rows) -> Iterator[Item]:
    if pa.types.is_struct(values.type):
        values = values.field(0)
    for row in rows[(rows >= start) & (rows < start + len(values))].tolist():
        data = values[row - start].as_py()
        where = f"{path.name}, row {row + 1}"
        yield row, where, data if data else BadImageError("The row holds no image.")


def _features(schema: pa.Schema) -> dict[str, dict[str, Any]]:
    """What Hugging Face's metadata says of each column; nothing if there is none."""
    try:
        features = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
        return {name: kind for name, kind in features.items() if isinstance(kind, dict)}
    except (TypeError, KeyError, ValueError, AttributeError):
        return {}


def _image_column(schema: pa.Schema, features: dict[str, dict[str, Any]], path: Path) -> str:
    named = [name for name, kind in features.items() if kind.get("_type") == "Image"]
    for name in (*named, *schema.names):
        kind = schema.field(name).type if name in schema.names else pa.null()
        if pa.types.is_struct(kind) and kind.get_field_index("bytes") >= 0:
            return f"{name}.bytes"
        if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
            return str(name)
    raise InputError(f"{path} has no column of images; its columns are {', '.join(schema.names)}.")


def _label_column(schema: pa.Schema, features: dict[str, dict[str, Any]]) -> str | None:
    named = [name for name, kind in features.items() if kind.get("_type") == "ClassLabel"]
    for name in (*named, *_LABELS):
        if name in schema.names:
            kind = schema.field(name).type
            if pa.types.is_integer(kind) or pa.types.is_string(kind) or pa.types.is_boolean(kind):
                return name
    return None


def _labels(file: Any, label: str, path: Path) -> list[object]:
    try:
        values: list[object] = file.read(columns=[label]).column(0).to_pylist()
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(f"The labels in {path} are damaged.") from error
    return values


def _classes(values: list[object], names: Any, path: Path) -> tuple[Rows, tuple[str, ...]]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return number_classes([None if value == -1 else value for value in values])
    labels = np.array([value if isinstance(value, int) else -1 for value in values], np.int64)
    wrong = np.flatnonzero((labels >= len(names)) | (labels < -1))
    if len(wrong):
        row = int(wrong[0])
        raise InputError(
            f"{path}, row {row + 1}: there is no class {labels[row]} among {len(names)} classes."
        )
    return labels, tuple(names)
