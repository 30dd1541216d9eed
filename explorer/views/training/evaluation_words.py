"""What was measured of a run, read and in words."""

from pathlib import Path

from models.evaluation.dual import DualScores, kept_dual
from models.evaluation.held_reader import HeldScores, kept_held
from models.evaluation.image_probe import ImageEvaluation
from models.evaluation.run_scores import RunScores, kept_run_scores
from models.evaluation.saved import kept
from models.events import Progress, Work
from models.training.recipes.families import TITLES
from models.training.shelf import RunCard, read_card

Found = tuple[
    RunCard, ImageEvaluation | None, RunScores | None, DualScores | None, HeldScores | None
]


def read_run(folder: Path) -> Work[Found]:
    """A run at a glance, and what was kept of its evaluations."""
    yield Progress("Reading an evaluation")
    scores = kept(folder), kept_run_scores(folder), kept_dual(folder), kept_held(folder)
    return read_card(folder), *scores


def about(card: RunCard) -> str:
    """Which run it is."""
    title = TITLES.get(card.method, card.method)
    if card.kind != "image":
        what = f"{title} on {Path(card.source).stem}, from {card.backbone}"
        steps = f"{card.step:,} of {card.steps:,} steps"
        if card.kind == "reader":
            return f"{what}, {steps}. It is held against the same layers under random heads."
        if card.kind == "question":
            return f"{what}, {steps}. It is held against BM25 and the encoder it began with."
        temperature = "" if card.method == "mlm" else f", τ = {card.temperature:g}"
        return (
            f"{what}{temperature}, {steps}. Its cosines are held against what people judged, "
            "before training and after."
        )
    labels = " It saw every label in training." if card.method == "supcon" else ""
    return (
        f"{title} on {Path(card.source).stem}, {card.backbone}, τ = {card.temperature:g}, "
        f"{card.step:,} of {card.steps:,} steps.{labels} Classifiers see its frozen features."
    )


def of(result: ImageEvaluation, card: RunCard | None, shown: int) -> str:
    """What was evaluated on what."""
    parts = [
        f"{result.data} at step {result.step:,}: {result.train:,} images to learn from, "
        f"{result.test:,} to test on."
    ]
    if card is not None and card.step != result.step:
        parts.append(f"The run has gone on since, to step {card.step:,}.")
    if len(result.shares) > shown:
        parts.append(f"The first {shown} of {len(result.shares)} shares of the labels are shown.")
    return " ".join(parts)
