"""The card of a trained text encoder: what it is, how it was trained, what it reaches."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from models.data.training_text import BUNDLED as SAMPLE
from models.encoders.catalog import BUNDLED
from models.encoders.save_text import TrainedText, save_text_encoder
from models.training.checkpoints import read_run
from models.training.recipes.card_lines import course, optimised
from models.training.recipes.families import TEXTS
from models.training.recipes.text import TextRecipe
from models.training.recipes.text_catalog import reopen_text, trained_text
from models.training.shelf import RunCard, read_card

_VIEWS = {
    "dropout": "the same sentence under another dropout mask",
    "same-mask": "the same sentence under the same dropout mask",
}
_PAPERS = {
    "simcse": "Gao et al. 2021",
    "simcse-nli": "Gao et al. 2021",
    "diffcse": "Chuang et al. 2022",
    "mlm": "Devlin et al. 2019",
}
_MLP = "two linear layers, each with batch norm, in training only"
_HEAD = {
    "training": "a linear layer with tanh, in training only",
    "kept": "a linear layer with tanh, kept",
    "none": "none",
}
# Of the bundled encoder's own training data, according to its authors.
_SEEN = (
    "- The base encoder has itself been trained on AllNLI, SQuAD, Natural Questions and MS MARCO: "
    "figures on those, before or after, are not of unseen data."
)


def export_text(run: Path, folder: Path, name: str = "", half: bool = False) -> TrainedText:
    """Writes the encoder of a run as a folder for sentence-transformers, with its card.

    Args:
        name: what to call it; by default the run's own name.
        half: keep weights in half precision.

    Raises:
        InputError: there is no run, nothing was saved yet, or ``folder`` cannot be written.
    """
    recipe, _ = reopen_text(run)
    encoder = trained_text(run)
    encoder = replace(encoder, name=name or encoder.name)
    examples = int(read_run(run).config["data"]["examples"])
    save_text_encoder(folder, encoder, card(encoder, recipe, read_card(run), examples), half)
    return encoder


def card(encoder: TrainedText, recipe: TextRecipe, run: RunCard, examples: int) -> str:
    """Markdown; figures are those that the run's folder holds and no others.

    Args:
        examples: sentences or triplets that it learnt from.
    """
    settings, spec = recipe.settings, encoder.spec
    count = sum(p.numel() for p in encoder.net.transformer.parameters())
    noun = "triplets of premise, entailment and contradiction"
    noun = noun if recipe.method == "simcse-nli" else "sentences"
    source = "the bundled sample" if run.source == SAMPLE else Path(run.source).stem
    lines = [
        "---",
        "library_name: sentence-transformers",
        "pipeline_tag: sentence-similarity",
        "---",
        f"# {encoder.name}",
        "",
        f"{TEXTS.titles[recipe.method]} ({_PAPERS[recipe.method]}) on {examples:,} {noun} of "
        f"{source}, from {encoder.base.name}; {count:,} parameters.",
        "",
        f"- Vectors: {encoder.base.dimensions} dimensions, length 1; pooling {spec.pooling}; "
        f"head: {_MLP if recipe.method == 'diffcse' else _HEAD[spec.head]}.",
        *_taught(recipe),
        f"- Batch {settings.batch}, dropout {spec.dropout:g}, {spec.max_length} tokens of a text.",
        *_chosen(run),
        optimised(settings, run),
        f"- The weights come from {encoder.base.name}, whose licence goes with them.",
        *([_SEEN] if spec.base == BUNDLED else []),
        "",
        "## What it reaches",
        "",
        *_scores(run.scores),
        *course(run, "vectors of texts not trained on, each in two views"),
    ]
    return "\n".join(lines) + "\n"


def _chosen(run: RunCard) -> list[str]:
    """Which weights these are, where the run was scored on the way."""
    if run.best is None:
        return []
    step, score = run.best
    return [
        f"- Chosen: the weights as of step {step:,}, which scored best on pairs that were not "
        f"trained on (Spearman × 100: {score:.2f})."
    ]


def _taught(recipe: TextRecipe) -> list[str]:
    if recipe.method == "mlm":
        return [
            "- Loss: cross-entropy of 15 % of the words, hidden behind a mask (80 %), another word "
            "(10 %) or nothing (10 %), guessed by a head that shares the word embeddings.",
            "- No contrastive loss: cosines of such vectors are high throughout.",
        ]
    return [
        f"- Positive: {_positive(recipe)}.",
        f"- Loss: temperature {recipe.temperature:g}.",
    ]


def _positive(recipe: TextRecipe) -> str:
    if recipe.translated:
        return "the sentence translated and back, once for all epochs, and another mask"
    if recipe.method == "diffcse":
        return (
            f"{_VIEWS['dropout']}; besides, {recipe.detection:g} times the loss of a discriminator "
            f"that finds exchanged words ({recipe.masked:.0%} hidden) by the sentence's vector"
        )
    if recipe.method == "simcse":
        changed = f"the sentence changed by {recipe.views} (α = {recipe.alpha:g}), and another mask"
        return _VIEWS.get(recipe.views, changed)
    weight = recipe.hard_negative_weight
    return f"what follows from a premise; contradictions are hard negatives, α = {weight:g}"


def _scores(scores: Mapping[str, float]) -> list[str]:
    known = [f"- {name}: {score:.2f}." for name, score in scores.items()]
    return known or ["- Not evaluated yet."]
