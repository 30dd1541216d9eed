"""How good a trained image encoder is, against raw pixels and against itself untrained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from models.data.images import ImageSet, take, train_test
from models.encoders.image import build
from models.errors import InputError
from models.evaluation.fractions import Labelled, labelled
from models.evaluation.image_features import features, raw_pixels
from models.evaluation.knn import default_k, knn_probe
from models.evaluation.linear import Probe, confusion, linear_probe
from models.events import Work
from models.training.checkpoints import read_history_tensors, read_run
from models.training.devices import device as find_device
from models.training.recipes.catalog import reopen, trained_model

Kind = Literal["linear", "knn", "both"]
_Images = tuple[ImageSet, ImageSet]
_Features = tuple[NDArray[np.float32], NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class Share:
    """What was reached with one share of the labels.

    Attributes:
        labels: the share in percent.
        count: labels in it.
        k: neighbours that voted in kNN.
        figures: accuracies in percent. ``linear`` and ``knn`` are the trained encoder's, ``raw_…``
            those of pixels, ``random_…`` those of the same network before training.
        confusion: (C, C) counts of the trained encoder, row the true class, read-only; linear
            where that was measured, else kNN.
        l2: λ of the trained encoder's linear classifier, None for kNN.
    """

    labels: float
    count: int
    k: int
    figures: Mapping[str, float]
    confusion: NDArray[np.int64]
    l2: float | None


@dataclass(frozen=True)
class ImageEvaluation:
    """Figures of one run on one data set.

    Attributes:
        data: name of the data.
        classes: the names that go with a confusion matrix's rows.
        train, test: numbers of labelled images.
        shares: in the order asked for.
        notes: sentences that belong beside the figures.
        step: updates that the encoder had seen.
        own: whether it was trained on exactly these training images.
    """

    data: str
    classes: tuple[str, ...]
    train: int
    test: int
    shares: tuple[Share, ...]
    notes: tuple[str, ...]
    step: int
    own: bool


def evaluate_run(
    folder: Path,
    source: str | None = None,
    *,
    kind: Kind = "linear",
    fractions: Sequence[float] = (1.0,),
    limit: int | None = None,
    device: str = "cpu",
    seed: int = 0,
) -> Work[ImageEvaluation]:
    """Classifies the test images from frozen features.

    Args:
        folder: of a run.
        source: images as ``models.data.images.load_images`` takes them; None means the run's.
        kind: "linear" measures ``linear``, ``knn``, ``raw_linear`` and ``random_linear``; "knn"
            only ``knn``, ``raw_knn`` and ``random_knn``; "both" all six.
        fractions: of the labels that may be used, each above 0 and at most 1.
        limit: images to learn from and hold out; None means all, or the run's own number where
            the data is the run's.
        device: any that ``models.training.devices`` finds.
        seed: of the choice of labels.

    Raises:
        InputError: there is no run, or none that was saved; the images cannot be read, have no
            labels, one class only, or fewer labels than classes; there is no such device.
    """
    recipe, own, own_limit = reopen(folder)
    where = find_device(device)
    run = read_run(folder)
    step, _ = read_history_tensors(folder, run)
    trained = trained_model(folder).to(where)
    untrained = build(recipe.net, recipe.settings.seed).eval().to(where)
    if limit is None and source in (None, own):
        limit = own_limit
    loading = train_test(source or own, size=recipe.size, limit=limit)
    train, test = yield from loading
    notes = _foreign(run.config, train)
    same = not notes
    train, test = _labelled_only(train, notes), _labelled_only(test, notes)
    _check(train, test, notes)
    chosen = [labelled(train.labels, fraction, seed) for fraction in fractions]
    notes += [choice.note for choice in chosen if choice.note]

    probes: list[dict[str, Probe]] = [{} for _ in chosen]
    for prefix, net in (("", trained), ("raw_", None), ("random_", untrained)):
        x = yield from _represent(net, (train, test), device, prefix)
        for choice, found in zip(chosen, probes, strict=True):
            y = train.labels[choice.rows], test.labels
            part = x[0][choice.rows], x[1]
            if kind != "knn":
                fitting = linear_probe(part[0], y[0], part[1], y[1], device=_solver(device))
                found[f"{prefix}linear"] = yield from fitting
            if kind != "linear" or not prefix:
                voting = knn_probe(part[0], y[0], part[1], y[1], device=device)
                found[f"{prefix}knn"] = yield from voting
    shares = tuple(
        _share(choice, test, found, kind) for choice, found in zip(chosen, probes, strict=True)
    )
    return ImageEvaluation(
        data=train.name,
        classes=train.classes,
        train=len(train),
        test=len(test),
        shares=shares,
        notes=tuple(dict.fromkeys(notes)),
        step=step,
        own=same,
    )


def _represent(net: Any, images: _Images, device: str, prefix: str) -> Work[_Features]:
    train, test = images
    if net is None:
        return raw_pixels(train), raw_pixels(test)
    stage = "Features before training" if prefix else "Features"
    train_x = yield from features(net, train, device, stage)
    test_x = yield from features(net, test, device, f"{stage} (test)")
    return train_x, test_x


def _solver(device: str) -> str:
    """Where classifiers are fitted: Apple's GPUs lack some of the linear algebra."""
    return device if device.startswith("cuda") else "cpu"


def _share(choice: Labelled, test: ImageSet, found: Mapping[str, Probe], kind: Kind) -> Share:
    shown = found["knn" if kind == "knn" else "linear"]
    return Share(
        labels=100 * choice.fraction,
        count=choice.rows.size,
        k=default_k(choice.rows.size),
        figures=MappingProxyType({name: probe.accuracy for name, probe in found.items()}),
        confusion=confusion(test.labels, shown.predicted, len(test.classes)),
        l2=shown.l2,
    )


def _foreign(config: Mapping[str, Any], train: ImageSet) -> list[str]:
    """What to say where the run was not trained on exactly these images."""
    data = config["data"]
    if data.get("train") == train.key:
        return []
    if data["source"] == train.source:
        return [
            "The run was trained on another choice of these images; unless test images lie "
            "beside them, some of the test images here may be among those it was trained on."
        ]
    return [
        f"The run was trained on {data['source']}; it is evaluated on other images, with the "
        f"{len(train.classes)} classes of {train.name}."
    ]


def _labelled_only(images: ImageSet, notes: list[str]) -> ImageSet:
    rows = np.flatnonzero(images.labels >= 0)
    if len(rows) == len(images):
        return images
    notes.append(f"{len(images) - len(rows):,} images of {images.name} have no label; left out.")
    return take(images, rows)


def _check(train: ImageSet, test: ImageSet, notes: list[str]) -> None:
    if not len(train) or not len(test):
        which = "training" if not len(train) else "test"
        raise InputError(f"The {which} images of {train.name} have no labels to evaluate with.")
    known = np.unique(train.labels)
    classes = np.union1d(known, test.labels)
    if len(classes) < 2:
        raise InputError(
            f"{train.name} has one class only ({train.classes[classes[0]]}); telling classes "
            "apart takes two."
        )
    if len(train) < len(classes):
        raise InputError(
            f"{train.name} gives {len(train)} labels to learn from, fewer than its "
            f"{len(classes)} classes; take more images."
        )
    missing = [train.classes[label] for label in np.setdiff1d(classes, known)]
    if missing:
        notes.append(f"No training image is of {', '.join(missing)}: all of these count as wrong.")
