"""The card of a trained text encoder: what it is, how it was trained, what it reaches."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from models.data.training_text import BUNDLED as SAMPLE
from models.encoders.catalog import BUNDLED
from models.encoders.save_text import TrainedText, save_text_encoder
from models.training.checkpoints import read_run
from models.training.recipes.families import TEXTS
from models.training.recipes.text import TextRecipe
from models.training.recipes.text_catalog import reopen_text, trained_text
from models.training.shelf import RunCard, read_card

_VIEWS = {
    "dropout": "the same sentence under another dropout mask",
    "same-mask": "the same sentence under the same dropout mask",
}
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


def export_text(run: Path, folder: Path, name: str = "") -> TrainedText:
    """Writes the encoder of a run as a folder for sentence-transformers, with its card.

    Args:
        name: what to call it; by default the run's own name.

    Raises:
        InputError: there is no run, nothing was saved yet, or ``folder`` cannot be written.
    """
    recipe, _ = reopen_text(run)
    encoder = trained_text(run)
    encoder = replace(encoder, name=name or encoder.name)
    examples = int(read_run(run).config["data"]["examples"])
    save_text_encoder(folder, encoder, card(encoder, recipe, read_card(run), examples))
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
        f"{TEXTS.titles[recipe.method]} (Gao et al. 2021) on {examples:,} {noun} of "
        f"{source}, from {encoder.base.name}; {count:,} parameters.",
        "",
        f"- Vectors: {encoder.base.dimensions} dimensions, length 1; pooling {spec.pooling}; "
        f"head: {_HEAD[spec.head]}.",
        f"- Positive: {_positive(recipe)}.",
        f"- Loss: temperature {recipe.temperature:g}, batch {settings.batch}, dropout "
        f"{spec.dropout:g}, {spec.max_length} tokens of a text.",
        f"- Optimiser: {settings.optimiser}, peak learning rate {settings.rate:g}, "
        f"{settings.schedule} schedule, weight decay {settings.decay:g}, {run.step:,} of "
        f"{run.steps:,} steps, seed {settings.seed}, on {settings.device}.",
        f"- The weights come from {encoder.base.name}, whose licence goes with them.",
        *([_SEEN] if spec.base == BUNDLED else []),
        "",
        "## What it reaches",
        "",
        *_scores(run.scores),
    ]
    if run.trail:
        first, last = run.trail[0], run.trail[-1]
        lines.append(
            f"- Alignment {first.alignment:.3f} before and {last.alignment:.3f} after training, "
            f"uniformity {first.uniformity:.3f} and {last.uniformity:.3f} (α = 2, t = 2, "
            "normalised vectors of texts not trained on, each in two views)."
        )
    return "\n".join(lines) + "\n"


def _positive(recipe: TextRecipe) -> str:
    if recipe.method == "simcse":
        changed = f"the sentence changed by {recipe.views} (α = {recipe.alpha:g}), and another mask"
        return _VIEWS.get(recipe.views, changed)
    weight = recipe.hard_negative_weight
    return f"what follows from a premise; contradictions are hard negatives, α = {weight:g}"


def _scores(scores: Mapping[str, float]) -> list[str]:
    known = [f"- {name}: {score:.2f}." for name, score in scores.items()]
    return known or ["- Not evaluated yet."]
