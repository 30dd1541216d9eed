"""What a training run says while it runs.

All are ``Progress``, so that a run is ``Work`` like any other; a listener that knows only
``Progress`` still sees how far it has come.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.events import Progress


@dataclass(frozen=True, kw_only=True)
class TrainingEvent(Progress):
    """``step`` updates have been made, of ``steps`` where that is known (0: it is not)."""

    stage: str = "Training"
    unit: str = "steps"
    step: int
    steps: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "done", self.step)
        object.__setattr__(self, "total", self.steps or None)


@dataclass(frozen=True, kw_only=True)
class StepDone(TrainingEvent):
    """One update.

    Attributes:
        epoch: of this step, from 1.
        loss: of this step's batch, before its update.
        rate: the learning rate of its update.
        seconds: that the step took.
    """

    epoch: int
    loss: float
    rate: float
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Measured(TrainingEvent):
    """Figures on the probe set, whose vectors are normalised; ``knn``, ``f1`` are in percent."""

    alignment: float
    uniformity: float
    knn: float | None = None
    f1: float | None = None


@dataclass(frozen=True, kw_only=True)
class Scored(TrainingEvent):
    """The model held against what people say of examples that it is not trained on.

    Attributes:
        score: higher is better; of texts, Spearman's ρ × 100; of a reader, F1 in percent.
        best: whether no step after the first had as high a one, so that its weights are kept.
    """

    score: float
    best: bool


@dataclass(frozen=True, kw_only=True)
class Snapshot(TrainingEvent):
    """The probe set as the model sees it now, or saw it within the last few snapshots.

    Those that are kept for the replay, and measured, are of one step.

    Attributes:
        vectors: (n, D) float32, normalised, read-only; always of the same examples.
        labels: (n,) int64, −1 where there is none.
        marks: (n, k) float32, what the task says of each besides, read-only; None of most.
    """

    vectors: NDArray[np.float32]
    labels: NDArray[np.int64]
    marks: NDArray[np.float32] | None = None


@dataclass(frozen=True, kw_only=True)
class Saved(TrainingEvent):
    """From here the run can be resumed even if the process is killed."""

    path: Path
