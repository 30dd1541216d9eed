"""UMAP in its process: pictures, cancelling, crashing, and its parts against umap-learn's."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.errors import InputError
from models.events import Progress, finish
from models.projection.graph import fuzzy_graph, nearest_neighbours
from models.projection.optimiser import Epochs, great_circle
from models.projection.projecting import project
from models.projection.saving import load_layout, save_layout
from models.projection.umap_fit import curve
from models.projection.umap_process import UmapProcess

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
COUNT, CLUSTERS = 150, 3


def vectors() -> np.ndarray:
    """(150, 24) unit vectors; row i belongs to cluster i % 3."""
    random = np.random.default_rng(0)
    around = random.normal(size=(CLUSTERS, 24))[np.arange(COUNT) % CLUSTERS]
    points = around + 0.3 * random.normal(size=(COUNT, 24))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    with UmapProcess(tmp_path_factory.mktemp("numba")) as process:
        yield process


@pytest.mark.parametrize("surface", ["globe", "flat"])
def test_a_picture_from_end_to_end(process, surface, tmp_path):
    data = vectors()
    events: list[Progress] = []
    layout = finish(project(data, "umap", surface, process=process), events.append)
    pid = process.pid

    positions = layout.positions
    assert positions.dtype == np.float32
    assert not positions.flags.writeable
    if surface == "globe":
        np.testing.assert_allclose(np.linalg.norm(positions, axis=1), 1, atol=1e-5)
    else:
        assert (positions[:, 2] == 0).all()
        assert np.abs(positions).max() == pytest.approx(1, abs=1e-6)

    apart = np.linalg.norm(positions[:, None] - positions[None], axis=2) + 9 * np.eye(COUNT)
    assert (apart.argmin(axis=1) % CLUSTERS == np.arange(COUNT) % CLUSTERS).all()

    epochs = [event for event in events if event.stage == "UMAP"]
    assert epochs[-1].total == 500
    assert 0 < epochs[-1].done <= 500
    assert {event.stage for event in events} >= {"Neighbours", "UMAP", "Trustworthiness"}
    assert layout.facts.sampled == COUNT
    assert layout.facts.trustworthiness > 0.8
    assert "15 neighbours, seed 0" in layout.facts.sentence

    np.testing.assert_allclose(layout.place(data[:9]), positions[:9], atol=1e-5)
    centres = np.stack([data[i::CLUSTERS].mean(axis=0) for i in range(CLUSTERS)])
    to_centre = np.linalg.norm(layout.place(centres)[:, None] - positions[None], axis=2)
    assert (to_centre.argmin(axis=1) % CLUSTERS == np.arange(CLUSTERS)).all()

    save_layout(layout, tmp_path / "layout.npz")
    kept = load_layout(tmp_path / "layout.npz", data)
    np.testing.assert_array_equal(kept.place(centres), layout.place(centres))

    again = finish(project(data, "umap", surface, process=process))
    np.testing.assert_array_equal(again.positions, positions)
    other = finish(project(data, "umap", surface, seed=1, process=process))
    assert np.abs(other.positions - positions).max() > 0.01
    assert process.pid == pid


def test_of_too_many_points_some_are_drawn_and_it_is_said(process, monkeypatch):
    monkeypatch.setattr("models.projection.sampled.MOST", 60)
    data = vectors()
    layout = finish(project(data, "umap", "globe", process=process))
    assert len(layout.placer.fitted) == 60 and layout.positions.shape == (COUNT, 3)
    assert "of 60 points drawn at random, all others amid their nearest" in layout.facts.sentence
    assert layout.facts.sentence.endswith(" on all 150 points.")
    apart = np.linalg.norm(layout.positions[:, None] - layout.positions[None], axis=2)
    apart += 9 * np.eye(COUNT)
    assert (apart.argmin(axis=1) % CLUSTERS == np.arange(COUNT) % CLUSTERS).mean() > 0.95


@pytest.mark.parametrize("surface", ["globe", "flat"])
def test_equal_and_empty_vectors_get_positions(process, surface):
    equal = np.full((30, 8), 0.5, np.float32)
    equal[20:] = 0
    layout = finish(project(equal, "umap", surface, process=process))
    assert np.isfinite(layout.positions).all()
    fewest = finish(project(vectors()[:5], "umap", surface, process=process))
    assert fewest.technique == "umap"
    assert "(5 neighbours" in fewest.facts.sentence


def test_closing_kills_the_process_and_removes_its_files(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    process = UmapProcess()
    work = project(np.random.default_rng(0).normal(size=(400, 8)), "umap", "globe", process=process)
    while next(work).stage != "Starting UMAP":
        pass
    pid = process.pid
    assert pid is not None
    assert len(list(tmp_path.iterdir())) == 1
    work.close()
    assert process.pid is None
    # It has been waited for, too, or its id would still be known.
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert list(tmp_path.iterdir()) == []


def test_a_crash_is_one_sentence_and_the_next_request_starts_anew(process):
    work = project(np.ones((4000, 64), np.float32), "umap", "flat", process=process)
    while next(work).stage != "UMAP":
        pass
    pid = process.pid
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(InputError, match=r"^UMAP's process ended before it had finished .*\.$"):
        finish(work)
    assert process.pid is None
    layout = finish(project(vectors(), "umap", "flat", process=process))
    assert layout.facts.trustworthiness > 0.8
    assert process.pid != pid


def test_a_process_without_parent_ends_and_removes_its_files(tmp_path):
    folder = tmp_path / "shared"
    folder.mkdir()
    child = subprocess.Popen(
        [sys.executable, "-m", "models.projection.umap_child", str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
    )
    child.stdin.close()
    assert child.wait(timeout=60) == 0
    assert not folder.exists()


def test_the_process_is_forgotten_with_its_owner(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    process = UmapProcess()
    process.warm()
    pid = process.pid
    del process
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert list(tmp_path.iterdir()) == []


def test_the_graph_equals_umap_learns(tmp_path):
    data = vectors()
    rows, distances = nearest_neighbours(data, 15, lambda *event: None)
    np.testing.assert_array_equal(rows[:, 0], np.arange(COUNT))
    np.testing.assert_array_equal(rows[:, 1:], np.argsort(-(data @ data.T), axis=1)[:, 1:15])
    graph = fuzzy_graph(rows, distances)
    np.savez(tmp_path / "knn.npz", data=data, rows=rows, distances=distances)
    script = """
