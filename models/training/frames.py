"""Snapshots of a run kept for its replay: float16 in shards of (frames, n, D), ``frames-N.npy``.

N is the number of the shard's first frame. A shard is written just before each checkpoint, so
the frames of a checkpoint's step are all on disk, and shards beyond it are leftovers. What a task
marks in its probe set lies beside them the same way, float32 (frames, n, k), ``marks-N.npy``.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError
from models.files import atomic_path

#: Name and precision of the two kinds of shards.
FRAMES, MARKS = ("frames", np.float16), ("marks", np.float32)
Shards = tuple[str, type[np.floating[Any]]]


def write_array(path: Path, array: NDArray[Any]) -> None:
    """Writes one .npy by atomic rename.

    Raises:
        InputError: it cannot be written.
    """
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.save(file, array, allow_pickle=False)


def read_array(path: Path) -> NDArray[Any]:
    """What ``write_array`` wrote, read-only.

    Raises:
        InputError: it is missing or damaged.
    """
    try:
        array: NDArray[Any] = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path} is missing or damaged; the run cannot be replayed.") from error
    array.setflags(write=False)
    return array


def write_frames(
    folder: Path, first: int, frames: Sequence[NDArray[np.float32]], kind: Shards = FRAMES
) -> None:
    """Writes ``frames``, each (n, D), as the frames from number ``first`` on.

    Raises:
        InputError: they cannot be written.
    """
    if frames:
        name, precision = kind
        write_array(folder / f"{name}-{first:06d}.npy", np.stack(frames).astype(precision))


def drop_frames(folder: Path, count: int) -> None:
    """Removes the shards after the first ``count`` frames, left by a run that was killed."""
    for name, _ in (FRAMES, MARKS):
        for path in folder.glob(f"{name}-*.npy"):
            if _first(path) >= count:
                path.unlink(missing_ok=True)


def read_frames(folder: Path, kind: Shards = FRAMES) -> NDArray[Any]:
    """(frames, n, D): all frames of a run in order, read-only.

    Raises:
        InputError: a shard is missing or damaged, or there is none.
    """
    shards = []
    count = 0
    name, precision = kind
    for path in sorted(folder.glob(f"{name}-*.npy")):
        shard = read_array(path)
        if _first(path) != count or shard.ndim != 3 or shard.dtype != precision:
            raise InputError(f"{folder} lacks the {name} before {path.name}.")
        shards.append(shard)
        count += len(shard)
    if not shards or len({shard.shape[1:] for shard in shards}) > 1:
        raise InputError(f"{folder} holds no {name} that fit together.")
    frames: NDArray[Any] = np.concatenate(shards)
    frames.setflags(write=False)
    return frames


def read_marks(folder: Path) -> NDArray[np.float32] | None:
    """(frames, n, k): what was marked in each frame; None where nothing was.

    Raises:
        InputError: a shard is missing or damaged.
    """
    return read_frames(folder, MARKS) if any(folder.glob("marks-*.npy")) else None


def _first(path: Path) -> int:
    digits = path.stem.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else -1
