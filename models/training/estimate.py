"""How long a run will take and how much memory, from a few steps of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.events import Progress, Work
from models.training.devices import device, free_memory
from models.training.settings import Settings, plan
from models.training.task import Judged, Task
from models.training.trainer import Trainer

if TYPE_CHECKING:
    from torch import Tensor

_TRIAL = 4
_SLACK = 1.25  # temporary tensors and what the allocator keeps back


@dataclass(frozen=True)
class Estimate:
    """What a run would take.

    Attributes:
        seconds: of the whole run.
        memory: in bytes on its device, besides the data.
        free: bytes that are free there now, None where that cannot be known.
        step_seconds: of one step.
        steps: of the whole run.
    """

    seconds: float
    memory: int
    free: int | None
    step_seconds: float
    steps: int


def estimate(task: Task, settings: Settings) -> Work[Estimate]:
    """Trains a copy for a few steps, writes nothing, and extrapolates.

    Raises:
        InputError: as ``train`` does before its first step, or memory is too small for one.
    """
    schedule = plan(settings, task.examples)
    where = device(settings.device)
    yield Progress("Estimating", 0, _TRIAL, "steps")
    trainer = Trainer(task, settings, schedule, where)
    activations = _kept_for_backward(trainer.update)  # the first step also warms everything up
    times = []
    for done in range(1, _TRIAL):
        yield Progress("Estimating", done, _TRIAL, "steps")
        times.append(trainer.update().seconds)
    started = time.perf_counter()
    trainer.observe()
    watching = time.perf_counter() - started
    scoring, scores = 0.0, sum(map(schedule.scored, range(schedule.steps + 1)))
    if scores and isinstance(trainer.learner, Judged):
        started = time.perf_counter()
        yield from trainer.learner.score()
        scoring = time.perf_counter() - started
    step = sorted(times)[len(times) // 2]
    looks = len(schedule.frame_steps(schedule.steps)) + schedule.steps // schedule.measure_every
    held = sum(p.nbytes for p in trainer.learner.model.parameters() if p.requires_grad)
    state = sum(t.nbytes for t in trainer.optimiser.state().values())
    return Estimate(
        seconds=schedule.steps * step + looks * watching + scores * scoring,
        free=free_memory(settings.device),
        memory=int(_SLACK * (activations + 2 * held + state)),
        step_seconds=step,
        steps=schedule.steps,
    )


def _kept_for_backward(work: Callable[[], Any]) -> int:
    """The most bytes that ``work`` keeps at one time for its backward passes, on any device."""
    import torch

    ledger = _Ledger()
    with torch.autograd.graph.saved_tensors_hooks(ledger.keep, lambda kept: kept.tensor):
        work()
    return ledger.most


class _Ledger:
    """Storages that graphs hold, each counted once however many of its tensors are kept."""

    def __init__(self) -> None:
        self.most = 0
        self._now = 0
        self._uses: dict[int, int] = {}

    def keep(self, tensor: "Tensor") -> "_Kept":
        storage = tensor.untyped_storage()
        place, size = storage.data_ptr(), storage.nbytes()
        if place not in self._uses:
            self._now += size
            self.most = max(self.most, self._now)
        self._uses[place] = self._uses.get(place, 0) + 1
        return _Kept(tensor, lambda: self._drop(place, size))

    def _drop(self, place: int, size: int) -> None:
        self._uses[place] -= 1
        if not self._uses[place]:
            del self._uses[place]
            self._now -= size


class _Kept:
    """A tensor for as long as a graph holds it."""

    def __init__(self, tensor: "Tensor", gone: Callable[[], None]) -> None:
        self.tensor, self._gone = tensor, gone

    def __del__(self) -> None:
        self._gone()