import sys, numpy as np
from umap.umap_ import fuzzy_simplicial_set
knn = np.load(sys.argv[1])
graph, _, _ = fuzzy_simplicial_set(knn["data"], 15, np.random.RandomState(0), "cosine",
    knn_indices=knn["rows"], knn_dists=knn["distances"])
np.save(sys.argv[2], graph.toarray())
"""
    # Plain Python gives the same numbers without a minute of compilation.
    subprocess.run(
        [sys.executable, "-c", script, tmp_path / "knn.npz", tmp_path / "graph.npy"],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        check=True,
    )
    expected = np.load(tmp_path / "graph.npy")
    found = np.zeros((COUNT, COUNT), np.float32)
    found[graph.head, graph.tail] = graph.weight
    np.testing.assert_allclose(found, expected, atol=1e-3)
    assert (expected > 0).sum() > COUNT * 14


def test_duplicates_are_their_own_nearest_neighbours():
    data = np.repeat(vectors()[:4], 10, axis=0)
    rows, distances = nearest_neighbours(data, 5, lambda *event: None)
    np.testing.assert_array_equal(rows[:, 0], np.arange(40))
    assert all(len(set(row)) == 5 for row in rows.tolist())
    np.testing.assert_array_equal(distances, 0)


def test_the_curve_is_umaps():
    # The values that umap-learn prints for its defaults.
    assert curve(0.1) == (pytest.approx(1.577, abs=1e-3), pytest.approx(0.895, abs=1e-3))


def test_the_great_circle_and_its_gradient():
    measure = great_circle()
    random = np.random.default_rng(0)
    for _ in range(20):
        x, y = random.normal(size=(2, 3))
        x /= np.linalg.norm(x)
        expected = np.arccos(x @ y / np.linalg.norm(y))
        distance, gradient = measure(x, y)
        assert distance == pytest.approx(expected, abs=1e-6)
        step = 1e-5
        slope = [
            (measure(x + step * e, y)[0] - measure(x - step * e, y)[0]) / (2 * step)
            for e in np.eye(3)
        ]
        np.testing.assert_allclose(gradient, slope, atol=1e-4)
    pole, at_pole = measure(np.array([0, 0, 1.0]), np.array([0, 0, 2.0]))
    assert pole == 0
    np.testing.assert_allclose(at_pole, 0, atol=1e-6)


def test_epochs_are_read_from_the_progress_bar():
    heard = []
    file = Epochs(lambda *event: heard.append(event))
    for text in ("\r0/200", "\r", "\r37/200", "\n"):
        file.write(text)
    assert heard == [("UMAP", 0, 200, "epochs"), ("UMAP", 37, 200, "epochs")]
