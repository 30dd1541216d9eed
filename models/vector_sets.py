"""What can be measured on the hypersphere: a project's vectors, a run's probe set, or any file."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError
from models.geometry import sampled_rows
from models.project import Project
from models.training.checkpoints import RUN
from models.training.history import History, read_history
from models.training.recipes.families import Kind, family_of
from models.training.shelf import read_card
from models.vector_files import directions, open_positives, open_vectors


@dataclass(frozen=True, eq=False)
class VectorSet:
    """Vectors as they are stored, with what is known of them.

    Attributes:
        name: what a title calls them.
        path: where they lie.
        array: (N, D), perhaps memory-mapped.
        noun: what one row stands for, in the plural.
        positives: (N, D), row i the positive of row i; None where there are no pairs.
        paired: what the positives are, in words.
        positives_path: the file they lie in, if it is another than ``path``.
        encoder, pooling: what made the vectors, where that is known.
        step: of a training run.
        temperature: τ that the encoder was trained with, where that is known.
    """

    name: str
    path: Path
    array: NDArray[Any]
    noun: str
    positives: NDArray[Any] | None = None
    paired: str | None = None
    positives_path: Path | None = None
    encoder: str | None = None
    pooling: str | None = None
    step: int | None = None
    temperature: float | None = None


@dataclass(frozen=True, eq=False)
class Drawn:
    """Rows of a set at length 1, ready to be measured; arrays are read-only.

    Attributes:
        rows: (n,) of the set, ascending.
        of: N.
        vectors: (n, D).
        positives: (n, D), or None.
        normalized: whether the vectors had length 1 as stored.
    """

    rows: NDArray[np.int64]
    of: int
    vectors: NDArray[Any]
    positives: NDArray[Any] | None
    normalized: bool


def of_project(project: Project) -> VectorSet:
    """A corpus: every vector for itself, without pairs."""
    card = project.manifest.encoder
    return VectorSet(
        name=project.manifest.name,
        path=project.folder,
        array=project.vectors.array,
        noun="passages",
        encoder=card.name,
        pooling=card.conventions.pooling,
    )


def of_run(folder: Path) -> VectorSet:
    """A run's probe set as its last checkpoint sees it, in two views.

    Raises:
        InputError: there is no run or no checkpoint, or it is damaged.
    """
    card, history = read_card(folder), read_history(folder)
    head = " and its head" if card.kind == "image" else ""
    frame = history.frames[-1]  # (2m, D): first all first views, then all second ones
    half = len(frame) // 2
    return VectorSet(
        name=card.title,
        path=folder,
        array=frame[:half],
        noun=f"{family_of(card.method).noun} never trained on",
        positives=frame[half : 2 * half],
        paired=_paired(history, card.kind),
        encoder=f"{card.method}, {card.backbone}{head}",
        step=int(history.frame_steps[-1]),
        temperature=card.temperature,
    )


def _paired(history: History, kind: Kind) -> str:
    """What the second half of a probe set is to the first, in words."""
    if kind == "question":
        return "the passage that answers it"
    if kind == "reader":
        return "the same question beside a passage that does not answer it"
    if history.texts is None:
        return "the second view of the same image"
    half = len(history.texts) // 2
    if history.texts[:half] == history.texts[half:]:
        return "the same sentence under another dropout mask"
    return "a sentence that follows from it"


def of_file(path: Path, positives: Path | None = None) -> VectorSet:
    """Vectors in a .npy file, with the file of their positives if there is one.

    Raises:
        InputError: a file is missing or damaged, or they do not fit together.
    """
    array = open_vectors(path)
    other = None if positives is None else open_positives(positives, array, path)
    paired = None if positives is None else str(positives)
    return VectorSet(path.name, path, array, "vectors", other, paired, positives)


def of_path(path: Path, positives: Path | None = None) -> VectorSet:
    """A file, a run's folder or a project's folder, told apart by what it holds.

    Raises:
        InputError: it is none of them, or ``positives`` are given for a run, or do not fit.
    """
    if path.suffix == ".npy":
        return of_file(path, positives)
    if (path / RUN).is_file():
        if positives is not None:
            raise InputError(f"The positives of the run in {path} are known; give no others.")
        return of_run(path)
    source = of_project(Project.open(path))
    if positives is None:
        return source
    other = open_positives(positives, source.array, path)
    return replace(source, positives=other, paired=str(positives), positives_path=positives)


def draw(source: VectorSet, most: int, seed: int = 0) -> Drawn:
    """All rows of ``source``, or ``most`` of them at random, at length 1.

    Raises:
        InputError: fewer than two would be measured, or a row has no direction.
    """
    count = len(source.array)
    rows = sampled_rows(count, most, seed)
    if len(rows) < 2:
        raise InputError(
            f"{len(rows)} of the {count:,} vectors of {source.path} would be measured; it takes "
            "two vectors at least."
        )
    vectors, unit = directions(source.array, rows, source.path)
    positives = None
    if source.positives is not None:
        positives, _ = directions(source.positives, rows, source.positives_path or source.path)
    return Drawn(rows, count, vectors, positives, unit)
