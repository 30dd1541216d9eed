"""Small readers from their questions to a run, and a run opened again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.encoders.trainable import read_base
from models.errors import InputError
from models.events import Progress, Work
from models.reader.near import near_paragraphs
from models.reader.recipe import ReaderRecipe, ReaderTask, reader_task
from models.reader.squad import Pair, read_reader_set
from models.training.checkpoints import RUN, read_run
from models.training.devices import present
from models.training.estimate import Estimate, estimate
from models.training.loop import RunResult, train


def load_reader_task(
    recipe: ReaderRecipe, source: str, limit: int | None = None
) -> Work[ReaderTask]:
    """Reads questions and prepares ``recipe`` for them.

    Raises:
        InputError: the questions or the base cannot be read, or a setting is out of range.
    """
    questions = yield from read_reader_set(Path(source).expanduser(), limit)
    near: Mapping[Pair, Sequence[int]] = {}
    if recipe.near > 0:
        near = yield from near_paragraphs(questions, recipe.settings.seed)
    yield Progress("Reading the base encoder")
    base = read_base(recipe.net.base)
    return reader_task(recipe, questions, base, {"source": source, "limit": limit}, near)


def train_reader(
    recipe: ReaderRecipe, source: str, folder: Path, limit: int | None = None
) -> Work[RunResult]:
    """Reads questions and trains on them in a new run's folder.

    Raises:
        InputError: as ``load_reader_task`` and ``train``.
    """
    task = yield from load_reader_task(recipe, source, limit)
    return (yield from train(task, task.recipe.settings, folder))


def estimate_reader(recipe: ReaderRecipe, source: str, limit: int | None = None) -> Work[Estimate]:
    """How long a run would take, and how much memory.

    Raises:
        InputError: as ``load_reader_task`` and ``estimate``.
    """
    task = yield from load_reader_task(recipe, source, limit)
    return (yield from estimate(task, task.recipe.settings))


def resume_reader(folder: Path, device: str | None = None) -> Work[RunResult]:
    """Goes on with the run in ``folder``.

    Args:
        device: None means the run's own, or the quickest where that is not there any more.

    Raises:
        InputError: as ``reopen_reader``, ``load_reader_task`` and ``train``.
    """
    recipe, source, limit = reopen_reader(folder)
    task = yield from load_reader_task(recipe, source, limit)
    settings = replace(recipe.settings, device=device or present(recipe.settings.device))
    return (yield from train(task, settings, folder, resume=True))


def reopen_reader(folder: Path) -> tuple[ReaderRecipe, str, int | None]:
    """Recipe, questions and their limit of the run in ``folder``.

    Raises:
        InputError: there is no run, it is damaged or changed by hand, or trained no reader.
    """
    run = read_run(folder)
    data: Mapping[str, Any] = run.config.get("data", {})
    if run.config.get("recipe", {}).get("method") != "reader" or "source" not in data:
        raise InputError(f"The run in {folder} has trained no reader.")
    recipe = ReaderRecipe.from_config(run.config, run.free)
    return recipe, str(data["source"]), data.get("limit")


def is_reader_run(folder: Path) -> bool:
    """Whether ``folder`` is that of a run that trains a reader."""
    if not (folder / RUN).is_file():
        return False
    recipe = read_run(folder).config.get("recipe", {})
    return isinstance(recipe, dict) and recipe.get("method") == "reader"
