"""Scores of a run, and the step of the best one, whose weights are kept."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

#: A step and the score of the model as it was then.
Score = tuple[int, float]


def best_score(scores: Sequence[Score]) -> Score | None:
    """The highest one, of equal ones the first; None where nothing was scored in training.

    That of step 0 stands for the model that training began with, which nobody asked to have again.
    """
    later = [score for score in scores if score[0] > 0]
    return max(later, key=lambda score: score[1]) if later else None


def scores_of(history: "Mapping[str, Tensor]") -> list[Score]:
    """All scores that a checkpoint's history holds, in order."""
    rows = history["scores"].tolist() if "scores" in history else []
    return [(int(step), float(score)) for step, score in rows]
