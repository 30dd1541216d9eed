"""Figures that papers print, to stand beside measured ones and to be marked as published.

They were measured by their authors on test sets of the same names. The transfer figures are of
SentEval's own classifier; MRPC is of its test pairs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.data.senteval import TRANSFER_TASKS
from models.data.sts import STS_TASKS


@dataclass(frozen=True, slots=True)
class Published:
    """One printed row.

    Attributes:
        name: of the encoder.
        paper: that prints it.
        scores: by task; empty where only the average is at hand.
        average: of all tasks, as printed; not always quite the mean of the printed figures.
    """

    name: str
    paper: str
    scores: Mapping[str, float]
    average: float


_SIMCSE = "Gao et al. 2021"


def _row(name: str, paper: str, tasks: tuple[str, ...], *figures: float) -> Published:
    """A row whose last figure is the average."""
    scores = dict(zip(tasks, figures[:-1], strict=True)) if len(figures) > 1 else {}
    return Published(name, paper, MappingProxyType(scores), figures[-1])


#: Spearman × 100. Base models; BERT is the mean of its first and last layers.
STS = (
    _row("BERT", _SIMCSE, STS_TASKS, 39.70, 59.38, 49.67, 66.03, 66.19, 53.87, 62.06, 56.70),
    _row("SBERT", _SIMCSE, STS_TASKS, 70.97, 76.53, 73.19, 79.09, 74.30, 77.03, 72.91, 74.89),
    _row(
        "SimCSE, unsupervised",
        *(_SIMCSE, STS_TASKS),
        *(68.40, 82.41, 74.38, 80.91, 78.56, 76.85, 72.23, 76.25),
    ),
    _row("DiffCSE", "Chuang et al. 2022", STS_TASKS, 78.49),
    _row(
        "SimCSE, supervised",
        *(_SIMCSE, STS_TASKS),
        *(75.30, 84.67, 80.19, 85.40, 80.82, 84.25, 80.39, 81.57),
    ),
)

#: Accuracy in percent.
TRANSFER = (
    _row("SBERT", _SIMCSE, TRANSFER_TASKS, 87.41),
    _row(
        "SimCSE, unsupervised",
        *(_SIMCSE, TRANSFER_TASKS),
        *(81.18, 86.46, 94.45, 88.88, 85.50, 89.80, 74.43, 85.81),
    ),
    _row(
        "SimCSE, supervised",
        *(_SIMCSE, TRANSFER_TASKS),
        *(82.69, 89.25, 94.81, 89.59, 87.31, 88.40, 73.51, 86.51),
    ),
)
