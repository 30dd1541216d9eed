"""Layouts of a project, kept in its folder under a content key."""

from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError
from models.events import Progress, Work
from models.project import Project
from models.projection import sampled
from models.projection.layout import Layout, Surface, Technique
from models.projection.projecting import project
from models.projection.saving import layout_key, load_layout, save_layout
from models.projection.umap_process import UmapProcess


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors (…, D) at length 1, which is where the hypersphere is; zero stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    if np.allclose(lengths, 1.0, atol=1e-4):
        return vectors
    scaled: NDArray[np.float32] = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled


def cached(
    source: Project,
    technique: Technique,
    surface: Surface,
    process: UmapProcess | None = None,
    seed: int = 0,
) -> Work[Layout]:
    """The layout of a project's vectors at unit length, computed once.

    A layout that cannot be kept (a read-only or full disk) is returned all the same.
    """
    yield Progress("Preparing")
    vectors = source.vectors.array
    params = {"seed": seed}
    if technique == "umap" and len(vectors) > sampled.MOST:
        params["points"] = sampled.MOST
    key = layout_key(source.vectors_key, technique, surface, params)
    path = source.layouts / f"{key}.npz"
    if path.is_file():
        try:
            return load_layout(path, vectors)
        except InputError:
            path.unlink(missing_ok=True)
    scaled = not source.vectors.normalized
    layout = yield from project(
        vectors, technique, surface, seed=seed, unit=scaled, process=process
    )
    with suppress(InputError):
        save_layout(layout, path)
    return layout
