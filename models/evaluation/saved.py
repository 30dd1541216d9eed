"""The last evaluation of a run, kept beside it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from models.evaluation.image_probe import ImageEvaluation, Share, evaluate_run
from models.events import Work
from models.files import write_json
from models.training.devices import devices
from models.training.shelf import write_scores

EVALUATION = "evaluation.json"
_FORMAT = 1
_ALL = 100.0


def evaluate_and_keep(
    folder: Path, fractions: Sequence[float] = (1.0,), limit: int | None = None
) -> Work[ImageEvaluation]:
    """Measures everything on the run's own data and the quickest device, and keeps it.

    Args:
        folder: of a run.
        fractions: of the labels that may be used.
        limit: images to learn from and hold out; None means as many as the run had.

    Raises:
        InputError: as ``evaluate_run``, or it cannot be written.
    """
    device = devices()[0].name
    result = yield from evaluate_run(
        folder, kind="both", fractions=fractions, limit=limit, device=device
    )
    keep(folder, result)
    return result


def keep(folder: Path, evaluation: ImageEvaluation) -> None:
    """Writes an evaluation in place of the one before.

    Where it was made on the run's own data with all labels, its figures also become the run's
    scores, by which runs are compared.

    Raises:
        InputError: it cannot be written.
    """
    write_json(folder / EVALUATION, _plain(evaluation))
    whole = [share for share in evaluation.shares if share.labels == _ALL]
    if evaluation.own and whole:
        write_scores(folder, dict(whole[0].figures))


def kept(folder: Path) -> ImageEvaluation | None:
    """The evaluation beside a run; None if there is none, or none that can be read."""
    try:
        value = json.loads((folder / EVALUATION).read_text("utf-8"))
        if value["format"] != _FORMAT:
            return None
        return _evaluation(value)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # measured again at a click


def _plain(evaluation: ImageEvaluation) -> dict[str, Any]:
    shares = [
        {
            "labels": share.labels,
            "count": share.count,
            "k": share.k,
            "l2": share.l2,
            "figures": dict(share.figures),
            "confusion": share.confusion.tolist(),
        }
        for share in evaluation.shares
    ]
    return {"format": _FORMAT, **vars(evaluation), "shares": shares}


def _evaluation(value: Mapping[str, Any]) -> ImageEvaluation:
    classes = tuple(str(name) for name in value["classes"])
    shares = tuple(_share(share, len(classes)) for share in value["shares"])
    if not shares:
        raise ValueError("an evaluation has one share at least")
    return ImageEvaluation(
        data=str(value["data"]),
        classes=classes,
        train=int(value["train"]),
        test=int(value["test"]),
        shares=shares,
        notes=tuple(str(note) for note in value["notes"]),
        step=int(value["step"]),
        own=bool(value["own"]),
    )


def _share(value: Mapping[str, Any], classes: int) -> Share:
    confusion = np.array(value["confusion"], np.int64)
    if confusion.shape != (classes, classes) or (confusion < 0).any():
        raise ValueError("the confusion matrix does not fit the classes")
    confusion.setflags(write=False)
    figures = {str(name): float(figure) for name, figure in value["figures"].items()}
    return Share(
        labels=float(value["labels"]),
        count=int(value["count"]),
        k=int(value["k"]),
        figures=MappingProxyType(figures),
        confusion=confusion,
        l2=None if value["l2"] is None else float(value["l2"]),
    )
