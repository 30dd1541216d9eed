"""Cameras, arcs and the placing of names, without a window."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont

from explorer.canvas.camera import ZOOM, Camera, axis_angle, between, turn
from explorer.canvas.labels import place_chips, place_labels
from explorer.canvas.motion import Motion
from explorer.canvas.overlay import arc_points
from explorer.canvas.scene import Arc, Label, Marker


def camera(width: int = 500, height: int = 400) -> Camera:
    camera = Camera()
    camera.width, camera.height = width, height
    camera.rotation = np.eye(3)
    return camera


def overlaps(rects: list[QRectF]) -> int:
    return sum(a.intersects(b) for a, b in itertools.combinations(rects, 2))


@pytest.mark.usefixtures("qapp")
def test_chips_stay_inside_and_apart_even_in_a_corner():
    seen = camera()
    corner = np.array([0.99, 0.99, 0]) / seen.zoom
    markers = [
        Marker(
            corner + np.array([0.01 * k, 0, 0]), f"A rather long title, number {k} " * 3, "#000000"
        )
        for k in range(4)
    ]
    chips = place_chips(markers, seen, QFont(), [])
    assert len(chips) >= 3
    assert overlaps([chip.rect for chip in chips]) == 0
    assert all(QRectF(0, 0, 500, 400).contains(chip.rect) for chip in chips)
    assert all(chip.text.endswith("…") for chip in chips)


@pytest.mark.usefixtures("qapp")
def test_of_colliding_names_the_more_important_stays():
    seen = camera()
    labels = [
        Label((0, 0, 1), "minor", 1),
        Label((0.01, 0, 0.99), "major", 2),
        Label((0, 0.8, 0.6), "apart", 0),
        Label((0, 0, -1), "behind", 9),
    ]
    placed = place_labels(labels, seen, QFont(), "#000000", [])
    assert [label.text for label in placed] == ["major", "apart"]
    taken = [QRectF(0, 0, 500, 150)]
    assert [p.text for p in place_labels(labels, seen, QFont(), "#0", taken)] == ["major"]


@pytest.mark.parametrize("end", [(1.0, 0, 0), (0.0, 0, -1), (0.0, 0, 1), (0.0, 0.6, -0.8)])
def test_arcs_join_their_ends_above_the_globe(end):
    points = arc_points(Arc((0, 0, 1), end, "#000000"), globe=True)
    np.testing.assert_allclose(points[0], (0, 0, 1), atol=1e-9)
    np.testing.assert_allclose(points[-1], end, atol=1e-9)
    assert (np.linalg.norm(points, axis=1) >= 1 - 1e-9).all()


def test_arcs_on_the_map_stay_on_it():
    points = arc_points(Arc((0, 0, 0), (1, 0, 0), "#000000"), globe=False)
    assert (points[:, 2] == 0).all() and 0 < abs(points[:, 1]).max() < 0.2


def test_zoom_keeps_what_is_under_the_cursor_and_has_limits():
    seen = camera()
    point = np.array([0.3, 0.2, 0.0])
    x, y, _ = seen.project(point)
    seen.zoom_at(x, y, 5)
    np.testing.assert_allclose(seen.project(point)[:2], (x, y))
    seen.zoom_at(x, y, 1e9)
    assert seen.zoom == ZOOM[1]
    seen.zoom_at(0, 0, 1e-9)
    assert seen.zoom == ZOOM[0]
    np.testing.assert_array_equal(seen.shift, 0)


def test_view_and_project_agree():
    seen = camera()
    seen.rotation = turn(np.array([1.0, 2, 3]), 0.7)
    seen.zoom_at(100, 90, 2)
    points = np.random.default_rng(0).normal(size=(20, 3))
    by_view = points @ seen.view(2.0)[:, :3].T + seen.view(2.0)[:, 3]
    np.testing.assert_allclose(by_view, seen.project(points) * (2, 2, 1), atol=1e-3)


@pytest.mark.parametrize("angle", [0.0, 0.4, 3.0, np.pi])
def test_rotations_are_parted_evenly(angle):
    start = turn(np.array([0.3, -1, 0.5]), 1.1)
    end = turn(np.array([0.2, 0.5, -0.7]), angle) @ start
    half = between(start, end, 0.5)
    np.testing.assert_allclose(between(start, end, 1.0), end, atol=1e-6)
    assert axis_angle(half @ start.T)[1] == pytest.approx(angle / 2, abs=1e-6)


def test_glide_and_zoom_come_to_rest():
    motion = Motion(camera())
    motion.glide(np.array([0, 1.0, 0]), 2.0)
    motion.slide(300, 0)
    motion.zoom(250, 200, 2.0)
    steps = 0
    while motion.moves:
        motion.advance(1 / 60)
        steps += 1
        assert steps < 600
    assert motion.camera.zoom == pytest.approx(2.0, rel=1e-6)
    assert axis_angle(motion.camera.rotation)[1] > 0.3
    assert not motion.advance(1 / 60)


def test_the_widget_is_imported_without_numba():
    code = "import sys, explorer.canvas.widget; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
