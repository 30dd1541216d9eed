"""Losses against official values, plain loops over the papers' formulas, and closed forms."""

import math

import pytest
import torch
from torch.nn.functional import normalize

from models.losses import contrastive, nt_xent, sup_con

_GRID = torch.arange(24, dtype=torch.float64).reshape(6, 4)
A, B, C = torch.sin(_GRID + 1), torch.sin(1.1 * _GRID + 1.2), torch.cos(0.7 * _GRID)
UNIT_A, UNIT_B = normalize(A, dim=1), normalize(B, dim=1)
VIEWS = torch.stack([UNIT_A, UNIT_B], 1)
LABELS = torch.tensor([0, 0, 1, 1, 2, 2])


def points(*shape, seed=0):
    """Random vectors of length 1."""
    generator = torch.Generator().manual_seed(seed)
    return normalize(torch.randn(*shape, generator=generator, dtype=torch.float64), dim=-1)


def dot(x, y):
    return sum(float(p) * float(q) for p, q in zip(x, y, strict=True))


def nt_xent_by_loops(a, b, temperature):
    """SimCLR's algorithm 1, pair by pair."""
    z = [row / row.norm() for pair in zip(a, b, strict=True) for row in pair]

    def loss(i, j):
        others = [math.exp(dot(z[i], z[k]) / temperature) for k in range(len(z)) if k != i]
        return -math.log(math.exp(dot(z[i], z[j]) / temperature) / sum(others))

    pairs = [(2 * k, 2 * k + 1) for k in range(len(a))]
    return sum(loss(i, j) + loss(j, i) for i, j in pairs) / len(z)


def sup_con_by_loops(features, labels, temperature):
    """Khosla et al.'s equation 2, anchor by anchor; anchors without positives count 0."""
    z = [(view, int(y)) for x, y in zip(features, labels, strict=True) for view in x]
    total = 0.0
    for i, (anchor, label) in enumerate(z):
        others = [k for k in range(len(z)) if k != i]
        positives = [k for k in others if z[k][1] == label]
        below = sum(math.exp(dot(anchor, z[k][0]) / temperature) for k in others)
        shares = [math.exp(dot(anchor, z[p][0]) / temperature) / below for p in positives]
        if positives:
            total -= sum(map(math.log, shares)) / len(positives)
    return total / len(z)


def test_nt_xent_is_the_official_value():
    loss = nt_xent(A, B, 0.5)
    assert loss.dtype == torch.float64
    assert loss.shape == ()
    assert float(loss) == pytest.approx(2.7502499, abs=5e-8)


@pytest.mark.parametrize("temperature", [0.05, 0.5, 3.0])
@pytest.mark.parametrize("count", [1, 2, 7])
def test_nt_xent_equals_plain_loops(temperature, count):
    a, b = 3 * points(count, 5), points(count, 5, seed=1) / 7
    expected = nt_xent_by_loops(a, b, temperature)
    assert float(nt_xent(a, b, temperature)) == pytest.approx(expected, abs=1e-12)


def test_nt_xent_knows_no_order_of_views_or_rows_and_no_length():
    loss = nt_xent(A, B, 0.3)
    order = torch.tensor([3, 1, 5, 0, 4, 2])
    torch.testing.assert_close(nt_xent(B, A, 0.3), loss)
    torch.testing.assert_close(nt_xent(A[order], B[order], 0.3), loss)
    torch.testing.assert_close(nt_xent(100 * A, B / 100, 0.3), loss)
    assert abs(float(nt_xent(A, B[order], 0.3) - loss)) > 0.01


@pytest.mark.parametrize("count", [2, 9])
def test_equal_vectors_give_the_logarithm_of_the_choices(count):
    same = points(1, 4).repeat(count, 1)
    assert float(nt_xent(same, same, 0.1)) == pytest.approx(math.log(2 * count - 1))
    views, labels = torch.stack([same, same], 1), torch.arange(count) % 2
    assert float(sup_con(views, labels, 0.1)) == pytest.approx(math.log(2 * count - 1))
    assert float(contrastive(same, same, same, 0.1)) == pytest.approx(math.log(count + 1))


def test_nt_xent_of_orthogonal_pairs_has_a_closed_form():
    eye = torch.eye(5, dtype=torch.float64)
    expected = math.log(math.e**2 + 8) - 2
    assert float(nt_xent(eye, eye, 0.5)) == pytest.approx(expected)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_sup_con_is_the_official_value(dtype):
    for base in (0.1, None):
        loss = sup_con(VIEWS.to(dtype), LABELS, 0.1, base)
        assert loss.dtype == dtype
        assert float(loss) == pytest.approx(11.36054, abs=5e-6)


@pytest.mark.parametrize("views", [1, 2, 3])
@pytest.mark.parametrize("labels", [[0, 0, 0, 0, 0], [4, 4, 1, 1, 1], [0, 0, 1, 2, 3]])
def test_sup_con_equals_plain_loops(views, labels):
    features, labels = points(5, views, 6), torch.tensor(labels)
    expected = sup_con_by_loops(features, labels, 0.2)
    assert float(sup_con(features, labels, 0.2)) == pytest.approx(expected, abs=1e-12)


