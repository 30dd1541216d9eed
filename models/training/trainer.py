"""The state of a run and the one way to change it: an update."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError
from models.events import Work
from models.files import content_key
from models.training.best import Score, best_score, scores_of
from models.training.checkpoints import Checkpoint, served
from models.training.devices import trouble
from models.training.events import Measured, Scored, Snapshot, StepDone
from models.training.optimisers import optimiser
from models.training.settings import Plan, Settings
from models.training.task import Judged, Learner, Marking, Task

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_TURNS = 4  # glances in which the whole probe set is seen


class Trainer:
    """A learner, its optimiser, and what has been measured of it.

    Every random number of a step comes from a seed made of the run's seed and the step's number,
    and the order of an epoch from the run's seed and the epoch's: a run needs no generator's
    state to be taken up exactly where it was put down.

    Attributes:
        step: updates made.
        losses: one a step.
        measured: all measurements so far.
        scores: step and score, all so far.
        frames: (n, D) each, those since the last checkpoint.
        marks: (n, k) each, of the same snapshots, where the task marks anything.
        kept: a clause for error messages: what of the run is on disk.
    """

    def __init__(self, task: Task, settings: Settings, plan: Plan, device: "torch.device") -> None:
        import torch

        self.step = 0
        self.losses: list[float] = []
        self.measured: list[Measured] = []
        self.scores: list[Score] = []
        self.frames: list[NDArray[np.float32]] = []
        self.marks: list[NDArray[np.float32]] = []
        self.kept = "nothing was saved yet"
        self._task, self._settings, self._plan, self._device = task, settings, plan, device
        self._generator = torch.Generator()
        self._seen: NDArray[np.float32] | None = None
        self._turn = 0
        self._best: dict[str, Tensor] = {}
        self._epoch, self._order = -1, torch.empty(0, dtype=torch.int64)
        with self._told():
            self.learner: Learner = task.start(device, settings)
            self.optimiser = optimiser(
                settings.optimiser,
                self.learner.model.named_parameters(),
                momentum=settings.momentum,
                decay=settings.decay,
            )

    def update(self) -> StepDone:
        """One step of the optimiser.

        Raises:
            InputError: the loss is not finite, memory ran out, or the device is gone.
        """
        started = time.perf_counter()
        epoch, place = divmod(self.step, self._plan.per_epoch)
        rate = self._plan.rate_at(self.step)
        with self._told():
            loss = self._descend(self._batch(epoch, place), rate)
        if not np.isfinite(loss):
            raise self._diverged()
        self.step += 1
        self.losses.append(loss)
        return StepDone(
            step=self.step,
            steps=self._plan.steps,
            epoch=epoch + 1,
            loss=loss,
            rate=rate,
            seconds=time.perf_counter() - started,
        )

    def observe(self) -> tuple[Snapshot, Measured | None]:
        """The probe set now, and its figures where the plan has them at this step.

        Raises:
            InputError: as ``update`` does.
        """
        with self._told():
            self.learner.model.eval()
            vectors = self.learner.embed()
            snapshot = self._snapshot(vectors.cpu().numpy())
            if self._plan.kept(self.step):
                self.frames.append(snapshot.vectors)
                if snapshot.marks is not None:
                    self.marks.append(snapshot.marks)
            if not self._plan.measured(self.step):
                return snapshot, None
            figures = self.learner.figures(vectors)
        steps = self._plan.steps
        measured = Measured(
            step=self.step,
            steps=steps,
            alignment=figures.alignment,
            uniformity=figures.uniformity,
            knn=figures.knn,
            f1=figures.f1,
        )
        self.measured.append(measured)
        return snapshot, measured

    def glance(self) -> Snapshot:
        """The probe set, of which a quarter is seen anew at each call and the rest was before.

        A whole look costs a good part of a step, and eyes want several a second.

        Raises:
            InputError: as ``update`` does.
        """
        before = self._seen
        if before is None:
            return self.observe()[0]
        size = -(-len(before) // _TURNS)
        rows = slice(self._turn * size, (self._turn + 1) * size)
        self._turn = (self._turn + 1) % _TURNS
        array = before.copy()
        with self._told():
            self.learner.model.eval()
            array[rows] = self.learner.embed(rows).cpu().numpy()
            return self._snapshot(array)

    def _snapshot(self, array: NDArray[np.float32]) -> Snapshot:
        if not np.isfinite(array).all():
            raise self._diverged()
        array.setflags(write=False)
        self._seen = array
        marks = self.learner.marks() if isinstance(self.learner, Marking) else None
        if marks is not None:
            marks.setflags(write=False)
        return Snapshot(
            step=self.step,
            steps=self._plan.steps,
            vectors=array,
            labels=self._task.labels,
            marks=marks,
        )

    @property
    def unscored(self) -> bool:
        """Whether the plan has a score at this step that was not given yet."""
        due = isinstance(self.learner, Judged) and self._plan.scored(self.step)
        return due and (not self.scores or self.scores[-1][0] < self.step)

    def score(self) -> Work[Scored]:
        """Scores the model as it is; the weights of the best score are kept.

        Raises:
            InputError: as ``update`` does.
        """
        learner: Any = self.learner
        with self._told():
            learner.model.eval()
            score = yield from learner.score()
        self.scores.append((self.step, score))
        leader = best_score(self.scores)
        best = leader is not None and leader[0] == self.step
        if best:
            now = served(learner.model.state_dict())
            self._best = {name: t.detach().to("cpu", copy=True) for name, t in now.items()}
        return Scored(step=self.step, steps=self._plan.steps, score=score, best=best)

    def checkpoint(self) -> Checkpoint:
        """Everything the next update depends on, and the history.

        After the last update there is no next one, and the optimiser, which is up to two thirds
        of a checkpoint, is left out.

        Raises:
            InputError: weights are not finite, so that the checkpoint before is the better one.
        """
        import torch

        model = self.learner.model.state_dict()
        if not all(torch.isfinite(t).all() for t in model.values() if t.is_floating_point()):
            raise self._diverged()
        tensors = {f"model.{name}": tensor for name, tensor in model.items()}
        if self.step < self._plan.steps:
            tensors |= {f"optimiser.{name}": t for name, t in self.optimiser.state().items()}
        nan = float("nan")
        rows = [
            (m.step, m.alignment, m.uniformity, *(nan if x is None else x for x in (m.knn, m.f1)))
            for m in self.measured
        ]
        if self.scores:
            tensors["history.scores"] = torch.tensor(self.scores, dtype=torch.float64)
            leader = best_score(self.scores)
            if leader is not None and leader[0] < self.step:
                tensors |= {f"best.{name}": tensor for name, tensor in self._best.items()}
        tensors["history.losses"] = torch.tensor(self.losses, dtype=torch.float64)
        tensors["history.measured"] = torch.tensor(rows, dtype=torch.float64).view(-1, 5)
        return Checkpoint(self.step, tensors)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Takes up where ``checkpoint`` was made."""
        self.step = checkpoint.step
        self.learner.model.load_state_dict(checkpoint.part("model."))
        if self.step < self._plan.steps:
            self.optimiser.restore(checkpoint.part("optimiser."))
        history = checkpoint.part("history.")
        self.losses = history["losses"].tolist()
        self.scores = scores_of(history)
        self._best = checkpoint.serving() if best_score(self.scores) else {}
        self.measured = measurements(history["measured"], self._plan.steps)
        self.kept = f"the run is kept as of step {self.step}"

    def _batch(self, epoch: int, place: int) -> "Tensor":
        import torch

        if epoch != self._epoch:
            generator = torch.Generator().manual_seed(_seed(self._settings.seed, "epoch", epoch))
            self._order = torch.randperm(self._task.examples, generator=generator)
            self._epoch = epoch
        return self._order[place * self._settings.batch :][: self._settings.batch]

    def _descend(self, rows: "Tensor", rate: float) -> float:
        import torch

        seed = _seed(self._settings.seed, "step", self.step)
        self.learner.model.train()
        # Dropout draws from torch's own generators.
        with torch.random.fork_rng(devices=[self._device] if self._device.type == "cuda" else []):
            torch.manual_seed(seed)
            loss = self.learner.loss(rows, self._generator.manual_seed(seed))
            loss.backward()  # type: ignore[no-untyped-call]
        parameters = [p for p in self.learner.model.parameters() if p.grad is not None]
        if self._settings.clip is not None:
            torch.nn.utils.clip_grad_norm_(parameters, self._settings.clip)
        self.optimiser.step(rate)
        for parameter in parameters:
            parameter.grad = None
        # Read last, so that a GPU has the whole step queued before it is waited for.
        return float(loss.item())

    def _diverged(self) -> InputError:
        return InputError(
            f"The loss stopped being a number in step {self.step + 1}: lower the learning rate "
            f"(now {self._plan.rate_at(self.step):.3g}, at its peak {self._plan.rate:.3g}); "
            f"{self.kept}."
        )

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (RuntimeError, MemoryError) as error:
            device, batch = str(self._device), self._settings.batch
            sentence = trouble(error, device, batch, self.step + 1, self.kept)
            if sentence is None:
                raise
            raise sentence from error


def measurements(rows: "Tensor", steps: int) -> list[Measured]:
    """The measurements that a checkpoint keeps as rows of step, alignment, uniformity, kNN and F1;
    those of earlier versions end before the last."""
    found = []
    for step, alignment, uniformity, *percent in rows.tolist():
        knn, f1 = (None if x != x else x for x in (*percent, float("nan"))[:2])
        found.append(
            Measured(
                step=int(step),
                steps=steps,
                alignment=alignment,
                uniformity=uniformity,
                knn=knn,
                f1=f1,
            )
        )
    return found


def _seed(seed: int, what: str, number: int) -> int:
    return int(content_key(what, str(seed), str(number))[:15], 16)
