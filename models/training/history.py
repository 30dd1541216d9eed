"""A run's folder as somebody who looks at it later sees it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError
from models.training.best import Score, scores_of
from models.training.checkpoints import RunFile, read_checkpoint, read_run
from models.training.events import Measured
from models.training.frames import read_array, read_frames, read_marks
from models.training.settings import Plan
from models.training.trainer import measurements

#: The name in ``Task.probe`` of the pictures (n, H, W, 3) uint8 that stand for the points.
PIXELS = "probe-pixels"
#: The name in ``Task.probe`` of the texts (n,) that stand for the points.
TEXTS = "probe-texts"


@dataclass(frozen=True, eq=False)
class History:
    """What was seen of a run up to its last checkpoint; arrays are read-only.

    Attributes:
        step: of the checkpoint.
        steps: of the whole run.
        losses: (step,) one an update.
        measured: figures of the probe set.
        scores: step and score of each time that the model was scored.
        frames: (f, n, D) float16, the probe set's vectors over time.
        frame_steps: (f,) the step of each frame.
        labels: (n,) of the probe set, −1 where there is none.
        classes: their names, if they have any.
        pixels: (n, H, W, 3) uint8, the probe set as the network sees it, of a run on images.
        texts: n texts, the probe set of a run on text; long ones are cut.
        marks: (f, n, k) what a task marked in its probe set besides, if it did.
    """

    step: int
    steps: int
    losses: NDArray[np.float64]
    measured: tuple[Measured, ...]
    frames: NDArray[np.float16]
    frame_steps: NDArray[np.int64]
    labels: NDArray[np.int64]
    classes: tuple[str, ...] = ()
    pixels: NDArray[np.uint8] | None = None
    texts: tuple[str, ...] | None = None
    scores: tuple[Score, ...] = ()
    marks: NDArray[np.float32] | None = None


def read_history(folder: Path) -> History:
    """The history of the run in ``folder``, finished or not.

    Raises:
        InputError: there is no run or no checkpoint, or a file is damaged or changed by hand.
    """
    run = read_run(folder)
    checkpoint = read_checkpoint(folder, run)
    if checkpoint is None:
        raise InputError(f"The run in {folder} has no checkpoint yet.")
    plan = Plan(**run.config["plan"])
    past = checkpoint.part("history.")
    steps = np.array(plan.frame_steps(checkpoint.step), np.int64)
    frames = read_frames(folder)[: len(steps)]  # a killed run may have left one shard more
    labels = read_array(folder / "probe-labels.npy")
    marks = read_marks(folder)
    if marks is not None:
        marks = marks[: len(steps)]
        if marks.shape[:2] != frames.shape[:2]:
            raise InputError(f"{folder} lacks some of the run's marks.")
    if len(frames) != len(steps) or labels.shape != frames.shape[1:2]:
        raise InputError(f"{folder} lacks some of the run's frames.")
    losses: NDArray[np.float64] = past["losses"].numpy()
    for array in (losses, steps):
        array.setflags(write=False)
    return History(
        step=checkpoint.step,
        steps=plan.steps,
        losses=losses,
        measured=tuple(measurements(past["measured"], plan.steps)),
        frames=frames,
        frame_steps=steps,
        labels=labels,
        classes=_classes(run),
        pixels=run_pixels(folder, len(labels)),
        texts=run_texts(folder, len(labels)),
        scores=tuple(scores_of(past)),
        marks=marks,
    )


def run_pixels(folder: Path, count: int) -> NDArray[np.uint8] | None:
    """(count, H, W, 3) the pictures of the probe set of the run in ``folder``, if it has any.

    Raises:
        InputError: the file is damaged, or of another run.
    """
    path = folder / f"{PIXELS}.npy"
    if not path.exists():
        return None
    pixels = read_array(path)
    if pixels.dtype != np.uint8 or pixels.ndim != 4 or len(pixels) != count:
        raise InputError(f"{path} does not hold the pictures of this run.")
    return pixels


def run_texts(folder: Path, count: int) -> tuple[str, ...] | None:
    """The ``count`` texts of the probe set of the run in ``folder``, if it has any.

    Raises:
        InputError: the file is damaged, or of another run.
    """
    path = folder / f"{TEXTS}.npy"
    if not path.exists():
        return None
    texts = read_array(path)
    if texts.dtype.kind != "U" or texts.shape != (count,):
        raise InputError(f"{path} does not hold the texts of this run.")
    return tuple(map(str, texts))


def run_classes(folder: Path) -> tuple[str, ...]:
    """The names of the classes in the run in ``folder``, if they have any.

    Raises:
        InputError: there is no run, or it was changed by hand.
    """
    return _classes(read_run(folder))


def _classes(run: RunFile) -> tuple[str, ...]:
    return tuple(map(str, run.config.get("data", {}).get("classes", ())))
