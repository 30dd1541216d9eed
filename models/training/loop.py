"""The training loop: it knows batches, a loss, an optimiser and a probe set, and no images.

A run is a generator of events. At each ``yield`` all of a step is done, so it may be paused
there (by not asking for the next event), or stopped (by closing it, which saves first).
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from models.errors import InputError
from models.events import Event, Progress, Work
from models.training.best import Score, best_score
from models.training.checkpoints import (
    LOCK,
    RunFile,
    read_checkpoint,
    read_run,
    write_checkpoint,
    write_run,
)
from models.training.devices import device
from models.training.events import Measured, Saved
from models.training.frames import MARKS, drop_frames, write_array, write_frames
from models.training.settings import FREE, Plan, Settings, as_config, plan
from models.training.task import Task
from models.training.trainer import Trainer

#: The share of the time that may go into showing the probe set to somebody who watches.
LIVE = 0.03


@dataclass(frozen=True)
class RunResult:
    """A finished run; ``first`` and ``last`` are measured before and after it, and ``best`` is the
    score whose weights serve, where there were any."""

    folder: Path
    steps: int
    loss: float
    first: Measured
    last: Measured
    seconds: float
    best: Score | None = None


def train(
    task: Task, settings: Settings, folder: Path, resume: bool = False, live: float = LIVE
) -> Work[RunResult]:
    """Trains ``task`` in ``folder``, or goes on with the run that is there.

    A run that was stopped or killed and then resumed ends, on a CPU with as many threads, with
    the same bits as one that was not. Yields ``StepDone`` each step, ``Measured`` and
    ``Snapshot`` at even distances, ``Scored`` where there is what to score by, further snapshots in
    ``live`` of the time, and ``Saved``.

    Raises:
        InputError: the settings do not fit the data, the folder holds a run (or none to resume,
            or another, or a damaged one), the loss is no number any more, memory or device fail.
    """
    started = time.perf_counter()
    schedule = plan(settings, task.examples)
    where = device(settings.device)
    with _alone(folder, resume):
        run = _opened(task, settings, schedule, folder, resume)
        yield Progress("Preparing")
        trainer = Trainer(task, settings, schedule, where)
        checkpoint = read_checkpoint(folder, run)
        if checkpoint is not None:
            trainer.restore(checkpoint)
        else:
            for name, array in {**task.probe, "probe-labels": task.labels}.items():
                write_array(folder / f"{name}.npy", array)
        # Of a checkpoint's own step, the frame is on disk already.
        drop_frames(folder, len(schedule.frame_steps(trainer.step)) if checkpoint else 0)
        yield from _run(trainer, schedule, settings, folder, run, live)
    return RunResult(
        folder=folder,
        steps=trainer.step,
        loss=trainer.losses[-1],
        first=trainer.measured[0],
        last=trainer.measured[-1],
        seconds=time.perf_counter() - started,
        best=best_score(trainer.scores),
    )


def _run(
    trainer: Trainer, schedule: Plan, settings: Settings, folder: Path, run: RunFile, live: float
) -> Iterator[Event]:
    pace = _Pace(live)
    if not trainer.measured:
        yield from pace.watch(trainer)
    saved, last = (trainer.step if trainer.losses else -1), time.monotonic()
    try:
        if trainer.unscored:  # before the first step, or where a run was broken off in scoring
            yield (yield from trainer.score())
            if trainer.step == schedule.steps:
                yield save(trainer, schedule, folder, run)
        while trainer.step < schedule.steps:
            events: list[Event] = [trainer.update()]
            step = trainer.step
            if schedule.kept(step) or schedule.measured(step):
                events += pace.watch(trainer)
            elif pace.due():
                events.append(pace.glance(trainer))
            if trainer.unscored:
                yield from events
                events = [(yield from trainer.score())]
            if step == schedule.steps or time.monotonic() - last >= settings.save_seconds:
                events.append(save(trainer, schedule, folder, run))
                saved, last = step, time.monotonic()
            yield from events
    except GeneratorExit:
        if trainer.step > saved:
            save(trainer, schedule, folder, run)
        raise


def save(trainer: Trainer, schedule: Plan, folder: Path, run: RunFile) -> Saved:
    """Writes frames, then the checkpoint that counts on them."""
    checkpoint = trainer.checkpoint()
    first = len(schedule.frame_steps(trainer.step)) - len(trainer.frames)
    write_frames(folder, first, trainer.frames)
    write_frames(folder, first, trainer.marks, MARKS)
    path = write_checkpoint(folder, run, checkpoint)
    trainer.frames, trainer.marks = [], []
    trainer.kept = f"the run is kept as of step {trainer.step}"
    return Saved(step=trainer.step, steps=schedule.steps, path=path)


class _Pace:
    """Lets a listener see the probe set as often as costs at most a ``share`` of the time.

    What is kept or measured anyway is seen too, and does not count.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._cost = 0.0
        self._last = time.perf_counter()

    def due(self) -> bool:
        waited = time.perf_counter() - self._last
        return self._share > 0 and waited * self._share >= self._cost

    def watch(self, trainer: Trainer) -> list[Event]:
        seen = [event for event in trainer.observe() if event is not None]
        self._last = time.perf_counter()
        return list(seen)

    def glance(self, trainer: Trainer) -> Event:
        started = time.perf_counter()
        seen = trainer.glance()
        self._last = time.perf_counter()
        self._cost = self._last - started
        return seen


@contextmanager
def _alone(folder: Path, resume: bool) -> Iterator[None]:
    if resume and not folder.is_dir():
        raise InputError(f"There is no run to resume in {folder}.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise InputError(f"Another process is training in {folder}.") from error
    except OSError as error:
        raise InputError(f"{folder} cannot be written ({error.strerror or error}).") from error
    try:
        yield
    finally:
        lock.release()


def _opened(task: Task, settings: Settings, schedule: Plan, folder: Path, resume: bool) -> RunFile:
    config = {**task.config, "settings": as_config(settings), "plan": asdict(schedule)}
    if not resume:
        free = {name: value for name, value in asdict(settings).items() if name in FREE}
        return write_run(folder, config, free)
    run = read_run(folder)
    other = difference(_filled(run.config), json.loads(json.dumps(config)))
    if other is not None:
        raise InputError(f"The run in {folder} was started with other settings: {other}.")
    return run


def _filled(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """``config`` with the settings that there were none of yet when its run was started."""
    plain = Settings()
    late = {"schedule": plain.schedule, "score_every": plain.score_every}
    known = {"settings": as_config(plain), "plan": late}
    return {**config, **{name: {**known[name], **config[name]} for name in known}}


def difference(old: Mapping[str, Any], new: Mapping[str, Any], path: str = "") -> str | None:
    """The first entry in which two configurations differ, "settings.batch is 64, not 32"."""
    for name in dict.fromkeys([*old, *new]):
        here, there = old.get(name), new.get(name)
        if here == there:
            continue
        if isinstance(here, Mapping) and isinstance(there, Mapping):
            return difference(here, there, f"{path}{name}.")
        return f"{path}{name} was {here}, not {there}"
    return None
