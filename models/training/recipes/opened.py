"""What runs of every family have in common when they are gone on with or opened again."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.encoders.trainable import Base, read_base
from models.errors import InputError
from models.events import Work
from models.training.checkpoints import Checkpoint, RunFile, read_checkpoint, read_run
from models.training.devices import present
from models.training.loop import RunResult, train
from models.training.recipes.families import Family
from models.training.settings import Settings
from models.training.task import Task


def opened_run(folder: Path, family: Family) -> tuple[RunFile, Mapping[str, Any]]:
    """The run in ``folder``, and what it says of its data.

    Raises:
        InputError: there is no run, it is damaged or changed by hand, or of another family.
    """
    run = read_run(folder)
    data: Mapping[str, Any] = run.config.get("data", {})
    if run.config.get("recipe", {}).get("method") not in family.titles or "source" not in data:
        raise InputError(f"The run in {folder} was not trained on {family.noun}.")
    return run, data


def saved(folder: Path, run: RunFile) -> Checkpoint:
    """The last checkpoint of a run.

    Raises:
        InputError: there is none yet, or it is damaged.
    """
    checkpoint = read_checkpoint(folder, run)
    if checkpoint is None:
        raise InputError(f"The run in {folder} has no checkpoint yet.")
    return checkpoint


def base_of(run: RunFile, where: str) -> Base:
    """The encoder ``where`` that a run began with.

    Raises:
        InputError: it is not there any more, or is another one now.
    """
    base = read_base(where)
    if base.key != run.config["base"]["key"]:
        raise InputError(f"The encoder {base.folder} is not the one that training began with.")
    return base


def go_on(task: Task, settings: Settings, folder: Path, device: str | None) -> Work[RunResult]:
    """Goes on with the run in ``folder``, which ``task`` and ``settings`` are of.

    Args:
        device: None means the run's own, or the quickest where that is not there any more.

    Raises:
        InputError: as ``train``.
    """
    here = replace(settings, device=device or present(settings.device))
    return (yield from train(task, here, folder, resume=True))
