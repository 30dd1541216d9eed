"""A moving picture shows what moves, and nothing else."""

import numpy as np
import pytest

from models.projection.moving import MovingPicture, surface_of


def directions(count, dimensions, seed=0):
    points = np.random.default_rng(seed).normal(size=(count, dimensions))
    points[:, :3] *= 3
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def test_points_that_rest_do_not_move_although_the_space_turns():
    picture = MovingPicture()
    x = directions(60, 16)
    first = picture.place(x)
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(16, 16)))
    np.testing.assert_allclose(picture.place(x @ turn), first, atol=1e-4)


def test_a_small_move_is_a_small_move():
    picture = MovingPicture()
    x = directions(60, 16)
    first = picture.place(x)
    second = picture.place(x + np.random.default_rng(2).normal(scale=0.01, size=x.shape))
    assert np.median(np.linalg.norm(second - first, axis=1)) < 0.1


@pytest.mark.parametrize("dimensions", [1, 3, 4, 128])
def test_the_globe_takes_any_dimension(dimensions):
    placed = MovingPicture().place(directions(20, dimensions))
    assert surface_of(dimensions) == "globe" and placed.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(placed, axis=1), 1, atol=1e-5)


def test_three_dimensions_are_shown_as_they_are_and_two_as_a_ring():
    x = directions(20, 3)
    np.testing.assert_allclose(MovingPicture().place(x), x, atol=1e-6)
    ring = MovingPicture().place(directions(20, 2))
    assert surface_of(2) == "flat" and (ring[:, 2] == 0).all()
    assert np.ptp(np.linalg.norm(ring, axis=1)) < 1e-5


def test_all_frames_at_once_are_the_same_pictures():
    frames = [directions(10, 8, seed) for seed in range(3)]
    one = MovingPicture()
    for here, there in zip(MovingPicture().place_all(frames), frames, strict=True):
        np.testing.assert_array_equal(here, one.place(there))
