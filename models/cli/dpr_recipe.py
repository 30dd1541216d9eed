"""Options of ``train dpr``, and the task that they describe."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from models.cli.options import positive, whole
from models.data.dpr_questions import BUNDLED, QuestionSource
from models.data.drafts import Columns
from models.events import Work
from models.training.recipes import dpr_catalog
from models.training.recipes.dpr import PRESETS, DprRecipe, DprTask, Similarity
from models.training.settings import Settings

_COLUMNS = ("question_column", "passage_column", "negative_column")
_NEGATIVES = ("hard", "random", "gold", "pool", "in_batch", "mask")
_OWN = ("shared", "similarity", "chunk")
#: The options that mean nothing to other methods.
DPR_OPTIONS = ("corpus", *_COLUMNS, *_NEGATIVES, *_OWN)


def source_options(group: Any) -> None:
    """Declares where questions and passages come from."""
    group.add_argument(
        "--corpus",
        metavar="C",
        help="a project, or a file or folder of passages, where the questions bring none",
    )
    for name, about in (
        ("question", "of a table, the one with the questions"),
        ("passage", "the one with the passages"),
        ("negative", "the one with hard negatives"),
    ):
        group.add_argument(f"--{name}-column", metavar="NAME", help=about)


def dpr_options(parser: argparse.ArgumentParser) -> None:
    """Declares what DPR alone takes."""
    group = parser.add_argument_group("questions and passages")
    source_options(group)
    group.add_argument("--shared", action=argparse.BooleanOptionalAction, help="one encoder")
    group.add_argument("--hard", type=whole, metavar="N", help="hard negatives a question, by BM25")
    group.add_argument("--random", type=whole, metavar="N", help="negatives drawn from the corpus")
    group.add_argument("--gold", type=whole, metavar="N", help="other questions' passages, drawn")
    group.add_argument(
        "--pool", type=positive, metavar="N", help="hard ones are drawn from so many"
    )
    group.add_argument(
        "--in-batch",
        action=argparse.BooleanOptionalAction,
        help="compare with the passages of the whole batch",
    )
    group.add_argument(
        "--mask",
        action=argparse.BooleanOptionalAction,
        help="leave out passages of the batch that answer the question too (not the paper's way)",
    )
    group.add_argument("--similarity", choices=get_args(Similarity))
    group.add_argument("--chunk", type=whole, metavar="N", help="gradient caching by N texts")


def question_source(arguments: argparse.Namespace, known: QuestionSource) -> QuestionSource:
    """Where the questions are; what the options leave open is as ``known``."""
    given = [getattr(arguments, name) for name in _COLUMNS]
    columns = Columns(*given) if any(given) else known.columns
    source = _absolute(arguments.data) if arguments.data else known.source
    corpus = _absolute(arguments.corpus) if arguments.corpus else known.corpus
    return QuestionSource(source, corpus, columns, arguments.limit or known.limit)


def dpr_task(
    arguments: argparse.Namespace, settings: Callable[[Settings, argparse.Namespace], Settings]
) -> Work[DprTask]:
    """The task that the options describe; of a run that goes on, what it was started with.

    Args:
        settings: sets those that every method has.

    Raises:
        InputError: the task cannot be made.
    """
    recipe: DprRecipe = PRESETS[arguments.preset]
    known = QuestionSource("")
    if arguments.resume:
        recipe, known = dpr_catalog.reopen_dpr(arguments.out)
    chosen = settings(recipe.settings, arguments)
    if arguments.dev_every is not None:
        chosen = replace(chosen, score_every=arguments.dev_every)
    if arguments.similarity == "dot":
        recipe = replace(recipe, temperature=1.0)  # a preset's own belongs to the cosine
    recipe = replace(
        recipe,
        settings=chosen,
        net=replace(recipe.net, **_given(arguments, "base", "pooling", "dropout", "max_length")),
        negatives=replace(recipe.negatives, **_given(arguments, *_NEGATIVES)),
        **_given(arguments, *_OWN, "temperature", "probe"),
    )
    if Path(recipe.net.base).is_dir():
        recipe = replace(recipe, net=replace(recipe.net, base=_absolute(recipe.net.base)))
    return dpr_catalog.load_dpr_task(recipe, question_source(arguments, known))


def _absolute(source: str) -> str:
    return source if source == BUNDLED else str(Path(source).absolute())


def _given(arguments: argparse.Namespace, *names: str) -> dict[str, Any]:
    values = {name: getattr(arguments, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}
