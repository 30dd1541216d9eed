"""A run's folder as somebody who looks at it later sees it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError
from models.training.checkpoints import read_checkpoint, read_run
from models.training.events import Measured
from models.training.frames import read_array, read_frames
from models.training.settings import Plan
from models.training.trainer import measurements


@dataclass(frozen=True, eq=False)
class History:
    """What was seen of a run up to its last checkpoint; arrays are read-only.

    Attributes:
        step: of the checkpoint.
        steps: of the whole run.
        losses: (step,) one an update.
        measured: figures of the probe set.
        frames: (f, n, D) float16, the probe set's vectors over time.
        frame_steps: (f,) the step of each frame.
        labels: (n,) of the probe set, −1 where there is none.
    """

    step: int
    steps: int
    losses: NDArray[np.float64]
    measured: tuple[Measured, ...]
    frames: NDArray[np.float16]
    frame_steps: NDArray[np.int64]
    labels: NDArray[np.int64]


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
    )
