"""UMAP of text vectors onto a plane or a sphere, step by step.

The neighbours are exact (FAISS), the fuzzy graph is NumPy, and the optimiser is umap-learn's own.
Meant for a process of its own: the optimiser holds Python's global lock while it runs.
"""

from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.events import finish
from models.projection.graph import Graph, Report, fuzzy_graph, nearest_neighbours
from models.projection.layout import Surface
from models.projection.optimiser import Epochs, great_circle, import_optimiser
from models.projection.pca import principal_components, unit_scale
from models.projection.sphere import on_sphere

_NOISE = 1e-4
_LEARNING_RATE = 1.0
_NEGATIVE_SAMPLES = 5.0


def umap_positions(
    vectors: NDArray[np.float32],
    surface: Surface,
    *,
    neighbours: int,
    min_dist: float,
    seed: int,
    report: Report,
) -> NDArray[np.float32]:
    """Positions (N, 3) of vectors (N, D): unit vectors, or a map within [−1, 1] with z = 0."""
    layouts = import_optimiser()
    rows, distances = nearest_neighbours(vectors, neighbours, report)
    graph = fuzzy_graph(rows, distances)
    random = np.random.RandomState(seed)
    start = finish(principal_components(vectors, 3)).project(vectors)
    epochs = 500 if len(vectors) <= 10_000 else 200
    report("UMAP", 0, epochs, "epochs")
    if surface == "globe":
        return _optimise_globe(layouts, graph, start, min_dist, random, epochs, report)
    return _optimise_flat(layouts, graph, start[:, :2], min_dist, random, epochs, report)


def curve(min_dist: float) -> tuple[float, float]:
    """a and b of 1 / (1 + a·d^2b), fitted to UMAP's target for a spread of 1 (its section 3.2)."""
    from scipy.optimize import curve_fit

    d = np.linspace(0, 3, 300)
    target = np.where(d < min_dist, 1.0, np.exp(-(d - min_dist)))
    (a, b), _ = curve_fit(lambda x, a, b: 1 / (1 + a * x ** (2 * b)), d, target)
    return float(a), float(b)


def radius(count: int) -> float:
    """The radius of the sphere on which ``count`` points spread, in UMAP's units of distance.

    A sphere of radius 1 is so small that all points are pressed evenly over it, and the
    neighbourhoods are lost; on a large one they huddle on one side. Measured on sentences.
    """
    return float(np.clip(3 * (count / 8000) ** 0.25, 0.75, 5))


def _optimise_flat(
    layouts: ModuleType,
    graph: Graph,
    start: NDArray[np.float32],
    min_dist: float,
    random: np.random.RandomState,
    epochs: int,
    report: Report,
) -> NDArray[np.float32]:
    rough = start * unit_scale(start) + random.normal(scale=_NOISE, size=start.shape)
    low, high = rough.min(axis=0), rough.max(axis=0)
    points = (10 * (rough - low) / (high - low)).astype(np.float32)
    a, b = curve(min_dist)
    schedule = _schedule(graph, epochs, points, a, b, random, _LEARNING_RATE)
    layouts.optimize_layout_euclidean(
        **schedule, parallel=False, move_other=True, tqdm_kwds=Epochs.options(report)
    )
    flat = np.zeros((len(points), 3), np.float32)
    flat[:, :2] = points - (points.min(axis=0) + points.max(axis=0)) / 2
    return flat * np.float32(unit_scale(flat))


def _optimise_globe(
    layouts: ModuleType,
    graph: Graph,
    start: NDArray[np.float32],
    min_dist: float,
    random: np.random.RandomState,
    epochs: int,
    report: Report,
) -> NDArray[np.float32]:
    points = on_sphere(on_sphere(start) + random.normal(scale=_NOISE, size=start.shape))
    a, b = curve(min_dist)
    r = radius(len(points))
    # Distances are angles here, r times smaller than UMAP's; gradients are r times larger, and
    # a step of an angle is again r times smaller.
    schedule = _schedule(graph, epochs, points, a * r ** (2 * b), b, random, _LEARNING_RATE / r**2)
    layouts.optimize_layout_generic(
        **schedule,
        output_metric=great_circle(),
        move_other=True,
        tqdm_kwds=Epochs.options(report),
    )
    return on_sphere(points)


def _schedule(
    graph: Graph,
    epochs: int,
    points: NDArray[np.float32],
    a: float,
    b: float,
    random: np.random.RandomState,
    learning_rate: float,
) -> dict[str, Any]:
    """The optimiser's arguments; ``points`` are moved in place, an edge by its share of epochs."""
    strongest = graph.weight.max()
    kept = graph.weight >= strongest / epochs
    bound = np.iinfo(np.int32)
    return {
        "head_embedding": points,
        "tail_embedding": points,
        "head": graph.head[kept],
        "tail": graph.tail[kept],
        "n_epochs": epochs,
        "n_vertices": len(points),
        "epochs_per_sample": (strongest / graph.weight[kept]).astype(np.float64),
        "a": a,
        "b": b,
        "rng_state": random.randint(bound.min + 1, bound.max, 3).astype(np.int64),
        "gamma": 1.0,
        "initial_alpha": learning_rate,
        "negative_sample_rate": _NEGATIVE_SAMPLES,
    }
