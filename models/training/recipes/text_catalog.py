"""The methods on text by name, and their runs opened again."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType, ModuleType

from models.data.training_text import TextSet, sentence_set, triplet_set
from models.encoders.save_text import TrainedText
from models.encoders.trainable import Base, build_text, read_base
from models.errors import InputError
from models.events import Progress, Work
from models.training.best import best_score, scores_of
from models.training.checkpoints import TRAINING_ONLY, read_run
from models.training.estimate import Estimate, estimate
from models.training.loop import RunResult, train
from models.training.recipes import diffcse, mlm, simcse, simcse_nli
from models.training.recipes.families import TEXTS
from models.training.recipes.judging import read_judge
from models.training.recipes.opened import base_of, go_on, opened_run, saved
from models.training.recipes.text import TextRecipe, TextTask
from models.training.recipes.translated import (
    translation_seconds,
    translators,
    with_translations,
)

METHODS: Mapping[str, ModuleType] = MappingProxyType(
    {"simcse": simcse, "simcse-nli": simcse_nli, "diffcse": diffcse, "mlm": mlm}
)


@dataclass(frozen=True)
class TextSource:
    """Where the texts of a run are.

    Attributes:
        source: as ``sentence_set`` or ``triplet_set`` takes it.
        column: of a table; None guesses it.
        limit: at most so many texts.
    """

    source: str
    column: str | None = None
    limit: int | None = None


def load_text_task(recipe: TextRecipe, texts: TextSource) -> Work[TextTask]:
    """Reads texts, makes the views that take long to make, and prepares ``recipe`` for them.

    Raises:
        InputError: the texts, the base or another model cannot be read, or a setting is out of
            range.
    """
    task = yield from _read_task(recipe, texts)
    if not recipe.translated:
        return task
    spec = translators(recipe.there, recipe.back)
    return replace(task, texts=(yield from with_translations(task.texts, spec)))


def _read_task(recipe: TextRecipe, texts: TextSource) -> Work[TextTask]:
    """All of a task but the views that take long to make."""
    _check(recipe)
    found: TextSet
    if recipe.method == "simcse-nli":
        if texts.column is not None:
            raise InputError("Triplets have columns of their own; name none.")
        found = yield from triplet_set(texts.source, recipe.probe, texts.limit)
    else:
        found = yield from sentence_set(texts.source, recipe.probe, texts.column, texts.limit)
    yield Progress("Reading the base encoder")
    return text_task(recipe, found, read_base(recipe.net.base), texts)


def text_task(recipe: TextRecipe, texts: TextSet, base: Base, source: TextSource) -> TextTask:
    """``recipe`` on texts that were read from ``source``.

    Raises:
        InputError: there are too few, or a setting is out of range.
    """
    _check(recipe)
    if len(texts.held) < 2:
        raise InputError(f"{texts.source} holds too few texts to set two of them aside.")
    data = {"source": source.source, "column": source.column, "limit": source.limit}
    if recipe.generator:
        data["generator"] = read_base(recipe.generator).key
    alone = recipe.method in ("mlm", "diffcse")  # what they learn from is no loss of vectors only
    loss = None if alone else METHODS[recipe.method].objective(recipe)
    judge = read_judge(recipe.dev) if recipe.dev else None
    return TextTask(recipe, texts, base, data, loss, judge)


def train_texts(recipe: TextRecipe, texts: TextSource, folder: Path) -> Work[RunResult]:
    """Reads texts and trains on them in a new run's folder.

    Raises:
        InputError: as ``load_text_task`` and ``train``.
    """
    task = yield from load_text_task(recipe, texts)
    return (yield from train(task, recipe.settings, folder))


def resume_texts(folder: Path, device: str | None = None) -> Work[RunResult]:
    """Goes on with the run in ``folder``.

    Args:
        device: None means the run's own, or the quickest where that is not there any more.

    Raises:
        InputError: as ``reopen_text``, ``load_text_task`` and ``train``.
    """
    recipe, texts = reopen_text(folder)
    task = yield from load_text_task(recipe, texts)
    return (yield from go_on(task, recipe.settings, folder, device))


def estimate_texts(recipe: TextRecipe, texts: TextSource) -> Work[Estimate]:
    """How long a run would take, and how much memory.

    Raises:
        InputError: as ``load_text_task`` and ``estimate``.
    """
    task = yield from _read_task(recipe, texts)
    if not recipe.translated:
        return (yield from estimate(task, recipe.settings))
    beforehand = yield from translation_seconds(task.texts, translators(recipe.there, recipe.back))
    # Whatever the second view of a sentence is, a step takes about as long.
    same = tuple(2 * example for example in task.texts.train)
    guess = yield from estimate(
        replace(task, texts=replace(task.texts, train=same)), recipe.settings
    )
    return replace(guess, seconds=guess.seconds + beforehand)


def reopen_text(folder: Path) -> tuple[TextRecipe, TextSource]:
    """Recipe and texts of the run in ``folder``.

    Raises:
        InputError: there is no run, it is damaged or changed by hand, or was not trained on
            sentences.
    """
    run, data = opened_run(folder, TEXTS)
    recipe = TextRecipe.from_config(run.config, run.free)
    return recipe, TextSource(str(data["source"]), data.get("column"), data.get("limit"))


def trained_text(folder: Path) -> TrainedText:
    """The encoder that a run has trained so far; where it was scored on the way, the best one.

    Raises:
        InputError: as ``reopen_text``; nothing has been saved yet; or the base is not there any
            more, or is another one now.
    """
    recipe, texts = reopen_text(folder)
    run = read_run(folder)
    checkpoint = saved(folder, run)
    base = base_of(run, recipe.net.base)
    model = build_text(recipe.net, base, recipe.settings.seed)
    model.load_state_dict(checkpoint.serving())
    best = best_score(scores_of(checkpoint.part("history.")))
    how = "" if recipe.method == "mlm" else f", τ = {recipe.temperature:g}"
    if best is not None:
        how += f"; as of step {best[0]:,}, which scored best ({best[1]:.2f})"
    about = f"{TEXTS.titles[recipe.method]} on {Path(texts.source).stem}, from {base.name}{how}."
    # The head belongs to the last weights, which are not always those that serve.
    last = best is None or best[0] == checkpoint.step
    guesses = (
        checkpoint.part(f"model.{TRAINING_ONLY}.") if last and recipe.method == "mlm" else None
    )
    return TrainedText(folder.name, model.eval(), recipe.net, base, about, guesses)


def _check(recipe: TextRecipe) -> None:
    for name, value in (
        ("temperature", recipe.temperature),
        ("weight of hard negatives", recipe.hard_negative_weight),
        ("weight of exchanged words", recipe.detection),
    ):
        if not 0 < value < math.inf:
            raise InputError(f"The {name} is {value}; it must be more than 0.")
    if not 0 < recipe.masked < 1:
        raise InputError(f"A share of {recipe.masked} hidden words cannot be; it is below 1.")
    if recipe.translated:
        translators(recipe.there, recipe.back)
