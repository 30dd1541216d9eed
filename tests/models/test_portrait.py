"""The portrait agrees with naive measures, and with what is known of the uniform distribution."""

import numpy as np
import pytest

from models.errors import InputError
from models.events import finish
from models.portrait import attention, portray


def directions(count, dimensions, seed=0):
    points = np.random.default_rng(seed).normal(size=(count, dimensions))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def test_it_agrees_with_a_double_loop():
    vectors = directions(40, 6)
    found = finish(portray(vectors))
    cosines = np.array([vectors[i] @ vectors[j] for i in range(40) for j in range(i)])
    assert found.mean_cosine == pytest.approx(cosines.mean(), abs=1e-5)
    assert found.uniformity == pytest.approx(
        np.log(np.exp(-2 * (2 - 2 * cosines)).mean()), abs=1e-5
    )
    width = found.edges[1] - found.edges[0]
    expected = np.histogram(cosines, found.edges)[0] / len(cosines) / width
    np.testing.assert_allclose(found.density, expected, atol=1e-6)
    gram = (vectors @ vectors.T).astype(np.float64)
    assert found.largest == pytest.approx(np.linalg.eigvalsh(gram)[-1], rel=1e-4)
    assert found.gao_upper == pytest.approx(gram.sum(), rel=1e-3)
    assert found.gao_lower <= found.largest


@pytest.mark.parametrize("dimensions", [2, 3, 16, 384])
def test_uniform_points_match_the_uniform_density_and_optimum(dimensions):
    found = finish(portray(directions(1500, dimensions, 1)))
    width = found.edges[1] - found.edges[0]
    assert found.uniform_density.sum() * width == pytest.approx(1.0)
    difference = np.abs(found.density - found.uniform_density).sum() * width
    assert difference < 0.05
    assert found.uniformity == pytest.approx(found.optimum, abs=0.02)


def test_length_does_not_matter_and_a_sample_is_said():
    vectors = directions(6000, 4)
    one, scaled = finish(portray(vectors)), finish(portray(vectors * 7))
    assert (one.points, one.of) == (5000, 6000)
    assert one.uniformity == pytest.approx(scaled.uniformity, abs=1e-5)


def test_one_vector_is_too_few():
    with pytest.raises(InputError, match="two vectors"):
        finish(portray(directions(1, 4)))


def test_temperature_sharpens_and_flattens_but_keeps_the_order():
    similarities = np.array([0.9, 0.5, 0.1, -0.3])
    cold, mild, hot = (attention(similarities, t) for t in (0.01, 0.3, 100.0))
    assert cold.shares[0] > 0.999 and cold.effective == pytest.approx(1.0, abs=1e-3)
    assert hot.entropy == pytest.approx(np.log(4), abs=1e-3)
    assert cold.entropy < mild.entropy < hot.entropy
    for one in (cold, mild, hot):
        assert one.shares.sum() == pytest.approx(1.0)
        assert (np.argsort(-one.shares, kind="stable") == np.arange(4)).all()
    logits = np.exp(similarities / 0.3)
    np.testing.assert_allclose(mild.shares, logits / logits.sum())


@pytest.mark.parametrize(("similarities", "temperature"), [([0.1], 0.0), ([0.1], -1.0), ([], 1.0)])
def test_softmax_refuses_what_it_cannot_do(similarities, temperature):
    with pytest.raises(ValueError, match="temperature"):
        attention(np.array(similarities), temperature)
