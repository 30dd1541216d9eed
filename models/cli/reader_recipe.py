"""Options of ``train reader``, and the task that they describe."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.cli.options import positive
from models.errors import InputError
from models.events import Work
from models.reader.recipe import PRESETS, ReaderRecipe, ReaderTask
from models.reader.runs import load_reader_task, reopen_reader
from models.reader.sample import BUNDLED
from models.training.settings import Settings

#: The method, which is none of the encoders' own: what it trains makes no vectors.
READER = "reader"
#: The options that mean nothing to other methods.
READER_OPTIONS = ("layers", "plain", "impossible", "near")
_SETTINGS = ("epochs", "steps", "batch", "rate", "optimiser", "device", "seed", "frames")
_SHARED = ("data", "preset", "limit", "probe", "base", "dropout", "max_length", "dev_every")
_RUN = ("command", "method", "run", "out", "resume", "estimate", "json")


def reader_options(parser: argparse.ArgumentParser) -> None:
    """Declares what a reader alone takes."""
    group = parser.add_argument_group("reader")
    group.add_argument("--layers", type=positive, metavar="N", help="of the base, trained further")
    group.add_argument(
        "--plain",
        action=argparse.BooleanOptionalAction,
        help="BERT's own reader, which exports to transformers",
    )
    for name, about in (
        ("impossible", "the data's own questions without an answer, for each one with"),
        ("near", "wrong passages found by BM25, for each question with an answer"),
    ):
        group.add_argument(f"--{name}", type=float, metavar="N", help=about)


def reader_recipe_task(
    arguments: argparse.Namespace, settings: Callable[[Settings, argparse.Namespace], Settings]
) -> Work[ReaderTask]:
    """The task that the options describe; of a run that goes on, what it was started with.

    Raises:
        InputError: options are other methods' own, or the task cannot be made.
    """
    for name, value in vars(arguments).items():
        if value is not None and name not in (*_SETTINGS, *_SHARED, *READER_OPTIONS, *_RUN):
            raise InputError(f"--{name.replace('_', '-')} is no option of {READER}.")
    recipe: ReaderRecipe
    limit = arguments.limit
    if arguments.resume:
        recipe, source, known = reopen_reader(arguments.out)
        source, limit = arguments.data or source, limit or known
    elif arguments.data is None:
        raise InputError("Say with --data what to train on: bundled, or a SQuAD file of questions.")
    else:
        recipe, source = PRESETS[arguments.preset], arguments.data
    own = ("base", "dropout", "max_length", "layers", "plain")
    net = replace(recipe.net, **_given(arguments, *own))
    if Path(net.base).is_dir():
        net = replace(net, base=str(Path(net.base).absolute()))
    made = settings(recipe.settings, arguments)
    if arguments.dev_every is not None:
        made = replace(made, score_every=arguments.dev_every)
    others = _given(arguments, "probe", "impossible", "near")
    recipe = replace(recipe, settings=made, net=net, **others)
    return load_reader_task(recipe, _absolute(source), limit)


def _absolute(source: str) -> str:
    return source if source == BUNDLED else str(Path(source).absolute())


def _given(arguments: argparse.Namespace, *names: str) -> dict[str, Any]:
    values = {name: getattr(arguments, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}
