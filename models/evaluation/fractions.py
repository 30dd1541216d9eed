"""Which examples keep their labels when only a share of them may."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError


@dataclass(frozen=True, eq=False)
class Labelled:
    """The examples that keep their labels.

    Attributes:
        rows: (n,) int64, ascending, read-only.
        fraction: that was asked for.
        note: a sentence where a label a class is more than the fraction, else "".
    """

    rows: NDArray[np.int64]
    fraction: float
    note: str


def labelled(labels: NDArray[np.int64], fraction: float, seed: int) -> Labelled:
    """A stratified share of the examples: of each class its share, and one at least.

    With one seed, the rows of a smaller fraction are among those of a larger one.

    Args:
        labels: (N,), −1 for examples without a label, which are never chosen.
        fraction: above 0, at most 1.
        seed: of the choice.

    Raises:
        InputError: the fraction is none.
    """
    if not 0 < fraction <= 1:
        raise InputError(f"{fraction:g} is no fraction of the labels; it lies above 0, at most 1.")
    rng = np.random.default_rng(seed)
    chosen: list[NDArray[np.int64]] = []
    known = labels[labels >= 0]
    for label in np.unique(known):
        members = rng.permutation(np.flatnonzero(labels == label))
        chosen.append(members[: max(1, round(fraction * len(members)))])
    rows = np.sort(np.concatenate(chosen)) if chosen else np.empty(0, np.int64)
    rows.setflags(write=False)
    note = ""
    if any(round(fraction * np.sum(known == label)) < 1 for label in np.unique(known)):
        note = (
            f"{fraction:.4g} of the {len(known):,} labels is less than one a class; "
            f"with one of each class at least, it is {len(rows):,} labels."
        )
    return Labelled(rows, fraction, note)


def held_out(labels: NDArray[np.int64], seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows to fit and rows to choose by: a fifth of each class is held out, rounded down."""
    rng = np.random.default_rng(seed)
    held = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        held[members[: len(members) // 5]] = True
    return np.flatnonzero(~held), np.flatnonzero(held)
