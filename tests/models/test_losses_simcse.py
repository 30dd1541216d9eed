"""SimCSE's loss against official values, a plain double loop and sentence-transformers."""

import math

import pytest
import torch
from torch.nn.functional import normalize

from models.losses import nt_xent, simcse

_GRID = torch.arange(24, dtype=torch.float64).reshape(6, 4)
A, B, C = torch.sin(_GRID + 1), torch.sin(1.1 * _GRID + 1.2), torch.cos(0.7 * _GRID)
HAND = torch.tensor([[1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)


def by_loops(anchor, positive, hard, temperature, weight):
    """Equations 1 and 5 of the paper, pair by pair."""

    def score(x, y):
        return math.exp(float(x @ y / (x.norm() * y.norm())) / temperature)

    total = 0.0
    for i, h in enumerate(anchor):
        below = 0.0
        for j in range(len(anchor)):
            below += score(h, positive[j])
            if hard is not None:
                below += weight ** (1 if i == j else 0) * score(h, hard[j])
        total -= math.log(score(h, positive[i]) / below)
    return total / len(anchor)


def slide(anchor, positive, hard, temperature, weight):
    """The form α·1[i=j], in which only the anchor's own hard negative counts at all."""
    a, b, c = (normalize(x, dim=1) for x in (anchor, positive, hard))
    below = (a @ b.T / temperature).exp().sum(1) + weight * ((a * c).sum(1) / temperature).exp()
    return float((below.log() - (a * b).sum(1) / temperature).mean())


@pytest.mark.parametrize(
    ("hard", "weight", "expected"),
    [(None, 1.0, 15.1620750), (C, 1.0, 16.1244731), (C, 5.0, 16.3532003)],
)
def test_the_official_values(hard, weight, expected):
    loss = simcse(A, B, hard, hard_negative_weight=weight)
    assert loss.dtype == torch.float64
    assert loss.shape == ()
    assert float(loss) == pytest.approx(expected, abs=5e-8)


@pytest.mark.parametrize("temperature", [0.05, 0.5, 3.0])
@pytest.mark.parametrize("weight", [0.2, 1.0, 5.0])
@pytest.mark.parametrize("count", [1, 2, 6])
def test_it_equals_a_plain_double_loop(temperature, weight, count):
    a, b, c = 3 * A[:count], B[:count] / 7, C[:count]
    for hard in (None, c):
        expected = by_loops(a, b, hard, temperature, weight)
        loss = simcse(a, b, hard, temperature, weight)
        assert float(loss) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("hard", [None, C.float()])
def test_it_is_the_multiple_negatives_ranking_loss_at_weight_1(hard):
    from sentence_transformers.losses import MultipleNegativesRankingLoss

    def model(features):
        return features

    columns = [A.float(), B.float()] + ([] if hard is None else [hard])
    theirs = MultipleNegativesRankingLoss(model, scale=20.0)
    expected = theirs([{"sentence_embedding": column} for column in columns], None)
    torch.testing.assert_close(simcse(A.float(), B.float(), hard), expected, rtol=1e-5, atol=0)


def test_a_pair_of_orthogonal_examples_worked_by_hand():
    # Each anchor has cosine 1 with its positive, 0 with the other's, and the hard negatives are
    # the positives exchanged: cosine 0 with its own, 1 with the other's. At τ = 1 and α = 5 the
    # choices weigh e, 1, 5·1 and e.
    loss = simcse(HAND, HAND, HAND.flip(0), 1.0, 5.0)
    assert float(loss) == pytest.approx(math.log((2 * math.e + 6) / math.e))


def test_the_slides_form_drops_the_other_hard_negatives():
    hard = HAND.flip(0)
    true, wrong = float(simcse(HAND, HAND, hard, 1.0, 5.0)), slide(HAND, HAND, hard, 1.0, 5.0)
    assert wrong == pytest.approx(math.log((math.e + 6) / math.e))  # lacks the second e
    assert true - wrong == pytest.approx(math.log((2 * math.e + 6) / (math.e + 6)))
    assert float(simcse(A, B, C, hard_negative_weight=5.0)) > slide(A, B, C, 0.05, 5.0) + 0.5
    # With one example there are no others, and both agree.
    one = float(simcse(A[:1], B[:1], C[:1], 0.5, 5.0))
    assert one == pytest.approx(slide(A[:1], B[:1], C[:1], 0.5, 5.0))


def test_equal_vectors_give_the_logarithm_of_the_weighed_choices():
    same = A[:1].repeat(4, 1)
    assert float(simcse(same, same)) == pytest.approx(math.log(4))
    assert float(simcse(same, same, same)) == pytest.approx(math.log(8))
    assert float(simcse(same, same, same, hard_negative_weight=5.0)) == pytest.approx(math.log(12))


def test_it_is_one_way_and_knows_no_order_of_examples_and_no_length():
    loss = simcse(A, B, C, 0.3, 2.0)
    order = torch.tensor([3, 1, 5, 0, 4, 2])
    torch.testing.assert_close(simcse(A[order], B[order], C[order], 0.3, 2.0), loss)
    torch.testing.assert_close(simcse(100 * A, B / 100, 3 * C, 0.3, 2.0), loss)
    assert abs(float(simcse(B, A, temperature=0.3) - simcse(A, B, temperature=0.3))) > 1e-3
    assert abs(float(nt_xent(A, B, 0.3) - simcse(A, B, temperature=0.3))) > 0.01


@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_gradients_are_those_of_finite_differences(temperature):
    a, b, c = (x.clone().requires_grad_() for x in (A, B, C))
    assert torch.autograd.gradcheck(lambda a, b, c: simcse(a, b, c, temperature, 5.0), (a, b, c))
    assert torch.autograd.gradcheck(lambda a, b: simcse(a, b, None, temperature), (a, b))


def test_half_precision_is_computed_in_float32_also_under_autocast():
    a, b, c = (x.bfloat16() for x in (A, B, C))
    expected = simcse(a.float(), b.float(), c.float())
    assert torch.equal(simcse(a, b, c), expected)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(simcse(a.float(), b.float(), c.float()), expected)


def test_small_temperatures_do_not_overflow():
    a = A.float().requires_grad_()
    loss = simcse(a, B.float(), C.float(), 1e-3, 5.0)
    loss.backward()
    assert loss.item() == pytest.approx(simcse(A, B, C, 1e-3, 5.0).item(), rel=1e-4)
    assert torch.isfinite(a.grad).all()


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (lambda: simcse(A, B, temperature=0.0), "above 0"),
        (lambda: simcse(A, B, temperature=float("nan")), "above 0"),
        (lambda: simcse(A, B, C, hard_negative_weight=0.0), "weight must be above 0"),
        (lambda: simcse(A, B, C, hard_negative_weight=float("inf")), "weight must be above 0"),
        (lambda: simcse(A, B, C, hard_negative_weight=float("nan")), "weight must be above 0"),
        (lambda: simcse(A, B[:5]), r"\(6, 4\), \(5, 4\)"),
        (lambda: simcse(A, B, C[:5]), r"\(6, 4\), \(6, 4\), \(5, 4\)"),
        (lambda: simcse(A, B, C[:, :3]), "shapes"),
        (lambda: simcse(A[:0], B[:0]), "shapes"),
        (lambda: simcse(A[0], B[0]), "shapes"),
    ],
)
def test_what_does_not_fit_is_refused(loss, words):
    with pytest.raises(ValueError, match=words):
        loss()