def test_sup_con_without_any_positive_is_zero_and_so_is_its_gradient():
    features = points(4, 1, 6).requires_grad_()
    loss = sup_con(features, torch.arange(4), 0.1)
    loss.backward()
    assert loss.item() == 0
    assert torch.equal(features.grad, torch.zeros_like(features))


def test_an_anchor_without_positives_counts_in_the_mean():
    x, y, alone = points(3, 6)
    losses = [math.log(1 + math.exp((dot(z, alone) - dot(x, y)) / 0.1)) for z in (x, y)]
    loss = sup_con(points(3, 1, 6), torch.tensor([0, 0, 1]), 0.1)
    assert float(loss) == pytest.approx(sum(losses) / 3)


def test_sup_con_scales_by_the_base_temperature():
    plain = sup_con(VIEWS, LABELS, 0.1)
    torch.testing.assert_close(sup_con(VIEWS, LABELS, 0.1, 0.07), plain * 0.1 / 0.07)


def test_sup_con_of_labels_all_different_is_nt_xent():
    torch.testing.assert_close(sup_con(VIEWS, torch.arange(6), 0.5), nt_xent(A, B, 0.5))


def test_contrastive_equals_plain_loops():
    negatives = points(9, 4, seed=3)
    losses = []
    for x, y in zip(UNIT_A, UNIT_B, strict=True):
        above = math.exp(dot(x, y) / 0.2)
        below = above + sum(math.exp(dot(x, n) / 0.2) for n in negatives)
        losses.append(-math.log(above / below))
    loss = contrastive(UNIT_A, UNIT_B, negatives, 0.2)
    assert float(loss) == pytest.approx(sum(losses) / 6, abs=1e-12)
    own = negatives.expand(6, 9, 4)
    torch.testing.assert_close(contrastive(UNIT_A, UNIT_B, own, 0.2), loss)


def test_contrastive_gives_each_anchor_its_own_negatives():
    own = points(6, 3, 4, seed=5)
    each = [contrastive(UNIT_A[i : i + 1], UNIT_B[i : i + 1], own[i], 0.2) for i in range(6)]
    torch.testing.assert_close(contrastive(UNIT_A, UNIT_B, own, 0.2), torch.stack(each).mean())


def test_contrastive_without_negatives_is_zero():
    assert float(contrastive(UNIT_A, UNIT_B, UNIT_A[:0], 0.2)) == 0


def test_nt_xent_is_contrastive_with_all_other_views_as_negatives():
    z, partner = torch.cat([UNIT_A, UNIT_B]), torch.cat([UNIT_B, UNIT_A])
    own = [[k for k in range(12) if k not in (i, (i + 6) % 12)] for i in range(12)]
    torch.testing.assert_close(
        contrastive(z, partner, z[torch.tensor(own)], 0.5), nt_xent(A, B, 0.5)
    )


@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_gradients_are_those_of_finite_differences(temperature):
    a, b, c = (x.clone().requires_grad_() for x in (A, B, C))
    views = VIEWS.clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda a, b: nt_xent(a, b, temperature), (a, b))
    labels = torch.tensor([0, 0, 1, 1, 1, 2])
    assert torch.autograd.gradcheck(lambda v: sup_con(v, labels, temperature, 0.07), (views,))
    assert torch.autograd.gradcheck(lambda a, b, c: contrastive(a, b, c, temperature), (a, b, c))


def test_small_temperatures_do_not_overflow():
    a, b = A.float().requires_grad_(), B.float()
    loss = nt_xent(a, b, 1e-3)
    loss.backward()
    assert loss.item() == pytest.approx(nt_xent(A, B, 1e-3).item(), rel=1e-4)
    assert torch.isfinite(a.grad).all()


def test_half_precision_is_computed_in_float32_also_under_autocast():
    a, b = A.bfloat16(), B.bfloat16()
    expected = nt_xent(a.float(), b.float(), 0.07)
    assert torch.equal(nt_xent(a, b, 0.07), expected)
    with torch.autocast("cpu", torch.bfloat16):
        rounded = (a.float() @ b.float().T).dtype
        assert torch.equal(nt_xent(a.float(), b.float(), 0.07), expected)
    assert rounded == torch.bfloat16


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (lambda: nt_xent(A, B, 0.0), "above 0"),
        (lambda: nt_xent(A, B, float("nan")), "above 0"),
        (lambda: nt_xent(A, B[:5], 0.5), r"\(6, 4\), \(5, 4\)"),
        (lambda: nt_xent(A[:0], B[:0], 0.5), "shapes"),
        (lambda: sup_con(A, LABELS, 0.5), "shapes"),
        (lambda: sup_con(VIEWS, LABELS[:5], 0.5), "shapes"),
        (lambda: sup_con(VIEWS[:1, :1], LABELS[:1], 0.5), "shapes"),
        (lambda: sup_con(VIEWS, LABELS, 0.5, -1.0), "above 0"),
        (lambda: contrastive(A, B, C[:, :3], 0.5), "shapes"),
        (lambda: contrastive(A, B, C.expand(5, 6, 4), 0.5), "shapes"),
        (lambda: contrastive(A[0], B[0], C, 0.5), "shapes"),
    ],
)
def test_what_does_not_fit_is_refused(loss, words):
    with pytest.raises(ValueError, match=words):
        loss()
