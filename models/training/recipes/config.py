"""Recipes of every family as what ``run.json`` keeps of them, and back."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from models.errors import InputError
from models.training.settings import FREE, Settings

R = TypeVar("R")


def recipe_config(recipe: Any, late: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Everything about a recipe but its settings, in a form that JSON keeps.

    Args:
        late: fields that recipes did not have from the first, with what stands for their absence.
            They are left out where they are so, and the runs from before them go on.
    """
    config = asdict(recipe)
    del config["settings"]
    absent = late or {}
    return {n: v for n, v in config.items() if n not in absent or absent[n] != v}


def recipe_from(
    kind: Callable[..., R],
    config: Mapping[str, Any],
    free: Mapping[str, Any],
    parts: Mapping[str, Callable[[Any], Any]],
) -> R:
    """The recipe of a run from what its ``run.json`` says.

    Args:
        kind: the class of the recipe.
        free: the settings that are no part of ``config``.
        parts: how a field that is no plain value is made again.

    Raises:
        InputError: it was written by another version.
    """
    try:
        values = dict(config["recipe"])
        for name, made in parts.items():
            values[name] = made(values[name])
        values["settings"] = Settings(**config["settings"], **{n: free[n] for n in FREE})
        return kind(**values)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError("The run was not made by this version of the program.") from error
