"""What is compared, and the work of comparing it; stages whose inputs are the same are kept."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.comparison.compare import FEWEST, Comparison, compare
from models.comparison.maps import Maps, joint_maps, own_maps
from models.comparison.points import Points, embed
from models.comparison.sides import Side, side
from models.encoders.base import Encoder
from models.errors import InputError
from models.evaluation.embedding import kept_vectors
from models.evaluation.score_table import pooling_of
from models.events import Work
from models.projection.layout import Surface

#: How the two maps are made: (id, title).
PROJECTIONS = (
    ("pca", "PCA, one each"),
    ("joint", "PCA of both together"),
    ("umap", "UMAP, one each"),
)


@dataclass(frozen=True, eq=False)
class PointsSource:
    """Where the points come from.

    Attributes:
        key: the same for the same points.
        title: what the choice calls it.
        open: reads that many of them at most; slow.
    """

    key: object
    title: str
    open: Callable[[int], Work[Points]]


@dataclass(frozen=True, eq=False)
class Wanted:
    """One request with all its inputs.

    Attributes:
        source, most: which points, and how many at most.
        first, second: the encoders A and B.
        k: neighbours a point.
        projection: one of ``PROJECTIONS``.
        surface: that the maps are drawn on.
    """

    source: PointsSource
    most: int
    first: Encoder
    second: Encoder
    k: int
    projection: str
    surface: Surface

    @property
    def points_key(self) -> object:
        return self.source.key, self.most

    @property
    def pair_key(self) -> object:
        return self.points_key, self.first.card.key, self.second.card.key


@dataclass(frozen=True, eq=False)
class Compared:
    """The answer: N points under A (x) and B (y), and all that is said of them."""

    wanted: Wanted
    points: Points
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    sides: tuple[Side, Side]
    comparison: Comparison
    maps: Maps


def comparing(wanted: Wanted, before: Compared | None) -> Work[Compared]:
    """Reads, embeds, compares and projects, as far as ``before`` has not done so.

    Raises:
        InputError: there are too few texts, or an encoder or a file cannot be used.
    """
    old = before if before is not None and _same_points(wanted, before) else None
    if old is None:
        points = yield from wanted.source.open(wanted.most)
        if len(points) < FEWEST:
            raise InputError(f"A comparison takes {FEWEST} texts at least, not {len(points)}.")
    else:
        points = old.points
    x = yield from _vectors(wanted.first, points, old, "A")
    y = yield from _vectors(wanted.second, points, old, "B")
    same = old if old is not None and old.wanted.pair_key == wanted.pair_key else None
    if same is None:
        sides = (yield from side(x, points)), (yield from side(y, points))
    else:
        sides = same.sides
    if same is not None and same.wanted.k == wanted.k:
        comparison = same.comparison
    else:
        comparison = yield from compare(x, y, wanted.k)
    looks = wanted.projection, wanted.surface
    if same is not None and (same.wanted.projection, same.wanted.surface) == looks:
        maps = same.maps
    elif wanted.projection == "joint":
        maps = yield from joint_maps(x, y, wanted.surface)
    else:
        technique = "umap" if wanted.projection == "umap" else "pca"
        maps = yield from own_maps(x, y, technique, wanted.surface)
    return Compared(wanted, points, x, y, sides, comparison, maps)


def _same_points(wanted: Wanted, before: Compared) -> bool:
    return wanted.points_key == before.wanted.points_key


def _vectors(
    encoder: Encoder, points: Points, old: Compared | None, name: str
) -> Work[NDArray[np.float32]]:
    """Those of ``old``, whichever side they stood on there, or new ones."""
    if old is not None:
        for known, array in ((old.wanted.first, old.x), (old.wanted.second, old.y)):
            if known.card.key == encoder.card.key:
                return array
    return (yield from embed(points, encoder, kept_vectors(), f"Embedding under {name}"))


def title_of(encoder: Encoder) -> str:
    """An encoder with the pooling without which its name says too little."""
    return f"{encoder.card.name}, {pooling_of(encoder.card)}"
