"""One row of a table, whatever the file format that holds it."""

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from models.events import Skipped


class Row(NamedTuple):
    """A row by column name; ``number`` is its line in a text file, else its place from 1."""

    number: int
    values: Mapping[str, object]


Rows = Iterator[Row | Skipped]


def cell_text(value: object) -> str:
    """A cell as its user would write it: no text for nothing, JSON for what is nested."""
    if isinstance(value, str):
        return value
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
