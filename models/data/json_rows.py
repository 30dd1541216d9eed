"""JSON Lines as a stream of rows, and JSON files that hold a list of objects."""

import json
from pathlib import Path
from typing import Any

from models.data.decode import LINE_LIMIT, TextLines, UnreadableFileError, decode, replaced_notice
from models.data.formats import is_squad, squad_rows
from models.data.rows import Row, Rows
from models.events import Skipped


def parse_json(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: it is not JSON, or nested too deeply to be data.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def jsonl_rows(path: Path, source: str, limit: int = LINE_LIMIT) -> Rows:
    """Reads a file with one JSON object a line, never more than one line at a time.

    Yields:
        Rows; Skipped for a line that is not a JSON object or is over ``limit`` characters.

    Raises:
        UnreadableFileError: it cannot be opened or is binary.
    """
    with TextLines(path, limit) as lines:
        for line in lines:
            where = f"{source}, line {lines.number}"
            if line is None:
                yield Skipped(where, "It is longer than a line may be.")
                continue
            if not line.strip():
                continue
            try:
                value = parse_json(line)
            except ValueError:
                yield Skipped(where, "It is not JSON.")
                continue
            if isinstance(value, dict):
                yield Row(lines.number, value)
            else:
                yield Skipped(where, "It is JSON, but not an object with named values.")
        yield from replaced_notice(source, lines.replaced)


def json_rows(path: Path, source: str) -> Rows:
    """Reads SQuAD's JSON, a list of objects, an object that holds one such list, or JSON Lines.

    Raises:
        UnreadableFileError: it is not JSON, or holds no list of objects.
    """
    decoded = decode(path)
    try:
        value = parse_json(decoded.text)
    except ValueError as error:
        # Many publish JSON Lines under the name .json.
        if isinstance(error, json.JSONDecodeError) and error.msg == "Extra data":
            yield from jsonl_rows(path, source)
            return
        place = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise UnreadableFileError(path, f"It is not well-formed JSON{place}.") from error
    if is_squad(value):
        yield from squad_rows(value, source)
    else:
        for number, entry in enumerate(_entries(path, value), 1):
            if isinstance(entry, dict):
                yield Row(number, entry)
            else:
                yield Skipped(f"{source}, entry {number}", "It is not an object.")
    yield from replaced_notice(source, decoded.replaced)


def _entries(path: Path, value: object) -> list[object]:
    """The list of records in ``value``."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        lists = [part for part in value.values() if isinstance(part, list) and part]
        records = [part for part in lists if isinstance(part[0], dict)]
        if len(records) == 1:
            return records[0]
        if not lists:
            return [value]
    raise UnreadableFileError(path, "It holds no single list of objects to read as rows.")
