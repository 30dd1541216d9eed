"""The card of a trained dual encoder: what it is, how it was trained, what it reaches."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.data.dpr_questions import BUNDLED as SAMPLE
from models.encoders.catalog import BUNDLED
from models.encoders.save_dual import TrainedDual, save_dual_encoder
from models.evaluation.dual import KS, DualScores, kept_dual
from models.training.checkpoints import read_run
from models.training.negatives import Negatives
from models.training.recipes.card_lines import course, optimised
from models.training.recipes.dpr import DprRecipe
from models.training.recipes.dpr_catalog import reopen_dpr, trained_dual
from models.training.shelf import RunCard, read_card

# Of the bundled encoder's own training data, according to its authors.
_SEEN = (
    "- The base encoder has itself been trained on SQuAD, Natural Questions and MS MARCO: figures "
    "on those, before or after, are not of unseen data."
)


def export_dual(run: Path, folder: Path, name: str = "") -> TrainedDual:
    """Writes the encoders of a run as a folder that every command and the window load.

    Args:
        name: what to call it; by default the run's own name.

    Raises:
        InputError: there is no run, nothing was saved yet, or ``folder`` cannot be written.
    """
    recipe, _ = reopen_dpr(run)
    encoder = trained_dual(run)
    encoder = replace(encoder, name=name or encoder.name)
    data = read_run(run).config["data"]
    save_dual_encoder(folder, encoder, card(encoder, recipe, read_card(run), data))
    return encoder


def card(encoder: TrainedDual, recipe: DprRecipe, run: RunCard, data: Mapping[str, Any]) -> str:
    """Markdown; figures are those that the run's folder holds and no others.

    Args:
        data: of the run's configuration: how many questions and passages there were.
    """
    settings, spec = recipe.settings, encoder.spec
    source = "the bundled sample" if run.source == SAMPLE else Path(run.source).stem
    count = sum(p.numel() for p in encoder.net.parameters())
    halves = "one encoder for questions and passages" if encoder.shared else "two encoders"
    chunk = f", gradients cached in chunks of {recipe.chunk}" if recipe.chunk else ""
    deviations = "; ".join(recipe.deviations) or "none"
    lines = [
        "---",
        "library_name: sentence-transformers",
        "pipeline_tag: sentence-similarity",
        "---",
        f"# {encoder.name}",
        "",
        f"DPR (Karpukhin et al. 2020) on {data['examples']:,} questions of {source} over "
        f"{data['passages']:,} passages, from {encoder.base.name}; {halves}, {count:,} parameters.",
        "",
        f"- Vectors: {encoder.base.dimensions} dimensions, pooling {spec.pooling}, compared by "
        f"{'the dot product, not normalised' if recipe.similarity == 'dot' else 'cosine'}; a "
        "title is a segment of its own.",
        f"- Negatives: {told(recipe.negatives)}.",
        f"- Loss: batch {settings.batch}{chunk}, dropout {spec.dropout:g}, {spec.max_length} "
        "tokens of a text.",
        optimised(settings, run),
        f"- Deviations from the paper: {deviations}.",
        f"- The weights come from {encoder.base.name}, whose licence goes with them.",
        *([_SEEN] if spec.base == BUNDLED else []),
        "",
        "## What it reaches",
        "",
        *_scores(kept_dual(run.folder)),
        *course(run, "vectors of questions not trained on, each with its passage"),
    ]
    return "\n".join(lines) + "\n"


def told(negatives: Negatives) -> str:
    """What a question is told apart from, in words."""
    kinds = (
        (negatives.hard, "hard"),
        (negatives.random, "random"),
        (negatives.gold, "gold"),
    )
    own = [f"{count} {kind}" for count, kind in kinds if count]
    each = f"{' and '.join(own)} of its own" if own else ""
    batch = "the passages of the whole batch" if negatives.in_batch else ""
    return " besides ".join(part for part in (each, batch) if part)


def _scores(scores: DualScores | None) -> list[str]:
    if scores is None:
        return ["- Not evaluated yet."]
    questions = scores.after["questions"]
    lines = [
        f"Percentage of {questions:,} {scores.part} questions with their passage among the first k "
        f"of {scores.passages:,}; before training, {scores.base} as it is meant to be used:",
        "",
        "| | " + " | ".join(f"top-{k}" for k in KS) + " |",
        "|---|" + "---|" * len(KS),
    ]
    for name, figures in scores.methods:
        cells = " | ".join(f"{figures[f'top{k}']:.1f}" for k in KS)
        lines.append(f"| {name} | {cells} |")
    return [*lines, ""]
