"""Unsupervised SimCSE (Gao et al. 2021, §3): a sentence finds itself under another dropout mask."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.augment.cutoff import Cutoff, cutoff
from models.augment.text import augment_text
from models.augment.text_spec import TEXT_METHODS, TextAugment
from models.augment.wordnet import open_wordnet
from models.data.training_text import Example
from models.encoders.trainable import Erase
from models.errors import InputError
from models.training.recipes.text import CUTOFF, TRANSLATED, VIEWS, Loss, Project, TextRecipe
from models.training.settings import Settings

if TYPE_CHECKING:
    import torch
    from torch import Tensor

#: Of a batch of texts: their second views, and what to erase of first and second ones together.
Edit = Callable[[Sequence[str], "torch.Generator"], tuple[Sequence[str], Erase | None]]

_PAPER = Settings(
    batch=64,
    epochs=1,
    rate=3e-5,
    warmup_epochs=0,
    decay=0.0,
    clip=1.0,
    schedule="linear",
    save_seconds=60.0,
    score_every=125,
)

#: "paper" is the paper's setting for BERT-base (its §A): one epoch of a million sentences, Adam
#: without decay, and what the authors' trainer has by default: a linear schedule without warm-up
#: and gradients cut to length 1; every 125 steps a score, where there is what to score by. "laptop"
#: is sixty steps, a few minutes on two cores. Over the paper's first sixty the rate hardly falls;
#: from twice that to 0 the weights move as far.
PRESETS = {
    "laptop": TextRecipe(
        "simcse",
        replace(
            _PAPER, epochs=None, steps=60, rate=6e-5, frames=30, measurements=10, score_every=20
        ),
    ),
    "paper": TextRecipe("simcse", _PAPER),
}


def objective(recipe: TextRecipe) -> Loss:
    """The loss of a batch of sentences, eq. 4 of the paper.

    Raises:
        InputError: the views are unknown, need what is not installed, or α is out of range.
    """
    from models.losses import simcse

    edit = _edit(recipe)

    def loss(
        project: Project, examples: Sequence[Example], generator: "torch.Generator"
    ) -> "Tensor":
        texts = [text for text, *_ in examples]
        if recipe.views == TRANSLATED:  # the second view was made beforehand
            first, second = project([*texts, *(example[1] for example in examples)], None).chunk(2)
        elif recipe.views == "same-mask":
            # The same mask gives the same vector, so that one look serves for both.
            first = second = project(texts, None)
        else:
            other, erase = edit(texts, generator)
            # Both views go through in one batch, where each row draws a mask of its own.
            first, second = project([*texts, *other], erase).chunk(2)
        return simcse(first, second, temperature=recipe.temperature)

    return loss


def _edit(recipe: TextRecipe) -> Edit:
    """What is done to second views besides dropout."""
    if recipe.views in TEXT_METHODS and recipe.views != TRANSLATED:
        return _edited_words(TextAugment(recipe.views, recipe.alpha))
    if recipe.views.startswith(CUTOFF):
        return _erased(Cutoff(recipe.views.removeprefix(CUTOFF), recipe.alpha))  # type: ignore[arg-type]
    if recipe.views not in VIEWS:
        raise InputError(f"There are no views called {recipe.views}; there are {', '.join(VIEWS)}.")
    return lambda texts, generator: (texts, None)


def _edited_words(spec: TextAugment) -> Edit:
    synonyms = open_wordnet().synonyms if TEXT_METHODS[spec.method].needs == "synonyms" else None

    def edit(
        texts: Sequence[str], generator: "torch.Generator"
    ) -> tuple[Sequence[str], Erase | None]:
        import torch

        rng = random.Random(int(torch.randint(1 << 62, (1,), generator=generator)))
        return [augment_text(text, spec, rng, synonyms).text for text in texts], None

    return edit


def _erased(spec: Cutoff) -> Edit:
    def edit(
        texts: Sequence[str], generator: "torch.Generator"
    ) -> tuple[Sequence[str], Erase | None]:
        import torch

        def erase(embeddings: "Tensor", mask: "Tensor") -> "tuple[Tensor, Tensor]":
            second = cutoff(embeddings[len(texts) :], mask[len(texts) :], spec, generator)
            first = embeddings[: len(texts)], mask[: len(texts)]
            return torch.cat([first[0], second[0]]), torch.cat([first[1], second[1]])

        return texts, erase

    return edit
