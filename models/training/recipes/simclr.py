"""SimCLR (Chen et al. 2020): two augmented views of an image find each other in a batch."""

from dataclasses import replace
from typing import TYPE_CHECKING

from models.augment.spec import SIMCLR_CIFAR
from models.encoders.image import ImageNetSpec
from models.training.recipes.images import ImageRecipe, Objective
from models.training.settings import Settings

if TYPE_CHECKING:
    from torch import Tensor

#: "laptop" learns something in two minutes on two cores, for which it crops more mildly
#: and has a lower temperature; "paper" is the paper's setting for CIFAR-10 (appendix B.9) on the
#: smaller ResNet that most comparisons use.
PRESETS = {
    "laptop": ImageRecipe(
        "simclr",
        Settings(batch=256, steps=300, optimiser="adamw", rate=2e-3, decay=1e-4),
        ImageNetSpec("conv", head=(256, 128)),
        augment=replace(SIMCLR_CIFAR, crop_area=(0.3, 1.0)),
        temperature=0.1,
    ),
    "paper": ImageRecipe(
        "simclr",
        Settings(batch=512, epochs=1000, optimiser="lars", rate=1.0, decay=1e-4),
        ImageNetSpec("resnet18", head=(512, 128)),
        augment=SIMCLR_CIFAR,
        temperature=0.5,
    ),
}


def objective(recipe: ImageRecipe) -> Objective:
    """NT-Xent of first and second views; labels are not looked at."""
    from models.losses import nt_xent

    def loss(projections: "Tensor", labels: "Tensor") -> "Tensor":
        first, second = projections.chunk(2)
        return nt_xent(first, second, recipe.temperature)

    return loss
