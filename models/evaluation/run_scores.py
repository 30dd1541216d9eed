"""What a run on texts has reached, against the encoder that its training began with."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from models.evaluation.score_table import (
    OTHER_COLUMNS,
    STS_COLUMNS,
    Column,
    pooling_of,
    with_averages,
)
from models.evaluation.text_scores import (
    Loaded,
    Score,
    Scored,
    measure,
    plain_score,
    score_of,
    serving_step,
)
from models.events import Work
from models.files import write_json
from models.training.recipes.text_catalog import reopen_text
from models.training.shelf import read_card, write_scores

SCORES = "text-evaluation.json"
#: In the order in which they are shown.
COLUMNS: tuple[Column, ...] = (*STS_COLUMNS, *OTHER_COLUMNS)
#: Under which a run's scores hold what runs on texts are compared by.
STSB = "STS-B"


@dataclass(frozen=True)
class RunScores:
    """One evaluation.

    Attributes:
        base: the encoder that training began with, by name.
        pooling: of both, in words.
        step: whose weights were measured.
        before, after: scores by task, of the base and of the run.
    """

    base: str
    pooling: str
    step: int
    before: Mapping[str, Score]
    after: Mapping[str, Score]

    def figures(self, side: Mapping[str, Score]) -> dict[str, float]:
        """Figures of ``before`` or ``after`` by column, averages among them."""
        found: dict[str, float] = {}
        for score in side.values():
            found.update(score.figures)
        return with_averages(found)


def evaluate_text_run(
    folder: Path, tasks: Sequence[str], data: Path | None, triplets: str | Path | None = None
) -> Work[RunScores]:
    """Measures a run and its base with the same pooling, and keeps the result beside the run.

    Args:
        folder: of the run.
        tasks: some of ``models.evaluation.text_material.TASKS``.
        data: a SentEval folder.
        triplets: as ``read_triplets`` takes them.

    Raises:
        InputError: it is no run on texts, nothing was saved yet, or as ``measure``.
    """
    recipe, _ = reopen_text(folder)
    step = serving_step(read_card(folder))
    base, before = yield from _measured(recipe.net.base, recipe.net.pooling, tasks, data, triplets)
    _, after = yield from _measured(str(folder), recipe.net.pooling, tasks, data, triplets)
    result = RunScores(base.card.name, pooling_of(base.card), step, before, after)
    keep_run_scores(folder, result)
    return result


def keep_run_scores(folder: Path, result: RunScores) -> None:
    """Writes an evaluation in place of the one before; its figures become the run's scores.

    Raises:
        InputError: it cannot be written.
    """
    sides = {
        side: {task: plain_score(score) for task, score in scores.items()}
        for side, scores in (("before", result.before), ("after", result.after))
    }
    write_json(folder / SCORES, {**vars(result), **sides})
    before, after = result.figures(result.before), result.figures(result.after)
    scores = {}
    for column in (*STS_COLUMNS, OTHER_COLUMNS[2]):
        if column.id in after and column.id in before:
            name = "Triplets in order" if column.id == "ordered" else column.title
            name = "STS average" if column.id == "sts" else name
            scores[name] = after[column.id]
            scores[f"{name} before training"] = before[column.id]
    write_scores(folder, scores)


def kept_run_scores(folder: Path) -> RunScores | None:
    """The evaluation beside a run; None if there is none, or none that can be read."""
    try:
        value: dict[str, Any] = json.loads((folder / SCORES).read_text("utf-8"))
        before, after = (
            MappingProxyType({str(task): score_of(score) for task, score in value[side].items()})
            for side in ("before", "after")
        )
        words = str(value["base"]), str(value["pooling"])
        return RunScores(*words, int(value["step"]), before, after)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # measured again at a click


def _measured(
    source: str,
    pooling: str,
    tasks: Sequence[str],
    data: Path | None,
    triplets: str | Path | None,
) -> Work[tuple[Loaded, dict[str, Score]]]:
    """What was loaded, and its scores by task."""
    loaded: Loaded | None = None
    scores: dict[str, Score] = {}
    with closing(measure(source, pooling, tasks, data, triplets)) as work:
        for event in work:
            if isinstance(event, Loaded):
                loaded = event
            elif isinstance(event, Scored):
                scores[event.score.task] = event.score
            yield event
    assert loaded is not None  # it is told before anything is measured
    return loaded, scores
