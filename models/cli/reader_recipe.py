"""What ``train reader`` takes of the options of ``train``, and the task that they describe."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.errors import InputError
from models.events import Work
from models.reader.recipe import PRESETS, ReaderRecipe, ReaderTask
from models.reader.runs import load_reader_task, reopen_reader
from models.training.settings import Settings

#: The method, which is none of the encoders' own: what it trains makes no vectors.
READER = "reader"
_SETTINGS = ("epochs", "steps", "batch", "rate", "optimiser", "device", "seed", "frames")
_OWN = ("data", "preset", "limit", "probe", "base", "dropout", "max_length")
_RUN = ("command", "method", "run", "out", "resume", "estimate", "json")


def reader_recipe_task(
    arguments: argparse.Namespace, settings: Callable[[Settings, argparse.Namespace], Settings]
) -> Work[ReaderTask]:
    """The task that the options describe; of a run that goes on, what it was started with.

    Raises:
        InputError: options are other methods' own, or the task cannot be made.
    """
    for name, value in vars(arguments).items():
        if value is not None and name not in (*_SETTINGS, *_OWN, *_RUN):
            raise InputError(f"--{name.replace('_', '-')} is no option of {READER}.")
    recipe: ReaderRecipe
    limit = arguments.limit
    if arguments.resume:
        recipe, source, known = reopen_reader(arguments.out)
        source, limit = arguments.data or source, limit or known
    elif arguments.data is None:
        raise InputError("Say with --data what to train on: a SQuAD file of questions.")
    else:
        recipe, source = PRESETS[arguments.preset], arguments.data
    net = replace(recipe.net, **_given(arguments, "base", "dropout", "max_length"))
    if Path(net.base).is_dir():
        net = replace(net, base=str(Path(net.base).absolute()))
    made = settings(recipe.settings, arguments)
    recipe = replace(recipe, settings=made, net=net, **_given(arguments, "probe"))
    return load_reader_task(recipe, str(Path(source).absolute()), limit)


def _given(arguments: argparse.Namespace, *names: str) -> dict[str, Any]:
    values = {name: getattr(arguments, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}
