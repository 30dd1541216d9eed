"""Supervised contrastive learning (Khosla et al. 2020): all images of a class are positives."""

from dataclasses import replace
from typing import TYPE_CHECKING

from models.augment.spec import SIMCLR_CIFAR
from models.encoders.image import ImageNetSpec
from models.training.recipes import simclr
from models.training.recipes.images import ImageRecipe, Objective
from models.training.settings import Settings

if TYPE_CHECKING:
    from torch import Tensor

#: "laptop" is SimCLR's, so that the two compare; "paper" is the authors' setting for CIFAR-10
#: (τ = .1, scaled by τ / .07, and a milder crop), with SimCLR's head, on the smaller ResNet.
PRESETS = {
    "laptop": replace(simclr.PRESETS["laptop"], method="supcon"),
    "paper": ImageRecipe(
        "supcon",
        Settings(batch=1024, epochs=1000, optimiser="sgd", rate=0.5, decay=1e-4),
        ImageNetSpec("resnet18", head=(512, 128)),
        augment=replace(SIMCLR_CIFAR, crop_area=(0.2, 1.0)),
        temperature=0.1,
        base_temperature=0.07,
    ),
}


def objective(recipe: ImageRecipe) -> Objective:
    """The loss with the sum outside the logarithm, of normalised projections."""
    import torch
    from torch.nn.functional import normalize

    from models.losses import sup_con

    def loss(projections: "Tensor", labels: "Tensor") -> "Tensor":
        views = torch.stack(normalize(projections, dim=1).chunk(2), dim=1)  # (B, 2, D)
        return sup_con(views, labels, recipe.temperature, recipe.base_temperature)

    return loss
