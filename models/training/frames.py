"""Snapshots of a run kept for its replay: float16 in shards of (frames, n, D), ``frames-N.npy``.

N is the number of the shard's first frame. A shard is written just before each checkpoint, so
the frames of a checkpoint's step are all on disk, and shards beyond it are leftovers.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError
from models.files import atomic_path

_PATTERN = "frames-*.npy"


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


def write_frames(folder: Path, first: int, frames: Sequence[NDArray[np.float32]]) -> None:
    """Writes ``frames``, each (n, D), as the frames from number ``first`` on.

    Raises:
        InputError: they cannot be written.
    """
    if frames:
        write_array(folder / f"frames-{first:06d}.npy", np.stack(frames).astype(np.float16))


def drop_frames(folder: Path, count: int) -> None:
    """Removes the shards after the first ``count`` frames, left by a run that was killed."""
    for path in folder.glob(_PATTERN):
        if _first(path) >= count:
            path.unlink(missing_ok=True)


def read_frames(folder: Path) -> NDArray[np.float16]:
    """(frames, n, D): all frames of a run in order, read-only.

    Raises:
        InputError: a shard is missing or damaged, or there is none.
    """
    shards = []
    count = 0
    for path in sorted(folder.glob(_PATTERN)):
        shard = read_array(path)
        if _first(path) != count or shard.ndim != 3 or shard.dtype != np.float16:
            raise InputError(f"{folder} lacks the frames before {path.name}.")
        shards.append(shard)
        count += len(shard)
    if not shards or len({shard.shape[1:] for shard in shards}) > 1:
        raise InputError(f"{folder} holds no frames that fit together.")
    frames: NDArray[np.float16] = np.concatenate(shards)
    frames.setflags(write=False)
    return frames


def _first(path: Path) -> int:
    digits = path.stem.removeprefix("frames-")
    return int(digits) if digits.isdecimal() else -1
