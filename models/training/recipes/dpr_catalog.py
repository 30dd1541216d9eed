"""Runs of DPR: begun, gone on with, estimated, and opened again."""

import math
import random
from dataclasses import asdict
from pathlib import Path
from typing import get_args

from models.data.asked import QuestionSet
from models.data.dpr_questions import QuestionSource, question_set
from models.data.drafts import Columns
from models.encoders.bert import is_plain_bert
from models.encoders.dual import build_dual
from models.encoders.save_dual import TrainedDual
from models.encoders.tokens import Tokens, auto_tokenizer, read_tokenizer, ready
from models.encoders.trainable import Base, read_base
from models.errors import InputError
from models.events import Progress, Shortened, Work
from models.training.checkpoints import read_run
from models.training.estimate import Estimate, estimate
from models.training.loop import RunResult, train
from models.training.negatives import check_negatives, hard_pools
from models.training.recipes.dpr import DprRecipe, DprTask, Similarity
from models.training.recipes.families import QUESTIONS
from models.training.recipes.opened import base_of, go_on, opened_run, saved

_LOOKED_AT = 2000  # passages, for how many are too long


def load_dpr_task(recipe: DprRecipe, questions: QuestionSource) -> Work[DprTask]:
    """Reads questions, mines their hard negatives and prepares ``recipe`` for them.

    Raises:
        InputError: the questions, their corpus or the base cannot be read, or a setting is out of
            range.
    """
    _check(recipe)
    base = read_base(recipe.net.base)
    found = yield from question_set(questions)
    if recipe.settings.score_every and not found.dev:
        raise InputError(f"{questions.source} has no questions to spare for scores on the way.")
    yield from _told_of_cut(found, recipe, base)
    pools = yield from hard_pools(found, recipe.negatives)
    yield Progress("Reading the base encoder")
    data = {
        "source": questions.source,
        "corpus": questions.corpus,
        "columns": asdict(questions.columns),
        "limit": questions.limit,
        "without": found.without,
    }
    return DprTask(recipe, found, base, data, pools)


def train_dpr(recipe: DprRecipe, questions: QuestionSource, folder: Path) -> Work[RunResult]:
    """Reads questions and trains on them in a new run's folder.

    Raises:
        InputError: as ``load_dpr_task`` and ``train``.
    """
    task = yield from load_dpr_task(recipe, questions)
    return (yield from train(task, recipe.settings, folder))


def resume_dpr(folder: Path, device: str | None = None) -> Work[RunResult]:
    """Goes on with the run in ``folder``.

    Args:
        device: None means the run's own, or the quickest where that is not there any more.

    Raises:
        InputError: as ``reopen_dpr``, ``load_dpr_task`` and ``train``.
    """
    recipe, questions = reopen_dpr(folder)
    task = yield from load_dpr_task(recipe, questions)
    return (yield from go_on(task, recipe.settings, folder, device))


def estimate_dpr(recipe: DprRecipe, questions: QuestionSource) -> Work[Estimate]:
    """How long a run would take, and how much memory.

    Raises:
        InputError: as ``load_dpr_task`` and ``estimate``.
    """
    task = yield from load_dpr_task(recipe, questions)
    return (yield from estimate(task, recipe.settings))


def reopen_dpr(folder: Path) -> tuple[DprRecipe, QuestionSource]:
    """Recipe and questions of the run in ``folder``.

    Raises:
        InputError: there is no run, it is damaged or changed by hand, or was not trained on
            questions.
    """
    run, data = opened_run(folder, QUESTIONS)
    recipe = DprRecipe.from_config(run.config, run.free)
    columns = Columns(**data.get("columns", {}))
    limit = data.get("limit")
    return recipe, QuestionSource(str(data["source"]), str(data["corpus"]), columns, limit)


def trained_dual(folder: Path) -> TrainedDual:
    """The encoders that a run has trained so far.

    Raises:
        InputError: as ``reopen_dpr``; nothing has been saved yet; or the base is not there any
            more, or is another one now.
    """
    recipe, questions = reopen_dpr(folder)
    run = read_run(folder)
    weights = saved(folder, run).serving()
    base = base_of(run, recipe.net.base)
    model = build_dual(recipe.net, base, recipe.shared, recipe.settings.seed)
    model.load_state_dict(weights)
    about = (
        f"{QUESTIONS.titles[recipe.method]} on {Path(questions.source).stem}, from {base.name}, "
        f"{'one shared encoder' if recipe.shared else 'two encoders'}."
    )
    return TrainedDual(
        name=folder.name,
        net=model.eval(),
        spec=recipe.net,
        base=base,
        shared=recipe.shared,
        similarity=recipe.similarity,
        about=about,
    )


def _told_of_cut(found: QuestionSet, recipe: DprRecipe, base: Base) -> Work[None]:
    """Says how many passages are longer than is read of them."""
    most = recipe.net.max_length
    home, plain = base.declared.transformer, is_plain_bert(base.config)
    tokenizer = read_tokenizer(home) if plain else auto_tokenizer(home)
    # One token more than is read tells a text that is too long from one that just fits.
    tokens = Tokens(ready(tokenizer, most + 1, base.declared.lowercase), paired=True)
    count = len(found.passages)
    rows = sorted(random.Random(0).sample(range(count), min(count, _LOOKED_AT)))
    table = found.passages.table.take(rows)
    pairs = zip(table["title"].to_pylist(), table["text"].to_pylist(), strict=True)
    long = sum(len(ids) > most for ids in tokens(list(pairs)))
    if long:
        yield Shortened(
            "passages",
            f"{long:,} of {len(rows):,} are longer than {most} tokens; only their beginning is "
            "read.",
        )


def _check(recipe: DprRecipe) -> None:
    check_negatives(recipe.negatives)
    if recipe.similarity not in get_args(Similarity):
        raise InputError(f"There is no similarity {recipe.similarity}; there are dot and cosine.")
    if not 0 < recipe.temperature < math.inf:
        raise InputError(f"The temperature is {recipe.temperature}; it must be more than 0.")
    if recipe.similarity == "dot" and recipe.temperature != 1:
        raise InputError(
            "The dot product has no temperature; take the cosine, or leave the temperature at 1."
        )
    if recipe.chunk < 0:
        raise InputError("A chunk holds one text at least; 0 is the plain batch.")
    if recipe.probe < 2:
        raise InputError("Two questions at least are watched.")
    if recipe.net.head != "none":
        raise InputError("A dual encoder has no head.")
