"""Measures projection by hand: ``python tests/benchmarks/projection.py VECTORS.npy [--transform]``.

Prints seconds and trustworthiness of every picture of the vectors (N, D), the time to cancel, the
time to place one new point, and how well placed points keep their neighbours. ``--transform``
compares with umap-learn's own ``transform`` on the flat map, which takes minutes.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from models.events import finish  # noqa: E402
from models.projection.layout import Layout  # noqa: E402
from models.projection.neighbours import AmongNeighbours  # noqa: E402
from models.projection.projecting import project  # noqa: E402
from models.projection.umap_process import UmapProcess  # noqa: E402

K = 15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--transform", action="store_true")
    options = parser.parse_args()
    vectors = np.load(options.vectors).astype(np.float32)
    with tempfile.TemporaryDirectory() as cache, UmapProcess(Path(cache)) as process:
        pictures(vectors, process)
        first_pictures(vectors[:200], process)
        cancelling(vectors, process)
        held_out(vectors, process)
    if options.transform:
        against_transform(vectors)


def pictures(vectors: np.ndarray, process: UmapProcess) -> None:
    for technique in ("pca", "umap"):
        for surface in ("globe", "flat"):
            begun = time.perf_counter()
            layout = finish(project(vectors, technique, surface, process=process))
            seconds = time.perf_counter() - begun
            print(f"{technique} {surface}: {seconds:.2f} s, {layout.facts.sentence}")
            print(f"  one point placed in {placing_ms(layout, vectors):.2f} ms")


def placing_ms(layout: Layout, vectors: np.ndarray) -> float:
    random = np.random.default_rng(0)
    questions = vectors[:50] + 0.05 * random.normal(size=vectors[:50].shape).astype(np.float32)
    seconds = []
    for question in questions:
        begun = time.perf_counter()
        layout.place(question[None])
        seconds.append(time.perf_counter() - begun)
    return float(np.median(seconds) * 1000)


def first_pictures(vectors: np.ndarray, process: UmapProcess) -> None:
    for kept in ("compiled code kept", "child warm"):
        if kept != "child warm":
            process.close()
        begun = time.perf_counter()
        finish(project(vectors, "umap", "flat", process=process))
        print(f"200 points, {kept}: {time.perf_counter() - begun:.2f} s")


def cancelling(vectors: np.ndarray, process: UmapProcess) -> None:
    work = project(vectors, "umap", "globe", process=process)
    while next(work).stage != "UMAP":
        pass
    begun = time.perf_counter()
    work.close()
    print(f"cancelled in {(time.perf_counter() - begun) * 1000:.0f} ms")


def held_out(vectors: np.ndarray, process: UmapProcess) -> None:
    """Places a tenth of the vectors that the picture has not seen."""
    rows = np.random.default_rng(0).permutation(len(vectors))
    new, known = vectors[rows[: len(rows) // 10]], vectors[rows[len(rows) // 10 :]]
    for technique in ("pca", "umap"):
        for surface in ("globe", "flat"):
            layout = finish(project(known, technique, surface, process=process))
            recall, trust = kept_neighbours(new, layout.place(new), known, layout.positions)
            print(f"{technique} {surface}, held out: recall@{K} {recall:.3f}, trust {trust:.3f}")


def kept_neighbours(
    new: np.ndarray, placed: np.ndarray, known: np.ndarray, positions: np.ndarray
) -> tuple[float, float]:
    """Recall of the K nearest known vectors among the K nearest positions, and trustworthiness."""
    order = np.argsort(-(new @ known.T), axis=1)
    rank = np.argsort(order, axis=1)
    away = (positions**2).sum(axis=1) - 2 * placed @ positions.T
    found = np.argpartition(away, K, axis=1)[:, :K]
    ranks = np.take_along_axis(rank, found, axis=1)
    worst = len(new) * K * (2 * len(known) - 3 * K - 1) / 2
    return float((ranks < K).mean()), float(1 - np.maximum(ranks + 1 - K, 0).sum() / worst)


def against_transform(vectors: np.ndarray) -> None:
    """The same flat map by umap-learn, with new points by its ``transform`` and by ours."""
    import umap

    rows = np.random.default_rng(0).permutation(len(vectors))[:6000]
    known, new = vectors[rows[:5000]], vectors[rows[5000:]]
    model = umap.UMAP(n_neighbors=K, metric="cosine", random_state=0).fit(known)
    positions = np.pad(model.embedding_, ((0, 0), (0, 1)))
    theirs = np.pad(model.transform(new), ((0, 0), (0, 1)))
    ours = AmongNeighbours(known, positions, K).place(new)
    extent = np.linalg.norm(np.ptp(positions, axis=0))
    apart = np.linalg.norm(ours - theirs, axis=1) / extent
    print(f"from umap.transform: median {np.median(apart):.3f} of the map's diagonal")
    for name, placed in (("umap.transform", theirs), ("medoid of neighbours", ours)):
        recall, trust = kept_neighbours(new, placed, known, positions)
        print(f"{name}: recall@{K} {recall:.3f}, trustworthiness {trust:.3f}")


if __name__ == "__main__":
    main()
