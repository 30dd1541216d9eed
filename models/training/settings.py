"""How a run is trained, whatever it trains."""

from dataclasses import asdict, dataclass
from typing import Any, get_args

from models.errors import InputError
from models.training.optimisers import Kind
from models.training.schedules import (
    Scaling,
    Schedule,
    scaled_rate,
    warmup_cosine,
    warmup_linear,
)


@dataclass(frozen=True)
class Settings:
    """Everything about a run but its model, loss and data.

    Attributes:
        batch: examples a step; the last, smaller batch of an epoch is left out.
        epochs, steps: how long; exactly one of the two is given.
        rate: the peak learning rate, before ``scaling`` by the batch size.
        warmup_epochs: of the learning rate; never more than a tenth of the run.
        schedule: how the rate falls after that.
        momentum: of LARS and SGD.
        decay: weight decay.
        clip: the largest norm of the gradient, or None.
        seed: of weights, order and augmentation. The same seed gives the same run on a CPU.
        device: "cpu", "cuda", "cuda:1", "mps".
        mixed: bfloat16 products where the device is quick at them (CUDA).
        frames: snapshots of the probe set that are kept for the replay.
        measurements: of the probe set over the run.
        save_seconds: between checkpoints; a killed run loses no more than this.
        score_every: steps between two scores, where the task has what to score by; 0 is never.
    """

    batch: int = 256
    epochs: int | None = None
    steps: int | None = None
    optimiser: Kind = "adamw"
    rate: float = 1e-3
    scaling: Scaling = "none"
    warmup_epochs: float = 10
    momentum: float = 0.9
    decay: float = 1e-4
    clip: float | None = None
    seed: int = 0
    device: str = "cpu"
    mixed: bool = True
    frames: int = 100
    measurements: int = 20
    save_seconds: float = 20.0
    schedule: Schedule = "cosine"
    score_every: int = 0


#: Settings that may differ between a run and its continuation.
FREE = ("device", "save_seconds")


def as_config(settings: Settings) -> dict[str, Any]:
    """What identifies a run: all settings but those that are free."""
    return {name: value for name, value in asdict(settings).items() if name not in FREE}


@dataclass(frozen=True)
class Plan:
    """Settings meeting data: what happens at which step."""

    steps: int
    per_epoch: int
    warmup: int
    rate: float
    frame_every: int
    measure_every: int
    schedule: Schedule = "cosine"
    score_every: int = 0

    def rate_at(self, step: int) -> float:
        """The learning rate of update ``step``, from 0."""
        share = warmup_linear if self.schedule == "linear" else warmup_cosine
        return self.rate * share(step, self.steps, self.warmup)

    def frame_steps(self, step: int) -> list[int]:
        """The steps up to ``step`` of which a frame is kept; the first is 0, the last is kept."""
        kept = list(range(0, step + 1, self.frame_every))
        return kept if step < self.steps or kept[-1] == step else [*kept, step]

    def measured(self, step: int) -> bool:
        """Whether the probe set is measured after ``step`` updates."""
        return step % self.measure_every == 0 or step == self.steps

    def scored(self, step: int) -> bool:
        """Whether the model is scored after ``step`` updates."""
        return self.score_every > 0 and (step % self.score_every == 0 or step == self.steps)

    def kept(self, step: int) -> bool:
        """Whether a frame is kept after ``step`` updates."""
        return step % self.frame_every == 0 or step == self.steps


def plan(settings: Settings, examples: int) -> Plan:
    """Checks ``settings`` against the number of examples and counts steps.

    Raises:
        InputError: a setting is out of range, or the batch is larger than the data.
    """
    if settings.batch < 2:
        raise InputError(f"A batch of {settings.batch} has no negatives; take 2 or more.")
    if settings.batch > examples:
        raise InputError(
            f"A batch of {settings.batch} is larger than the data ({examples:,} examples); "
            "take a smaller batch or more data."
        )
    if (settings.epochs is None) == (settings.steps is None):
        raise InputError("A run is so many epochs or so many steps long, one of the two.")
    if min(settings.epochs or settings.steps or 0, settings.frames, settings.measurements) < 1:
        raise InputError("Epochs, steps, frames and measurements count from 1.")
    if settings.score_every < 0:
        raise InputError("The steps between two scores count from 1; 0 is never.")
    if not 0 < settings.rate < float("inf"):
        raise InputError(f"A learning rate of {settings.rate} cannot be; it is a positive number.")
    if settings.schedule not in get_args(Schedule):
        raise InputError(f"{settings.schedule} is no schedule; there are cosine and linear.")
    per_epoch = examples // settings.batch
    steps = settings.steps or (settings.epochs or 0) * per_epoch
    return Plan(
        steps=steps,
        per_epoch=per_epoch,
        warmup=min(round(settings.warmup_epochs * per_epoch), steps // 10),
        rate=scaled_rate(settings.rate, settings.batch, settings.scaling),
        frame_every=-(-steps // settings.frames),
        measure_every=-(-steps // settings.measurements),
        schedule=settings.schedule,
        score_every=settings.score_every,
    )
