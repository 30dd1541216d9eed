"""Supervised SimCSE (Gao et al. 2021, §4): a premise finds what follows from it among the
entailments and contradictions of the whole batch."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from models.data.training_text import Example
from models.encoders.trainable import TextNetSpec
from models.training.recipes import simcse
from models.training.recipes.text import Loss, Project, TextRecipe

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_PAPER = simcse.PRESETS["paper"]

#: "paper" is the paper's setting for BERT-base, "laptop" a batch and a length that two cores bear.
#: The head is kept: it was trained on what it is evaluated on.
PRESETS = {
    "laptop": replace(
        _PAPER,
        method="simcse-nli",
        net=TextNetSpec(head="kept"),
        settings=replace(_PAPER.settings, batch=64, rate=5e-5, frames=30, measurements=10),
    ),
    "paper": replace(
        _PAPER,
        method="simcse-nli",
        net=TextNetSpec(head="kept"),
        settings=replace(_PAPER.settings, batch=512, epochs=3, rate=5e-5),
    ),
}


def objective(recipe: TextRecipe) -> Loss:
    """The loss of a batch of triplets: eq. 5, with α on a triplet's own contradiction."""
    from models.losses import simcse as simcse_loss

    def loss(
        project: Project, examples: Sequence[Example], generator: "torch.Generator"
    ) -> "Tensor":
        columns = zip(*examples, strict=True)
        anchor, positive, hard_negative = project(list(chain(*columns)), None).chunk(3)
        return simcse_loss(
            anchor, positive, hard_negative, recipe.temperature, recipe.hard_negative_weight
        )

    return loss
