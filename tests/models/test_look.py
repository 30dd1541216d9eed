"""A look at the probe set, held against ``models.geometry`` and against plain counting."""

import numpy as np
import pytest
import torch
from scipy.stats import beta

from models import geometry
from models.portrait import mean_uniformity
from models.training.look import look


def views(m, dimensions, noise=0.3, seed=0):
    """(2m, D) normalised: m directions, and the same ones disturbed."""
    rng = np.random.default_rng(seed)
    first = rng.normal(size=(m, dimensions))
    both = np.concatenate([first, first + noise * rng.normal(size=first.shape)])
    return (both / np.linalg.norm(both, axis=1, keepdims=True)).astype(np.float32)


def different(vectors):
    """Cosines of all pairs of rows that show different images."""
    m = len(vectors) // 2
    wide = vectors.astype(np.float64)
    rows = range(len(vectors))
    return np.array([wide[i] @ wide[j] for i in rows for j in rows if i < j and i % m != j % m])


@pytest.mark.parametrize(("m", "dimensions"), [(2, 2), (7, 3), (64, 32), (20, 128), (256, 128)])
def test_figures_are_those_of_geometry(m, dimensions):
    vectors = views(m, dimensions)
    found = look(vectors)
    x, y = torch.from_numpy(vectors.astype(np.float64)).chunk(2)
    assert found.alignment == pytest.approx(float(geometry.alignment(x, y)), abs=1e-6)
    assert found.uniformity == pytest.approx(mean_uniformity(x, y), abs=1e-5)
    assert found.optimum == geometry.optimal_uniformity(dimensions)
    spectrum = geometry.spectrum(torch.cat([x, y]))
    np.testing.assert_allclose(found.singular_values, spectrum.singular_values, atol=1e-6)
    assert found.effective_rank == pytest.approx(spectrum.effective_rank, rel=1e-5)
    assert (found.pairs, found.dimensions) == (m, dimensions)


@pytest.mark.parametrize(("m", "dimensions"), [(2, 2), (9, 5), (30, 16)])
def test_histograms_count_every_pair_once(m, dimensions):
    vectors = views(m, dimensions, seed=1)
    found = look(vectors)
    cosines = different(vectors)
    assert found.others == len(cosines) == 2 * m * (m - 1)
    assert found.mean_cosine == pytest.approx(cosines.mean(), abs=1e-6)
    counts = np.histogram(cosines, found.cosine_edges, density=True)[0]
    np.testing.assert_allclose(found.other_cosines, counts, atol=1e-9)
    positives = np.sum(vectors[:m].astype(np.float64) * vectors[m:], axis=1)
    counts = np.histogram(positives, found.cosine_edges, density=True)[0]
    np.testing.assert_allclose(found.positive_cosines, counts, atol=1e-9)
    apart = np.linalg.norm(vectors[:m].astype(np.float64) - vectors[m:], axis=1)
    assert found.distances.tolist() == np.histogram(apart, found.distance_edges)[0].tolist()


def test_views_that_coincide_have_no_distance_and_a_cosine_of_one():
    found = look(np.tile(views(8, 4)[:8], (2, 1)))
    assert found.alignment == 0 and found.distances[0] == 8
    assert found.positive_cosines[-1] > 0 and np.count_nonzero(found.positive_cosines) == 1


def test_opposite_views_are_the_farthest_apart():
    first = views(8, 4)[:8]
    found = look(np.concatenate([first, -first]))
    assert found.alignment == pytest.approx(4) and found.distances[-1] == 8
    assert found.positive_cosines[0] > 0


def test_a_collapsed_encoder_shows_as_one():
    one = np.zeros((20, 16), np.float32)
    one[:, 3] = 1
    found = look(one)
    assert found.uniformity == pytest.approx(0) and found.mean_cosine == pytest.approx(1)
    assert found.effective_rank == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("dimensions", [2, 3, 8, 128])
def test_the_uniform_curve_is_the_distribution_of_cosines(dimensions):
    found = look(views(4, dimensions))
    half = (dimensions - 1) / 2
    at = beta.cdf((1 + found.cosine_edges) / 2, half, half)
    expected = np.diff(at) / np.diff(found.cosine_edges)
    np.testing.assert_allclose(found.uniform_cosines, expected, atol=2e-3 * expected.max())


def test_uniform_vectors_have_the_uniform_curve():
    found = look(views(256, 16, noise=100))
    width = np.diff(found.cosine_edges)
    assert (np.abs(found.other_cosines - found.uniform_cosines) * width).sum() < 0.03
    assert found.uniformity == pytest.approx(found.optimum, abs=0.05)


def test_on_a_sphere_of_two_points_there_is_no_curve():
    assert not look(np.array([[1], [-1], [1], [-1]], np.float32)).uniform_cosines.any()


def test_what_was_found_cannot_be_changed():
    found = look(views(4, 3))
    arrays = [value for value in vars(found).values() if isinstance(value, np.ndarray)]
    assert len(arrays) == 7
    assert not any(array.flags.writeable for array in arrays)


@pytest.mark.parametrize("rows", [0, 2, 5])
def test_it_takes_pairs(rows):
    with pytest.raises(ValueError, match="at least two pairs"):
        look(np.ones((rows, 3), np.float32))
