"""The portrait agrees with naive measures, and with what is known of the uniform distribution."""

import numpy as np
import pytest
import torch

from models.anchor import among, anchored, pull
from models.errors import InputError
from models.events import finish
from models.geometry import Limit, contrastive_limit
from models.limit import COUNTS, approach, slope
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


def test_positive_pairs_agree_with_a_loop():
    x, y = directions(30, 5), directions(30, 5, 1)
    found = finish(portray(x, 3 * y))
    distances = [np.linalg.norm(x[i] - y[i]) for i in range(30)]
    np.testing.assert_allclose(found.pair_distances, distances, atol=1e-5)
    assert found.alignment == pytest.approx(np.mean(np.square(distances)), abs=1e-5)
    sides = [finish(portray(side)) for side in (x, y)]
    expected = np.mean([side.uniformity for side in sides])
    assert found.uniformity == pytest.approx(expected, abs=1e-6)
    assert sides[0].uniformity != pytest.approx(sides[1].uniformity, abs=1e-4)
    assert found.mean_cosine == sides[0].mean_cosine
    assert not found.pair_distances.flags.writeable
    assert sides[0].alignment is None and sides[0].pair_distances is None


def test_pairs_of_other_shapes_are_refused():
    with pytest.raises(ValueError, match="Pairs"):
        finish(portray(directions(4, 3), directions(5, 3)))


def test_gaos_bound_is_judged():
    cone = directions(50, 4) + np.array([3, 0, 0, 0], np.float32)
    found = finish(portray(cone))
    assert found.gao_applies and found.gao_holds
    assert not finish(portray(directions(50, 4))).gao_applies
    opposite = np.array([[1, 0], [-1, 0]], np.float32)  # λmax = 2, and the entries sum up to 0
    assert not finish(portray(opposite)).gao_holds


@pytest.mark.parametrize("paired", [True, False])
def test_an_anchor_is_compared_with_all_others(paired):
    x, y = directions(6, 4), directions(6, 4, 1)
    found = anchored(x, y if paired else None, 2)
    negatives = [x[2] @ x[j] for j in range(6) if j != 2]
    if paired:
        negatives += [x[2] @ y[j] for j in range(6) if j != 2]
    expected = [*([x[2] @ y[2]] if paired else []), *sorted(negatives, reverse=True)]
    np.testing.assert_allclose(found.similarities, expected, atol=1e-6)
    assert found.paired == paired and len(found.similarities) == (11 if paired else 5)


def test_a_question_is_compared_with_every_passage_of_any_length():
    x = directions(40, 5) * np.linspace(0.5, 3, 40, dtype=np.float32)[:, None]
    question = directions(1, 5, 1)[0] * 7
    found = finish(among(x, question))
    cosines = x @ question / np.linalg.norm(x, axis=1) / np.linalg.norm(question)
    np.testing.assert_allclose(found.similarities, np.sort(cosines)[::-1], atol=1e-6)
    assert not found.paired and not found.similarities.flags.writeable


def test_the_pull_is_the_gradient_of_the_loss():
    similarities = torch.tensor([0.3, 0.8, -0.2, 0.5], dtype=torch.float64, requires_grad=True)
    loss = -torch.log_softmax(similarities / 0.2, 0)[0]
    loss.backward()
    gradient = similarities.grad.numpy()
    found = pull(attention(similarities.detach().numpy(), 0.2), True, 0.2)
    assert found.positive == pytest.approx(gradient[0])
    assert found.hardest == pytest.approx(gradient[1:].max()) and gradient[1:].argmax() == 0
    assert (found.half, found.negatives) == (1, 3)
    flat = pull(attention(np.zeros(9), 1.0), False, 1.0)
    assert (flat.positive, flat.half, flat.negatives) == (None, 5, 9)


def test_an_anchor_without_negatives_has_no_push():
    with pytest.raises(ValueError, match="negative"):
        pull(attention(np.array([1.0]), 0.5), True, 0.5)


def test_the_limit_is_approached_and_its_rate_measured():
    x = directions(60, 8)
    y = x + 0.2 * directions(60, 8, 1)
    y = y / np.linalg.norm(y, axis=1, keepdims=True)
    events = []
    found = finish(approach(x, y, 0.5), events.append)
    assert found.counts == COUNTS and len(events) == len(COUNTS)
    similarities = np.concatenate([x, y]) @ np.concatenate([x, y]).T / 0.5
    spread = np.log(np.exp(similarities).mean(1)).mean()
    assert found.limit == pytest.approx(spread - (x * y).sum(1).mean() / 0.5, abs=1e-5)
    alone = contrastive_limit(torch.tensor(x), torch.tensor(y), 0.5, (100,))
    assert found.values[COUNTS.index(100)] == alone.values[0]
    deviations = np.abs(np.array(found.values) - found.limit)
    assert deviations[-1] < 1e-3 < deviations[0]
    assert -1.5 < slope(found) < -0.3


@pytest.mark.parametrize("rate", [-0.5, -1.0])
def test_the_slope_of_a_known_rate_is_found(rate):
    values = tuple(1.0 + 3 * count**rate for count in COUNTS)
    assert slope(Limit(COUNTS, values, 0.4, 0.6, 8, 8)) == pytest.approx(rate, abs=1e-6)
    assert slope(Limit(COUNTS, (1.0,) * len(COUNTS), 0.4, 0.6, 8, 8)) is None
