"""Whitening against its definition, the published code's form, and what cannot be whitened."""

import numpy as np
import pytest
import torch
from fakes import HashEncoder

from models.errors import InputError
from models.evaluation.embedding import SentenceVectors
from models.events import finish
from models.geometry import mean_cosine, spectrum
from models.whitening import WhitenedVectors, fit_whitening


@pytest.fixture
def cone():
    """400 vectors of 12 dimensions in a narrow cone."""
    generator = np.random.default_rng(0)
    spread = generator.normal(size=(400, 12)) @ np.diag(2.0 ** -np.arange(12))
    turned = spread @ np.linalg.qr(generator.normal(size=(12, 12)))[0]
    return (turned + 3).astype(np.float32)


def test_whitened_vectors_have_mean_zero_and_the_identity_as_covariance(cone):
    whitening = fit_whitening(cone)
    white = whitening(cone)
    assert (white.dtype, white.shape) == (np.float32, (400, 12))
    np.testing.assert_allclose(white.mean(0), 0, atol=1e-4)
    np.testing.assert_allclose(np.cov(white.T, bias=True), np.eye(12), atol=1e-4)
    assert (whitening.dimensions, whitening.fitted) == (12, 400)
    assert not whitening.matrix.flags.writeable
    assert float(mean_cosine(torch.from_numpy(cone))) > 0.9
    assert float(mean_cosine(torch.from_numpy(white))) == pytest.approx(0, abs=0.01)
    assert spectrum(torch.from_numpy(white)).effective_rank == pytest.approx(12, abs=0.01)


@pytest.mark.parametrize("kept", [None, 5])
def test_similarities_are_those_of_the_published_form(cone, kept):
    # Su et al.: W is the inverse transpose of U √Λ, its first k columns kept.
    values = np.linalg.svd(np.cov(cone.T, bias=True))
    matrix = np.linalg.inv((values[0] @ np.diag(values[1] ** 0.5)).T)[:, :kept]
    expected = (cone - cone.mean(0)) @ matrix
    white = fit_whitening(cone, kept)(cone)
    np.testing.assert_allclose(white @ white.T, expected @ expected.T, atol=2e-2, rtol=1e-3)


def test_what_is_kept_are_the_directions_of_most_variance(cone):
    whole, part = fit_whitening(cone), fit_whitening(cone, 4)
    np.testing.assert_allclose(np.abs(part(cone)), np.abs(whole(cone)[:, :4]), atol=1e-4)
    scales = 1 / np.linalg.norm(whole.matrix, axis=0)
    assert (np.diff(scales) < 0).all()


def test_directions_without_variance_are_dropped_and_not_blown_up(cone):
    flat = np.concatenate([cone, np.full((400, 1), 2, np.float32), cone.sum(1, keepdims=True)], 1)
    assert fit_whitening(flat).dimensions == 12
    few = fit_whitening(cone[:5])
    assert few.dimensions == 4
    white = few(cone[:5]).astype(np.float64)
    unit = white / np.linalg.norm(white, axis=1, keepdims=True)
    # Five points whitened by themselves are the corners of a simplex.
    np.testing.assert_allclose((unit @ unit.T)[~np.eye(5, dtype=bool)], -1 / 4, atol=1e-4)


def test_new_vectors_are_moved_by_the_same_map(cone):
    whitening = fit_whitening(cone)
    np.testing.assert_allclose(whitening(cone[:3]), whitening(cone)[:3], atol=1e-5)
    np.testing.assert_allclose(whitening(whitening.mean[None]), 0, atol=1e-5)


@pytest.mark.parametrize(
    ("vectors", "words"),
    [
        (np.ones((1, 3)), "at least two"),
        (np.ones((0, 3)), "at least two"),
        (np.full((9, 3), 0.1, np.float32), "the same"),
        (np.zeros((9, 3)), "the same"),
    ],
)
def test_what_cannot_be_whitened_is_said(vectors, words):
    with pytest.raises(InputError, match=words):
        fit_whitening(vectors)


def test_it_keeps_a_dimension_at_least(cone):
    with pytest.raises(ValueError, match="one dimension"):
        fit_whitening(cone, 0)


def test_sentences_come_whitened_wherever_vectors_are_taken():
    texts = [f"word {n} and {n * n}" for n in range(60)]
    plain = SentenceVectors(HashEncoder(8))
    array = finish(plain.of(texts))
    whitening = fit_whitening(array)
    found = finish(WhitenedVectors(plain, whitening).of(texts[:7]))
    np.testing.assert_allclose(found, whitening(array[:7]), atol=1e-5)
