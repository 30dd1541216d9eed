"""The table of negatives, filled in by the runs of DPR that there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.errors import InputError
from models.evaluation.published_retrieval import Kind, kind_of
from models.events import Progress, Work
from models.training.checkpoints import read_run
from models.training.negatives import Negatives
from models.training.shelf import RunCard, list_runs

_KS = (5, 20, 100)


@dataclass(frozen=True, slots=True)
class NegativesRun:
    """A run of DPR by its negatives.

    Attributes:
        folder, title, source: of the run, and of its questions.
        kind: the row of the paper's table that it belongs to.
        told: its negatives in words.
        step: how far it is trained.
        held: top-k accuracy in percent by k on its own held questions; empty while it was not
            evaluated.
    """

    folder: Path
    title: str
    source: str
    kind: Kind
    told: str
    step: int
    held: Mapping[int, float]


def negatives_runs(root: Path, opened: Path | None = None) -> Work[tuple[NegativesRun, ...]]:
    """The runs of DPR below ``root`` that were saved, the latest first."""
    yield Progress("Looking for runs")
    cards: Sequence[RunCard] = yield from list_runs(root, opened)
    found = []
    for card in cards:
        if card.method == "dpr" and card.trail:
            run = _run(card)
            found += [] if run is None else [run]
    return tuple(found)


def _run(card: RunCard) -> NegativesRun | None:
    from models.training.recipes.dpr_card import told

    try:
        recipe = read_run(card.folder).config["recipe"]
        negatives = Negatives(**recipe["negatives"])
    except (InputError, KeyError, TypeError):
        return None  # of another version: opening it says so
    held = {k: card.scores[f"top{k}"] for k in _KS if f"top{k}" in card.scores}
    return NegativesRun(
        card.folder,
        card.title,
        card.source,
        kind_of(negatives),
        told(negatives),
        card.step,
        held,
    )
