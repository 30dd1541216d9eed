"""Two maps of the same points that can be laid side by side, and the way from one to the other."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.comparison.neighbours import directions
from models.comparison.procrustes import align, turn
from models.events import Work
from models.projection.layout import LayoutFacts, Surface, Technique
from models.projection.pca import principal_components, unit_scale
from models.projection.projecting import project
from models.projection.sphere import on_sphere
from models.projection.umap_process import UmapProcess

#: "own": each encoder's points by a projection of their own; "joint": both by one PCA.
Fitting = Literal["own", "joint"]


@dataclass(frozen=True, eq=False)
class Maps:
    """Where the points of A and B stand.

    Attributes:
        first, second: (N, 3) float32, read-only; of length 1 on the globe, z = 0 on the map.
        surface: which of the two.
        notes: what each keeps, in a few words.
        details: a sentence or two on how each came about.
    """

    first: NDArray[np.float32]
    second: NDArray[np.float32]
    surface: Surface
    notes: tuple[str, str]
    details: tuple[str, str] = ("", "")

    def __post_init__(self) -> None:
        self.first.setflags(write=False)
        self.second.setflags(write=False)

    def at(self, share: float) -> NDArray[np.float32]:
        """(N, 3) the points ``share`` of the way from A (0) to B (1).

        On the globe each goes along the great circle at an even pace, on the map straight.
        """
        if share <= 0 or share >= 1:
            return self.first if share <= 0 else self.second
        if self.surface == "flat":
            return self.first + np.float32(share) * (self.second - self.first)
        cosine = np.clip((self.first * self.second).sum(1, dtype=np.float64), -1, 1)
        angle = np.arccos(cosine)[:, None]
        sine = np.sin(angle)
        near = sine < 1e-6  # the same place, or opposite ones, where any great circle would do
        safe = np.where(near, 1, sine)
        start = np.where(near, 1 - share, np.sin((1 - share) * angle) / safe)
        end = np.where(near, share, np.sin(share * angle) / safe)
        return on_sphere(start * self.first + end * self.second)


def own_maps(
    x: NDArray[np.floating], y: NDArray[np.floating], technique: Technique, surface: Surface
) -> Work[Maps]:
    """Each encoder's points by a projection of their own, B's map then turned onto A's.

    Turning and mirroring change no distance on a map, and neither PCA nor UMAP cares for them.

    Raises:
        InputError: UMAP's process failed.
    """
    a, b = directions(x), directions(y)
    if technique == "umap":
        with UmapProcess() as process:
            first = yield from project(a, technique, surface, process=process)
            second = yield from project(b, technique, surface, process=process)
    else:
        first = yield from project(a, technique, surface)
        second = yield from project(b, technique, surface)
    start, end = (each.positions.astype(np.float64) for each in (first, second))
    rotation, _ = turn(start, end)
    turned = (end @ rotation).astype(np.float32)
    details = first.facts.sentence, f"{second.facts.sentence} Turned onto A's map."
    notes = _note(first.facts), _note(second.facts)
    return Maps(first.positions, turned, surface, notes, details)


def joint_maps(x: NDArray[np.floating], y: NDArray[np.floating], surface: Surface) -> Work[Maps]:
    """B turned onto A in all dimensions (``align``), then one PCA of both clouds together.

    So a way from A to B in the picture is the shadow of a way in the space of the vectors.
    """
    aligned = align(directions(x), directions(y))
    both = np.concatenate([aligned.first, aligned.second]).astype(np.float32)
    kept = 3 if surface == "globe" else 2
    components = yield from principal_components(both, kept)
    projected = components.project(both)
    if surface == "globe":
        placed = on_sphere(projected)
    else:
        placed = np.pad(projected * np.float32(unit_scale(projected)), ((0, 0), (0, 1)))
    first, second = np.split(placed, 2)
    note = (
        f"{kept} of {both.shape[1]} dimensions, {components.variance:.1%} of the variance of both"
    )
    how = f"{note}, by one PCA of both after B was turned onto A in all dimensions."
    return Maps(first.copy(), second.copy(), surface, (note, note), (how, how))


def _note(facts: LayoutFacts) -> str:
    kept = f"{facts.kept} of {facts.dimensions} dimensions"
    share = "by UMAP" if facts.variance is None else f"{facts.variance:.1%} of the variance"
    if facts.trustworthiness is None:
        return f"{kept}, {share}"
    return f"{kept}, {share}; trustworthiness {f'{facts.trustworthiness:.2f}'.removeprefix('0')}"
