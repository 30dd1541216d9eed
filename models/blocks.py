"""Rows of large arrays, a block at a time.

A file that is memory-mapped is read here as a file: what is read through its map counts as the
process's own memory for as long as it stays mapped, and a million vectors are over a gigabyte.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError

ROWS = 16384


def blocks(
    array: NDArray[Any], rows: int = ROWS, *, unit: bool = False
) -> Iterator[tuple[int, NDArray[Any]]]:
    """Consecutive rows of ``array`` (N, D), with the number of the first of them.

    Args:
        rows: of a block, but the last.
        unit: brings each row to length 1; a zero row stays zero.

    Raises:
        InputError: the file has been cut short since it was opened.
    """
    with _reading(array) as read:
        for start in range(0, len(array), rows):
            block = read(start, min(rows, len(array) - start))
            yield start, at_length_1(block) if unit else block


def gather(array: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[Any]:
    """A copy of some rows of ``array`` (N, D).

    Raises:
        InputError: the file has been cut short since it was opened.
    """
    result = np.empty((len(rows), *array.shape[1:]), array.dtype)
    with _reading(array) as read:
        for place, row in enumerate(rows.tolist()):
            result[place] = read(row, 1)[0]
    return result


def at_length_1(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, D) vectors over their lengths; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit


@contextmanager
def _reading(array: NDArray[Any]) -> Iterator[Callable[[int, int], NDArray[Any]]]:
    """A function from a first row and a number of rows to these rows."""
    whole = _mapped(array)
    try:
        file = None if whole is None else FileIO(str(whole.filename))
    except OSError:
        file = None  # its name is gone; the map still holds what was there
    if file is None or whole is None:
        yield lambda start, count: array[start : start + count]
        return
    offset, shape = int(whole.offset), array.shape[1:]
    with file:
        yield lambda start, count: _read(file, offset, start, (count, *shape), array.dtype)


def _read(
    file: FileIO, offset: int, start: int, shape: tuple[int, ...], dtype: np.dtype[Any]
) -> NDArray[Any]:
    found = np.empty(shape, dtype)
    file.seek(offset + start * dtype.itemsize * math.prod(shape[1:]))
    space, done = found.reshape(-1).view(np.uint8).data, 0
    while done < len(space):
        more = file.readinto(space[done:])
        if not more:
            raise InputError(f"{file.name} has been cut short; build the index again.")
        done += more
    return found


def _mapped(array: NDArray[Any]) -> "np.memmap[Any, Any] | None":
    """The whole map that ``array`` is a view of all of, if it is one."""
    whole: Any = array
    while isinstance(getattr(whole, "base", None), np.memmap):
        whole = whole.base
    if not isinstance(whole, np.memmap) or whole.filename is None:
        return None
    same = whole.shape == array.shape and whole.ctypes.data == array.ctypes.data
    return whole if same and whole.flags.c_contiguous else None
