"""The card of a trained image encoder: what it is, how it was trained, what it reaches."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from models.encoders.image import FEATURES
from models.encoders.image_folder import ImageEncoder, save_image_encoder
from models.training.recipes.card_lines import course, optimised
from models.training.recipes.catalog import encoder_of_run, reopen
from models.training.recipes.families import TITLES
from models.training.recipes.images import ImageRecipe
from models.training.shelf import RunCard, read_card

_SCORES = {
    "linear": "linear evaluation on frozen features",
    "raw_linear": "the same on raw pixels",
    "random_linear": "the same on the untrained network",
    "knn": "kNN on frozen features",
    "raw_knn": "kNN on raw pixels",
    "random_knn": "kNN on the untrained network",
}


def export_images(run: Path, folder: Path, name: str = "") -> ImageEncoder:
    """Writes the encoder of a run, without its head's optimiser and history, and its card.

    Args:
        name: what to call it; by default the run's own name.

    Raises:
        InputError: there is no run, nothing was saved yet, or ``folder`` cannot be written.
    """
    recipe, _, _ = reopen(run)
    encoder = encoder_of_run(run)
    encoder = replace(encoder, name=name or encoder.name)
    save_image_encoder(folder, encoder, card(encoder, recipe, read_card(run)))
    return encoder


def card(encoder: ImageEncoder, recipe: ImageRecipe, run: RunCard) -> str:
    """Markdown; figures are those that the run's folder holds and no others."""
    settings, augment = recipe.settings, recipe.augment
    count = sum(parameter.numel() for parameter in encoder.net.parameters())
    width = FEATURES[encoder.spec.backbone]
    low, high = augment.crop_area
    lines = [
        f"# {encoder.name}",
        "",
        f"{TITLES[recipe.method]} on {Path(run.source).stem}; {count:,} parameters in half "
        f"precision, the projection head included.",
        "",
        f"- Network: {encoder.spec.backbone}, {width} features; head of "
        f"{encoder.spec.projection_layers} layers to {encoder.spec.head[1]} dimensions.",
        f"- Input: RGB in [0, 1], {encoder.size} × {encoder.size} pixels.",
        f"- Loss: temperature {recipe.temperature:g}, batch {settings.batch}.",
        f"- Augmentation: crop of {low:g} to {high:g} of the area, flip {augment.flip:g}, colour "
        f"distortion of strength {augment.strength:g} with probability "
        f"{augment.jitter_probability:g}, grayscale {augment.grayscale:g}, blur {augment.blur:g}.",
        optimised(settings, run),
        "",
        "## What it reaches",
        "",
        *_figures(run.scores),
        *course(run, "projections of images not trained on"),
    ]
    return "\n".join(lines) + "\n"


def _figures(scores: Mapping[str, float]) -> list[str]:
    known = [f"- {scores[n]:.2f} %: {words}." for n, words in _SCORES.items() if n in scores]
    return known or ["- Not evaluated yet."]
