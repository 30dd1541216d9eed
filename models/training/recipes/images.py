"""What the methods on images share: network, augmentation, data and the probe set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from models.augment.spec import DIGITS, SIMCLR_CIFAR, SimCLRAugment
from models.data.image_source import spread
from models.data.images import ImageSet
from models.encoders.image import ImageNetSpec
from models.encoders.image_folder import augment_from, spec_from
from models.training.history import PIXELS
from models.training.recipes.config import recipe_config, recipe_from
from models.training.settings import Settings

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from models.training.recipes.learner import ImageLearner

Method = Literal["simclr", "supcon"]
#: Loss of the projections (2B, D) of B images' first and then second views, and labels (B,).
Objective = Callable[["Tensor", "Tensor"], "Tensor"]

# Few, so that measuring costs little beside training; each query is a third of a percent.
_QUERIES, _BANK = 300, 600


@dataclass(frozen=True)
class ImageRecipe:
    """All that a person chooses.

    Attributes:
        base_temperature: of the supervised loss, see ``models.losses.sup_con``.
        size: side in pixels at which images are trained on.
        probe: how many images are watched, each in two fixed views.
    """

    method: Method
    settings: Settings
    net: ImageNetSpec
    augment: SimCLRAugment = SIMCLR_CIFAR
    temperature: float = 0.5
    base_temperature: float | None = None
    size: int = 32
    probe: int = 128

    def as_config(self) -> dict[str, Any]:
        """Everything but the settings, in a form that JSON keeps."""
        return recipe_config(self)

    @classmethod
    def from_config(cls, config: Mapping[str, Any], free: Mapping[str, Any]) -> "ImageRecipe":
        """The recipe of a run from what its ``run.json`` says.

        Raises:
            InputError: it was written by another version.
        """
        return recipe_from(cls, config, free, {"net": spec_from, "augment": augment_from})


@dataclass(frozen=True, eq=False)
class ImageTask:
    """A recipe with its images: the ``Task`` of every method on images.

    Attributes:
        train: images to learn from.
        test: images that are only looked at; the probe set is taken from them.
        data: how the images are found again, for the run's folder.
        objective: the method's loss.
    """

    recipe: ImageRecipe
    train: ImageSet
    test: ImageSet
    data: Mapping[str, Any]
    objective: Objective

    @property
    def examples(self) -> int:
        """Images to learn from."""
        return len(self.train)

    @property
    def config(self) -> Mapping[str, Any]:
        """Recipe and data."""
        images = {"train": self.train.key, "test": self.test.key, "classes": self.train.classes}
        return {"recipe": self.recipe.as_config(), "data": {**self.data, **images}}

    @property
    def probed(self) -> NDArray[np.int64]:
        """Rows (m,) of ``test`` in the probe set, each class in its share."""
        return spread(self.test.labels, min(self.recipe.probe, len(self.test)), 0)

    @property
    def labels(self) -> NDArray[np.int64]:
        """(2m,): of all first views, then of all second views."""
        labels = np.tile(self.test.labels[self.probed], 2)
        labels.setflags(write=False)
        return labels

    @property
    def probe(self) -> Mapping[str, NDArray[Any]]:
        """The pictures (2m, H, W, 3) uint8 as the network sees them."""
        views = np.rint(self.views().permute(0, 2, 3, 1).numpy() * 255).astype(np.uint8)
        return {PIXELS: views}

    def views(self) -> "Tensor":
        """(2m, 3, H, W) in [0, 1]: two augmented views of the probe set, always the same."""
        import torch

        from models.augment.images import augment

        pixels = torch.from_numpy(self.test.pixels[self.probed]).permute(0, 3, 1, 2) / 255
        generator = torch.Generator().manual_seed(0)
        return augment(torch.cat([pixels, pixels]), self.recipe.augment, generator)

    @property
    def bank(self) -> NDArray[np.int64]:
        """Rows of ``train`` among which kNN looks."""
        return spread(self.train.labels, min(_BANK, len(self.train)), 0)

    @property
    def queries(self) -> NDArray[np.int64]:
        """Rows of ``test`` that kNN classifies; none where there are no classes to tell apart."""
        rows = np.flatnonzero(self.test.labels >= 0)
        known = np.unique(self.train.labels)
        if len(known) < 2 or known[0] < 0:
            return rows[:0]
        return rows[spread(self.test.labels[rows], min(_QUERIES, len(rows)), 0)]

    def start(self, device: "torch.device", settings: Settings) -> "ImageLearner":
        """Builds the network on ``device``, and the data with it."""
        from models.training.recipes.learner import ImageLearner

        return ImageLearner(self, device, settings)


def suited(recipe: ImageRecipe, images: ImageSet) -> ImageRecipe:
    """``recipe`` with the augmentation for gray images where ``images`` have no colour."""
    sample = images.pixels[:256]
    gray = bool((sample == sample[..., :1]).all())
    return replace(recipe, augment=DIGITS) if gray else recipe
