"""Densities on the ring, against plain loops, closed forms and SciPy's von Mises."""

import math

import numpy as np
import pytest
from scipy.stats import vonmises

from models.ring import BANDWIDTH, BINS, CONCENTRATION, EXTENT, GRID, cells, even_density, ring


def on_ring(angles) -> np.ndarray:
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@pytest.fixture
def clustered():
    """Three classes of features with their labels, one of which has no class."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 300)
    angles = labels * 2 + rng.normal(size=300) * 0.3
    labels[:40] = -1
    return on_ring(angles), labels


def totals(result) -> tuple[float, float, np.ndarray]:
    area, step = (2 * EXTENT / GRID) ** 2, 2 * math.pi / BINS
    return result.density.sum() * area, result.all.sum() * step, result.by_class.sum(1) * step


@pytest.mark.parametrize("spread", [0.0, 0.3, 100.0])
def test_densities_integrate_to_one_from_collapse_to_uniform(spread):
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 4, 512)
    result = ring(on_ring(rng.normal(size=512) * spread), labels, list("abcd"))
    plane, angle, classes = totals(result)
    assert plane == pytest.approx(1, abs=2e-4)
    assert angle == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(classes, 1, atol=1e-5)
    assert result.counts.sum() == 512


def test_the_plane_agrees_with_a_plain_loop(clustered):
    vectors, labels = clustered
    result = ring(vectors, labels, list("abc"))
    centres = cells()
    x, y = np.meshgrid(centres, centres[::-1])
    expected = np.zeros((GRID, GRID))
    for px, py in vectors.astype(np.float64):
        square = (x - px) ** 2 + (y - py) ** 2
        expected += np.exp(-square / (2 * BANDWIDTH**2)) / (2 * math.pi * BANDWIDTH**2)
    np.testing.assert_allclose(result.density, expected / len(vectors), rtol=2e-4, atol=1e-5)


def test_angles_agree_with_scipys_von_mises(clustered):
    vectors, labels = clustered
    result = ring(vectors, labels, list("abc"))
    angles = np.arctan2(vectors[:, 1], vectors[:, 0]).astype(np.float64)
    np.testing.assert_allclose(result.angles, angles, atol=1e-6)
    kernel = vonmises.pdf(result.bins[:, None].astype(np.float64), CONCENTRATION, loc=angles)
    np.testing.assert_allclose(result.all, kernel.mean(axis=1), rtol=2e-4, atol=1e-6)
    for k in range(3):
        expected = kernel[:, labels == k].mean(axis=1)
        np.testing.assert_allclose(result.by_class[k], expected, rtol=2e-4, atol=1e-6)
        assert result.counts[k] == (labels == k).sum()


def test_both_kernels_are_one_on_the_circle():
    """exp(−‖x − y‖²/2h²) and exp(κ(cos − 1)) are equal there, so both show the same width."""
    angles = np.linspace(-1, 1, 9)
    distances = np.linalg.norm(on_ring(angles).astype(float) - [1, 0], axis=1)
    plane = np.exp(-(distances**2) / (2 * BANDWIDTH**2))
    np.testing.assert_allclose(plane, np.exp(CONCENTRATION * (np.cos(angles) - 1)), atol=1e-6)


def test_even_features_are_as_dense_as_the_closed_form():
    result = ring(on_ring(np.arange(720) * math.pi / 360), np.zeros(720, int), ["all"])
    np.testing.assert_allclose(result.all, 1 / (2 * math.pi), rtol=1e-4)
    assert result.density.max() == pytest.approx(even_density(), rel=5e-3)
    # As thick rope: nearly that of a straight line of density 1/2π per length.
    line = 1 / (2 * math.pi) / (math.sqrt(2 * math.pi) * BANDWIDTH)
    assert even_density() == pytest.approx(line, rel=0.02)


def test_turning_the_features_turns_the_densities(clustered):
    vectors, labels = clustered
    plain = ring(vectors, labels, list("abc"))
    turned = ring(vectors[:, ::-1] * [-1, 1], labels, list("abc"))  # by 90°, against the clock
    np.testing.assert_allclose(turned.density, np.rot90(plain.density), atol=1e-4)
    np.testing.assert_allclose(turned.all, np.roll(plain.all, BINS // 4), atol=1e-4)


def test_rows_are_upside_up():
    result = ring(on_ring([math.pi / 2]), np.zeros(1, int), ["up"])
    row, column = np.unravel_index(result.density.argmax(), result.density.shape)
    assert row < GRID / 4 and abs(column - GRID / 2) <= 1


def test_length_does_not_matter_and_what_has_no_direction_is_left_out(clustered):
    vectors, labels = clustered
    scaled = vectors * np.linspace(0.1, 9, len(vectors))[:, None]
    np.testing.assert_allclose(
        ring(scaled, labels, list("abc")).density,
        ring(vectors, labels, list("abc")).density,
        atol=1e-4,
    )
    bad = np.array([[0, 0], [3, 4], [np.nan, 1], [np.inf, 1]], np.float32)
    result = ring(bad, np.array([0, 1, 0, 0]), ["a", "b"])
    assert result.rows.tolist() == [1] and result.of == 4 and len(result) == 1
    np.testing.assert_allclose(result.points, [[0.6, 0.8]], rtol=1e-6)
    assert result.counts.tolist() == [0, 1] and not result.by_class[0].any()


def test_nothing_is_no_error_and_classes_need_no_names():
    result = ring(np.zeros((0, 2), np.float32), np.zeros(0, int), [])
    assert len(result) == 0 and not result.density.any() and not result.all.any()
    named = ring(on_ring([0.0, 1.0, 2.0]), np.array([0, 2, -1]), [])
    assert named.classes == ("0", "1", "2") and named.counts.tolist() == [1, 0, 1]


def test_what_does_not_fit_is_refused(clustered):
    vectors, labels = clustered
    for wrong in ((vectors[:, :1], labels), (vectors, labels[1:]), (np.ones((300, 3)), labels)):
        with pytest.raises(ValueError, match="vectors"):
            ring(*wrong, list("abc"))
    with pytest.raises(ValueError, match="labels"):
        ring(vectors, labels, ["a", "b"])


def test_arrays_are_read_only(clustered):
    result = ring(*clustered, list("abc"))
    for array in (result.density, result.all, result.by_class, result.points, result.rows):
        assert not array.flags.writeable
