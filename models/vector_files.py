"""Arrays of vectors in .npy files, and the checks that all who measure vectors make of them."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.blocks import gather
from models.errors import InputError


def open_vectors(path: Path) -> NDArray[Any]:
    """(N, D) of floating-point numbers, memory-mapped.

    Raises:
        InputError: the file is missing or damaged, or holds something else.
    """
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError as error:
        raise InputError(f"The vectors {path} are missing.") from error
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path} is cut short or holds no vectors.") from error
    if not isinstance(array, np.ndarray) or array.ndim != 2 or array.dtype.kind != "f":
        raise InputError(f"{path} holds no (N, D) array of floating-point numbers.")
    return array


def open_positives(path: Path, array: NDArray[Any], source: Path) -> NDArray[Any]:
    """(N, D) of which row i is the positive of row i of ``array``, which came from ``source``.

    Raises:
        InputError: the file is missing or damaged, or the shapes differ.
    """
    other = open_vectors(path)
    if other.shape != array.shape:
        raise InputError(
            f"{path} is {_shape(other)} and {source} {_shape(array)}: "
            "row i of one cannot be the positive of row i of the other."
        )
    return other


def directions(
    array: NDArray[Any], rows: NDArray[np.int64], source: Path
) -> tuple[NDArray[Any], bool]:
    """Rows of (N, D) brought to length 1, and whether they had it.

    float64 is kept, all else is computed in float32.

    Raises:
        InputError: a row has no direction.
    """
    kept = np.float64 if array.dtype.itemsize >= 8 else np.float32
    chosen = np.asarray(gather(array, rows), kept)
    lengths = np.linalg.norm(chosen, axis=1, keepdims=True)
    bad = np.flatnonzero(~(np.isfinite(lengths[:, 0]) & (lengths[:, 0] > 0)))
    if len(bad):
        raise InputError(
            f"Row {rows[bad[0]]} of {source}, counted from 0, has no direction: it is all zeros "
            "or not finite."
        )
    unit = bool(np.abs(lengths - 1).max() < 1e-3)
    result = chosen / lengths
    result.setflags(write=False)
    return result, unit


def _shape(array: NDArray[Any]) -> str:
    return " × ".join(map(str, array.shape))
