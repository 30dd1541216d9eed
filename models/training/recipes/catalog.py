"""The methods on images by name, and their runs opened again."""

from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from models.data.images import ImageSet, train_test
from models.encoders.image import build
from models.encoders.image_folder import ImageEncoder, bundled_image_encoder, load_exported
from models.errors import InputError
from models.events import Work
from models.training.checkpoints import RUN, read_run
from models.training.estimate import Estimate, estimate
from models.training.loop import RunResult, train
from models.training.recipes import simclr, supcon
from models.training.recipes.families import IMAGES, TITLES
from models.training.recipes.images import ImageRecipe, ImageTask, suited
from models.training.recipes.opened import go_on, opened_run, saved

METHODS = MappingProxyType({"simclr": simclr, "supcon": supcon})
#: Stands for the image encoder that ships with the program.
BUNDLED = "bundled"
_TEST = 2000


def image_task(
    recipe: ImageRecipe, train: ImageSet, test: ImageSet, limit: int | None = None
) -> ImageTask:
    """``recipe`` on these images, of which ``limit`` were asked for.

    Raises:
        InputError: the method does not suit the images, or a setting is out of range.
    """
    if recipe.temperature <= 0:
        raise InputError(f"The temperature is {recipe.temperature}; it must be more than 0.")
    if recipe.method == "supcon":
        _check_classes(train)
    data = {"source": train.source, "limit": limit}
    return ImageTask(recipe, train, test, data, METHODS[recipe.method].objective(recipe))


def load_task(
    recipe: ImageRecipe, source: str, limit: int | None = None, fit: bool = True
) -> Work[ImageTask]:
    """Loads the images of ``source`` and prepares ``recipe`` for them.

    Args:
        fit: take the augmentation for gray images where there is no colour.

    Raises:
        InputError: as ``train_test`` and ``image_task``.
    """
    images = train_test(source, size=recipe.size, limit=limit, test_limit=_TEST)
    train, test = yield from images
    return image_task(suited(recipe, train) if fit else recipe, train, test, limit)


def train_images(
    recipe: ImageRecipe,
    source: str,
    folder: Path,
    limit: int | None = None,
    fit: bool = True,
) -> Work[RunResult]:
    """Loads images and trains on them in a new run's folder; see ``load_task``.

    Raises:
        InputError: as ``load_task`` and ``train``.
    """
    task = yield from load_task(recipe, source, limit, fit)
    return (yield from train(task, task.recipe.settings, folder))


def resume_images(folder: Path, device: str | None = None) -> Work[RunResult]:
    """Goes on with the run in ``folder``.

    Args:
        device: None means the run's own, or the quickest where that is not there any more.

    Raises:
        InputError: as ``reopen``, ``load_task`` and ``train``.
    """
    recipe, source, limit = reopen(folder)
    task = yield from load_task(recipe, source, limit, fit=False)
    return (yield from go_on(task, recipe.settings, folder, device))


def estimate_images(
    recipe: ImageRecipe, source: str, limit: int | None = None, fit: bool = True
) -> Work[Estimate]:
    """How long a run would take, and how much memory.

    Raises:
        InputError: as ``load_task`` and ``estimate``.
    """
    task = yield from load_task(recipe, source, limit, fit)
    return (yield from estimate(task, task.recipe.settings))


def reopen(folder: Path) -> tuple[ImageRecipe, str, int | None]:
    """Recipe, source of images and their limit, of the run in ``folder``.

    Raises:
        InputError: there is no run, it is damaged or changed by hand, or was not trained on
            images.
    """
    run, data = opened_run(folder, IMAGES)
    recipe = ImageRecipe.from_config(run.config, run.free)
    return recipe, str(data["source"]), data.get("limit")


def trained_model(folder: Path) -> Any:
    """The network of a run's last checkpoint, an ``ImageNet`` in evaluation mode on the CPU.

    Raises:
        InputError: as ``reopen``; or nothing has been saved yet.
    """
    recipe, _, _ = reopen(folder)
    checkpoint = saved(folder, read_run(folder))
    model = build(recipe.net, recipe.settings.seed)
    model.load_state_dict(checkpoint.part("model."))
    return model.eval()


def load_image_encoder(where: str | Path) -> ImageEncoder:
    """Loads "bundled", the folder of a run, or that of an exported encoder.

    Raises:
        InputError: there is none, or a file of it is missing, damaged or changed by hand.
    """
    folder = bundled_image_encoder() if where == BUNDLED else Path(where)
    return encoder_of_run(folder) if (folder / RUN).is_file() else load_exported(folder)


def encoder_of_run(folder: Path) -> ImageEncoder:
    """The encoder that a run has trained so far.

    Raises:
        InputError: as ``trained_model``.
    """
    recipe, source, _ = reopen(folder)
    net = trained_model(folder)
    about = f"{TITLES[recipe.method]} on {Path(source).stem}, τ = {recipe.temperature:g}."
    return ImageEncoder(folder.name, net, recipe.net, recipe.size, recipe.augment, about)


def _check_classes(images: ImageSet) -> None:
    if (images.labels < 0).any():
        raise InputError(f"{images.name} has images without a label; supcon needs labels.")
    if len(np.unique(images.labels)) < 2:
        raise InputError(
            f"{images.name} has one class only; supcon needs at least two to tell apart."
        )
