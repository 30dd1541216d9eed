"""What every reader of images gives: labels at once, pixels one by one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.data.image_pixels import BadImageError, Encoded

Rows = NDArray[np.int64]
#: One image: its row, where it lies, for the user, and what is there.
Item = tuple[int, str, Encoded | BadImageError]


@dataclass(frozen=True, eq=False)
class ImageSource:
    """Images that are found but not decoded.

    Attributes:
        name: what to call it.
        source: what the user gave to open it.
        labels: (N,) class of each image, −1 for none.
        classes: names of the classes.
        read: yields the images of the given ascending rows in that order; one error stands for
            all the images of a damaged part of a file.
    """

    name: str
    source: str
    labels: Rows
    classes: tuple[str, ...]
    read: Callable[[Rows], Iterator[Item]]


def array_source(
    name: str,
    source: str,
    pixels: NDArray[np.uint8],
    labels: Rows,
    classes: tuple[str, ...],
) -> ImageSource:
    """A source of pixels (N, H, W, 3) uint8 that are in memory already."""

    def read(rows: Rows) -> Iterator[Item]:
        for row in rows:
            yield int(row), f"{name}, image {row + 1}", pixels[row]

    return ImageSource(name, source, labels, classes, read)


def number_classes(values: list[object]) -> tuple[Rows, tuple[str, ...]]:
    """Labels (N,) and class names for values of any kind, sorted; None has no class."""
    kinds = {value for value in values if value is not None}
    try:
        ordered = sorted(kinds)  # type: ignore[type-var]
    except TypeError:
        ordered = sorted(kinds, key=str)
    places = {value: place for place, value in enumerate(ordered)}
    labels = np.array([places.get(value, -1) for value in values], np.int64)
    return labels, tuple(str(value) for value in ordered)


def spread(labels: Rows, count: int, seed: int) -> Rows:
    """Rows of ``count`` images drawn so that each class keeps its share, ascending."""
    rng = np.random.default_rng(seed)
    place = np.empty(len(labels))
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        # Evenly spaced places within each class: the first `count` of all hold equal shares.
        place[rng.permutation(members)] = (np.arange(len(members)) + rng.random()) / len(members)
    return np.sort(np.argsort(place, kind="stable")[:count])
