"""The runs that lie in a folder, each as what can be told of it at a glance."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from models.errors import InputError
from models.events import Progress, Work
from models.files import write_json
from models.training.best import Score, best_score, scores_of
from models.training.checkpoints import RUN, RunFile, read_history_tensors, read_run
from models.training.events import Measured
from models.training.recipes.families import TITLES, Kind, family_of
from models.training.trainer import measurements

#: What ``evaluate`` measured of a run, beside its checkpoint.
SCORES = "scores.json"


@dataclass(frozen=True)
class RunCard:
    """A run at a glance.

    Attributes:
        folder: of the run; its name says when it was started.
        method: "simclr", "supcon", "simcse", "simcse-nli", "dpr", "reader".
        source: of its data, "shapes", "digits", "bundled" or a path.
        backbone: of its network; of a text encoder, the model that training began with.
        dimensions: of the vectors that the loss sees, the head's output.
        temperature: τ of its loss, 1 where it has none.
        step, steps: updates made at the last checkpoint, and of the whole run.
        trail: what was measured of the probe set so far; empty before the first checkpoint, and of
            a reader, which trains no encoder to be compared with others.
        scores: accuracies in percent by name, such as "linear", of the last evaluation with all
            labels; empty if there was none.
        kind: of what it was trained on.
        best: step and score of the weights that serve, where the run was scored; else they are
            the last.
    """

    folder: Path
    method: str
    source: str
    backbone: str
    dimensions: int
    temperature: float
    step: int
    steps: int
    trail: tuple[Measured, ...]
    scores: dict[str, float]
    kind: Kind = "image"
    best: Score | None = None

    @property
    def finished(self) -> bool:
        """Whether all updates were made."""
        return self.step == self.steps

    @property
    def title(self) -> str:
        """What a list calls it: "SimCLR on digits, 3 May 14:05"."""
        method = TITLES.get(self.method, self.method)
        return f"{method} on {Path(self.source).stem}, {_begun(self.folder.name)}"


def known_runs(root: Path) -> tuple[RunCard, ...]:
    """The runs right below ``root``, the latest first; folders that are none are passed over."""
    cards = []
    for path in sorted(root.glob(f"*/{RUN}"), reverse=True):
        try:
            cards.append(read_card(path.parent))
        except InputError:
            continue  # opening it says what is wrong
    return tuple(cards)


def list_runs(root: Path, opened: Path | None = None) -> Work[tuple[RunCard, ...]]:
    """``known_runs``, and before them the one in ``opened``, wherever it lies."""
    yield Progress("Looking for runs")
    cards = known_runs(root)
    if opened is None or any(card.folder == opened for card in cards):
        return cards
    try:
        return (read_card(opened), *cards)
    except InputError:
        return cards  # whoever opened it has told what is wrong


def read_card(folder: Path) -> RunCard:
    """One run at a glance; quick, for only the checkpoint's history is read and not its weights.

    Raises:
        InputError: there is no run, or it is damaged.
    """
    run = read_run(folder)
    try:
        return _card(folder, run)
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise InputError(f"The run in {folder} was not made by this version.") from error


def write_scores(folder: Path, scores: dict[str, float]) -> None:
    """Keeps what an evaluation with all labels reached, in percent by name.

    Raises:
        InputError: it cannot be written.
    """
    write_json(folder / SCORES, scores)


def _card(folder: Path, run: RunFile) -> RunCard:
    recipe: dict[str, Any] = run.config["recipe"]
    steps = int(run.config["plan"]["steps"])
    step, history = read_history_tensors(folder, run)
    measured = measurements(history["measured"], steps) if history else []
    kind = family_of(str(recipe["method"])).kind
    backbone, dimensions = _network(kind, run.config)
    return RunCard(
        folder=folder,
        method=str(recipe["method"]),
        source=str(run.config["data"]["source"]),
        backbone=backbone,
        dimensions=dimensions,
        temperature=float(recipe.get("temperature", 1.0)),
        step=step,
        steps=steps,
        trail=() if kind == "reader" else tuple(measured),
        scores=_scores(folder),
        kind=kind,
        best=best_score(scores_of(history)),
    )


def _network(kind: Kind, config: Mapping[str, Any]) -> tuple[str, int]:
    """What a network is called, and how wide the loss sees it."""
    if kind != "image":
        return str(config["base"]["name"]), int(config["base"]["dimensions"])
    net = config["recipe"]["net"]
    return str(net["backbone"]), int(net["head"][1])


def _begun(name: str) -> str:
    """When a run was begun, if its folder's name says so; else the name."""
    if name.startswith("bundled-"):
        return "bundled"
    try:
        begun = datetime.strptime(name[:15], "%Y%m%d-%H%M%S")
    except ValueError:
        return name
    return f"{begun.day} {begun:%b %H:%M}"


def _scores(folder: Path) -> dict[str, float]:
    try:
        value = json.loads((folder / SCORES).read_text("utf-8"))
        return {str(name): float(score) for name, score in value.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}  # measured again at a click
