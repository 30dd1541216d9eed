"""From vectors to a picture of them."""

from contextlib import nullcontext

import numpy as np
from numpy.typing import NDArray

from models.blocks import at_length_1, blocks, gather
from models.errors import InputError
from models.events import Progress, Work
from models.geometry import sampled_rows
from models.projection import sampled
from models.projection.layout import Layout, LayoutFacts, Surface, Technique
from models.projection.neighbours import AmongNeighbours
from models.projection.pca import AlongComponents, principal_components, unit_scale
from models.projection.sphere import on_sphere
from models.projection.trust import trustworthiness
from models.projection.umap_process import UmapProcess

#: Fewer points than this have no neighbourhoods to speak of, and PCA places them.
FEWEST_FOR_UMAP = 5
# The picture should be there at once, so trustworthiness looks at few of many points.
_EXACT, _SAMPLE = 2000, 500
_LARGE, _FEW = 200_000, 200


def project(
    vectors: NDArray[np.float32],
    technique: Technique,
    surface: Surface,
    *,
    neighbours: int = 15,
    min_dist: float = 0.1,
    seed: int = 0,
    unit: bool = False,
    process: UmapProcess | None = None,
) -> Work[Layout]:
    """Places vectors (N, D) on the globe or on a flat map.

    Of more than ``sampled.MOST`` points UMAP sees some drawn at random, and the others are placed
    among them. Large arrays are read a block at a time.

    Args:
        vectors: any N, any D ≥ 1; kept by reference in a UMAP layout, so do not change them.
        neighbours: UMAP's neighbourhood, each point itself counted.
        min_dist: how closely UMAP may pack points, in its own units.
        seed: the same seed gives the same picture.
        unit: places the vectors brought to length 1, which none may have.
        process: UMAP's process, to keep it warm; else one is started for this picture alone.

    Raises:
        InputError: a setting or a vector is not usable, or UMAP's process failed.
    """
    vectors = np.asarray(vectors, np.float32)
    if vectors.ndim != 2 or vectors.shape[1] < 1:
        raise InputError(f"Vectors form a table of rows and columns, not of shape {vectors.shape}.")
    if neighbours < 2:
        raise InputError(f"UMAP needs at least 2 neighbours, not {neighbours}.")
    if not 0 <= min_dist <= 1:
        raise InputError(f"UMAP's minimum distance lies between 0 and 1, not at {min_dist}.")
    if not 0 <= seed < 2**32:
        raise InputError(f"A seed lies between 0 and {2**32 - 1}, not at {seed}.")
    for start, block in blocks(vectors):
        yield Progress("Checking", start, len(vectors), "points")
        finite = np.isfinite(block).all(axis=1)
        if not finite.all():
            row = start + int(np.argmin(finite))
            raise InputError(f"The vector in row {row} holds values that are not finite numbers.")
    if technique == "pca" or len(vectors) < FEWEST_FOR_UMAP:
        return (yield from _pca(vectors, surface, unit))
    rows = None
    if len(vectors) > sampled.MOST:
        yield Progress("Drawing points")
        rows = sampled_rows(len(vectors), sampled.MOST, seed)
    with UmapProcess() if process is None else nullcontext(process) as umap:
        settings = (neighbours, min_dist, seed, unit)
        return (yield from _umap(vectors, rows, surface, umap, *settings))


def _pca(vectors: NDArray[np.float32], surface: Surface, unit: bool) -> Work[Layout]:
    globe = surface == "globe"
    kept = 3 if globe else 2
    components = yield from principal_components(vectors, kept, unit=unit)
    projected = np.empty((len(vectors), kept), np.float32)
    for start, block in blocks(vectors, unit=unit):
        yield Progress("Placing", start, len(vectors), "points")
        projected[start : start + len(block)] = components.project(block)
    scale = 1.0 if globe else unit_scale(projected)
    if globe:
        positions = on_sphere(projected)
    else:
        positions = np.pad(projected * np.float32(scale), ((0, 0), (0, 1)))
    value, looked_at = yield from trustworthiness(vectors, positions, sample=_looked_at(vectors))
    how = f"{kept} dimensions"
    if components.variance > 0:
        how += f", PCA keeps {components.variance:.1%} of the variance"
    else:
        how += " by PCA, but the vectors do not differ"
    if globe:
        how += "; points are placed by direction on the sphere"
    facts = LayoutFacts(
        dimensions=vectors.shape[1],
        kept=kept,
        variance=components.variance,
        trustworthiness=value,
        sampled=looked_at if value is not None else None,
        of=len(vectors),
        how=how,
    )
    return Layout("pca", surface, positions, facts, AlongComponents(components, scale, globe))


def _umap(
    vectors: NDArray[np.float32],
    rows: NDArray[np.int64] | None,
    surface: Surface,
    process: UmapProcess,
    neighbours: int,
    min_dist: float,
    seed: int,
    unit: bool,
) -> Work[Layout]:
    """``rows`` are those that UMAP sees, if not all."""
    fitted = vectors if rows is None else gather(vectors, rows)
    if unit or rows is not None:
        fitted = at_length_1(fitted)
    result = yield from process.fit(
        fitted, surface, neighbours=neighbours, min_dist=min_dist, seed=seed
    )
    positions, value, looked_at = result.positions, result.trustworthiness, result.sampled
    used = min(neighbours, len(fitted))
    globe = surface == "globe"
    name = "2 angles by spherical UMAP" if globe else "2 dimensions by UMAP"
    how = f"{name} ({used} neighbours, seed {seed})"
    if rows is not None:
        positions = yield from sampled.place_others(vectors, fitted, rows, positions, surface, used)
        value, looked_at = yield from trustworthiness(
            vectors, positions, sample=_looked_at(vectors)
        )
        how += f" of {len(rows):,} points drawn at random, all others amid their nearest of these"
    facts = LayoutFacts(
        dimensions=vectors.shape[1],
        kept=2,
        variance=None,
        trustworthiness=value,
        sampled=looked_at,
        of=len(vectors),
        how=how,
    )
    positions.setflags(write=False)
    placer = AmongNeighbours(vectors, positions, used, rows)
    return Layout("umap", surface, positions, facts, placer)


def _looked_at(vectors: NDArray[np.float32]) -> int:
    """Points at which trustworthiness is taken: each is compared with all."""
    count = len(vectors)
    return count if count <= _EXACT else _SAMPLE if count <= _LARGE else _FEW
