"""From vectors to a picture of them."""

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError
from models.events import Progress, Work
from models.projection.layout import Layout, LayoutFacts, Surface, Technique
from models.projection.neighbours import AmongNeighbours
from models.projection.pca import AlongComponents, principal_components, unit_scale
from models.projection.sphere import on_sphere
from models.projection.trust import trustworthiness
from models.projection.umap_process import UmapProcess

#: Fewer points than this have no neighbourhoods to speak of, and PCA places them.
FEWEST_FOR_UMAP = 5
_CHUNK = 16384
# The picture should be there at once, so trustworthiness looks at few of many points.
_EXACT, _SAMPLE = 2000, 500


def project(
    vectors: NDArray[np.float32],
    technique: Technique,
    surface: Surface,
    *,
    neighbours: int = 15,
    min_dist: float = 0.1,
    seed: int = 0,
    process: UmapProcess | None = None,
) -> Work[Layout]:
    """Places vectors (N, D) on the globe or on a flat map.

    Args:
        vectors: any N, any D ≥ 1; kept by reference in a UMAP layout, so do not change them.
        neighbours: UMAP's neighbourhood, each point itself counted.
        min_dist: how closely UMAP may pack points, in its own units.
        seed: the same seed gives the same picture.
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
    for start in range(0, len(vectors), _CHUNK):
        yield Progress("Checking", start, len(vectors), "points")
        finite = np.isfinite(vectors[start : start + _CHUNK]).all(axis=1)
        if not finite.all():
            row = start + int(np.argmin(finite))
            raise InputError(f"The vector in row {row} holds values that are not finite numbers.")
    if technique == "pca" or len(vectors) < FEWEST_FOR_UMAP:
        return (yield from _pca(vectors, surface))
    if process is not None:
        return (yield from _umap(vectors, surface, neighbours, min_dist, seed, process))
    with UmapProcess() as own:
        return (yield from _umap(vectors, surface, neighbours, min_dist, seed, own))


def _pca(vectors: NDArray[np.float32], surface: Surface) -> Work[Layout]:
    globe = surface == "globe"
    kept = 3 if globe else 2
    components = yield from principal_components(vectors, kept)
    projected = np.concatenate(
        [
            components.project(vectors[start : start + _CHUNK])
            for start in range(0, max(len(vectors), 1), _CHUNK)
        ]
    )
    scale = 1.0 if globe else unit_scale(projected)
    if globe:
        positions = on_sphere(projected)
    else:
        positions = np.pad(projected * np.float32(scale), ((0, 0), (0, 1)))
    sample = _EXACT if len(vectors) <= _EXACT else _SAMPLE
    value, sampled = yield from trustworthiness(vectors, positions, sample=sample)
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
        sampled=sampled if value is not None else None,
        of=len(vectors),
        how=how,
    )
    return Layout("pca", surface, positions, facts, AlongComponents(components, scale, globe))


def _umap(
    vectors: NDArray[np.float32],
    surface: Surface,
    neighbours: int,
    min_dist: float,
    seed: int,
    process: UmapProcess,
) -> Work[Layout]:
    result = yield from process.fit(
        vectors, surface, neighbours=neighbours, min_dist=min_dist, seed=seed
    )
    globe = surface == "globe"
    used = min(neighbours, len(vectors))
    name = "2 angles by spherical UMAP" if globe else "2 dimensions by UMAP"
    facts = LayoutFacts(
        dimensions=vectors.shape[1],
        kept=2,
        variance=None,
        trustworthiness=result.trustworthiness,
        sampled=result.sampled,
        of=len(vectors),
        how=f"{name} ({used} neighbours, seed {seed})",
    )
    result.positions.setflags(write=False)
    placer = AmongNeighbours(vectors, result.positions, used)
    return Layout("umap", surface, result.positions, facts, placer)
