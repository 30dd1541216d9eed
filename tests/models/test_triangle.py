"""A triplet on the sphere: its angles are kept, whatever the dimensions it comes from."""

import math

import numpy as np
import pytest

from models.triangle import Triangle, great_circle


def unit(rng, dimensions):
    vectors = rng.normal(size=(3, dimensions))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("dimensions", [3, 8, 384])
def test_the_three_cosines_are_kept(dimensions):
    rng = np.random.default_rng(dimensions)
    for _ in range(20):
        p, e, c = unit(rng, dimensions)
        corners = Triangle.of(p @ e, p @ c, e @ c).corners()
        gram = corners @ corners.T
        np.testing.assert_allclose(np.diag(gram), 1, atol=1e-9)
        np.testing.assert_allclose(gram[0, 1:], [p @ e, p @ c], atol=1e-9)
        assert gram[1, 2] == pytest.approx(e @ c, abs=1e-9)


@pytest.mark.parametrize(
    ("cosines", "angles"),
    [
        ((1.0, 1.0, 1.0), (0, 0, 0)),
        ((1.0, 0.0, 0.0), (0, 90, 0)),
        ((-1.0, 0.5, -0.5), (180, 60, 0)),
        ((0.0, 0.0, 0.0), (90, 90, 90)),
        ((1.0000001, 0.5, 0.5), (0, 60, 0)),
    ],
)
def test_corners_that_coincide_or_lie_opposite(cosines, angles):
    triangle = Triangle.of(*cosines)
    found = (triangle.entailed, triangle.contradicted, triangle.opened)
    np.testing.assert_allclose(np.degrees(found), angles, atol=1e-6)
    assert np.isfinite(triangle.corners()).all()


def test_the_premise_stands_still_and_sides_are_left_and_right():
    near, far = Triangle.of(0.9, 0.2, 0.1).corners(), Triangle.of(0.3, 0.8, 0.5).corners()
    np.testing.assert_allclose(near[0], far[0])
    assert near[1][0] < 0 < near[2][0]
    assert near[0][2] > 0  # in front


def test_a_morph_begins_and_ends_where_it_should():
    one, other = Triangle.of(0.9, 0.2, 0.1), Triangle.of(0.3, 0.8, 0.5)
    assert one.towards(other, 0) == one
    np.testing.assert_allclose(one.towards(other, 1).corners(), other.corners(), atol=1e-12)
    half = one.towards(other, 0.5)
    assert half.entailed == pytest.approx((one.entailed + other.entailed) / 2)
    np.testing.assert_allclose(np.linalg.norm(half.corners(), axis=1), 1, atol=1e-12)


def test_a_side_is_the_shortest_way_on_the_sphere():
    p, e, _ = Triangle.of(0.2, 0.5, 0.1).corners()
    way = great_circle(p, e, 64)
    np.testing.assert_allclose(np.linalg.norm(way, axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(way[[0, -1]], [p, e], atol=1e-12)
    steps = np.linalg.norm(np.diff(way, axis=0), axis=1)
    assert steps.sum() == pytest.approx(math.acos(0.2), rel=1e-3)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-6)
    np.testing.assert_allclose(great_circle(p, p), np.repeat(p[None], 49, axis=0))
    for pole in (p, np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])):
        around = great_circle(pole, -pole)
        np.testing.assert_allclose(np.linalg.norm(around, axis=1), 1, atol=1e-9)
        np.testing.assert_allclose(around[[0, -1]], [pole, -pole], atol=1e-9)
