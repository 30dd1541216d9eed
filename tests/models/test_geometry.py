"""Alignment, uniformity, spectrum and the limit against loops, closed forms and other code."""

import math

import numpy as np
import pytest
import torch
from scipy.special import hyp0f1
from torch.nn.functional import normalize

from models import geometry
from models.geometry import (
    alignment,
    contrastive_limit,
    gao_bound,
    mean_cosine,
    optimal_uniformity,
    sampled_rows,
    spectrum,
    uniformity,
)
from models.losses import contrastive

_GRID = torch.arange(24, dtype=torch.float64).reshape(6, 4)
A = normalize(torch.sin(_GRID + 1), dim=1)
B = normalize(torch.sin(1.1 * _GRID + 1.2), dim=1)


def points(*shape, seed=0, dtype=torch.float64):
    """Random vectors of length 1."""
    generator = torch.Generator().manual_seed(seed)
    return normalize(torch.randn(*shape, generator=generator, dtype=dtype), dim=-1)


def pairs(count):
    return [(i, j) for i in range(count) for j in range(i + 1, count)]


def test_the_official_values():
    assert float(alignment(A, B)) == pytest.approx(1.6741732, abs=5e-8)
    assert float(uniformity(A)) == pytest.approx(-2.0304184, abs=5e-8)
    assert alignment(A, B).dtype == uniformity(A).dtype == torch.float64
    assert alignment(A.float(), B.float()).dtype == uniformity(A.float()).dtype == torch.float32


@pytest.mark.parametrize("alpha", [1, 2, 3.5])
def test_alignment_equals_a_plain_loop(alpha):
    each = [math.dist(x.tolist(), y.tolist()) ** alpha for x, y in zip(A, B, strict=True)]
    assert float(alignment(A, B, alpha)) == pytest.approx(sum(each) / 6, abs=1e-12)
    torch.testing.assert_close(alignment(A, B, alpha), alignment(B, A, alpha))
    assert float(alignment(A, A, alpha)) == 0


def test_alignment_of_unit_vectors_is_twice_one_minus_the_cosine():
    torch.testing.assert_close(alignment(A, B), (2 - 2 * (A * B).sum(1)).mean())
    assert float(alignment(A, -A)) == pytest.approx(4)


@pytest.mark.parametrize("t", [0.5, 2, 7])
@pytest.mark.parametrize("entries", [1, 20, 1 << 20])
def test_uniformity_equals_a_plain_double_loop_however_it_is_cut(monkeypatch, t, entries):
    monkeypatch.setattr(geometry, "_ENTRIES", entries)
    x = 1.3 * points(11, 3)
    each = [math.exp(-t * math.dist(x[i].tolist(), x[j].tolist()) ** 2) for i, j in pairs(11)]
    assert float(uniformity(x, t)) == pytest.approx(math.log(sum(each) / 55), abs=1e-12)
    assert float(uniformity(x.flip(0), t)) == pytest.approx(float(uniformity(x, t)), abs=1e-12)


def test_uniformity_closed_forms():
    same = points(1, 5).repeat(4, 1)
    assert float(uniformity(same)) == pytest.approx(0, abs=1e-12)
    assert float(uniformity(torch.eye(7, dtype=torch.float64), 3)) == pytest.approx(-6)
    poles = torch.tensor([[0.0, 1], [0, -1]], dtype=torch.float64)
    assert float(uniformity(poles)) == pytest.approx(-8)
    ring = torch.arange(5000, dtype=torch.float64) * (2 * math.pi / 5000)
    circle = torch.stack([ring.cos(), ring.sin()], 1)
    # All i ≠ j instead of all i, j: the mean lacks the 5,000 pairs of a point with itself.
    mean = math.exp(optimal_uniformity(2))
    assert float(uniformity(circle)) == pytest.approx(math.log((5000 * mean - 1) / 4999))


@pytest.mark.parametrize("entries", [12, 1 << 20])
def test_gradients_are_those_of_finite_differences(monkeypatch, entries):
    monkeypatch.setattr(geometry, "_ENTRIES", entries)
    x, y = (side.clone().requires_grad_() for side in (A, B))
    assert torch.autograd.gradcheck(alignment, (x, y))
    assert torch.autograd.gradcheck(uniformity, (x,))
    assert torch.autograd.gradcheck(mean_cosine, (x,))


def test_gradients_at_equal_points_are_finite():
    x = A[:1].repeat(3, 1).requires_grad_()
    (alignment(x, x.detach()) + uniformity(x)).backward()
    assert torch.isfinite(x.grad).all()


@pytest.mark.parametrize(
    ("dimension", "published"),
    [(3, -2.0798), (128, -3.9375), (384, -3.9792), (768, -3.9896)],
)
def test_the_optimum_is_the_published_one(dimension, published):
    assert optimal_uniformity(dimension) == pytest.approx(published, abs=5e-5)


@pytest.mark.parametrize("t", [0.01, 0.5, 2, 8])
def test_the_optimum_has_closed_forms_in_low_dimensions(t):
    assert optimal_uniformity(1, t) == pytest.approx(math.log((1 + math.exp(-4 * t)) / 2))
    assert optimal_uniformity(2, t) == pytest.approx(-2 * t + math.log(np.i0(2 * t)))
    expected = -2 * t + math.log(math.sinh(2 * t) / (2 * t))
    assert optimal_uniformity(3, t) == pytest.approx(expected)


@pytest.mark.parametrize("dimension", [2, 3, 16, 128, 384, 768])
def test_the_optimum_equals_the_hypergeometric_function(dimension):
    for t in (0.1, 1, 2, 5):
        expected = -2 * t + math.log(hyp0f1(dimension / 2, t * t))
        assert optimal_uniformity(dimension, t) == pytest.approx(expected, abs=1e-12)


def test_the_optimum_overflows_nowhere():
    assert optimal_uniformity(2, 2000) == pytest.approx(-math.log(4 * math.pi * 2000) / 2, rel=1e-4)
    assert optimal_uniformity(10_000_000) == pytest.approx(-4, abs=1e-6)


def test_a_uniform_sample_comes_near_the_optimum():
    for dimension in (3, 128):
        sample = float(uniformity(points(2000, dimension)))
        assert sample == pytest.approx(optimal_uniformity(dimension), abs=0.01)


def test_spectrum_closed_forms():
    even = spectrum(torch.eye(6, dtype=torch.float64)[:4])
    assert even.singular_values.tolist() == pytest.approx([1, 1, 1, 1])
    assert even.singular_values.dtype == torch.float64
    assert even.effective_rank == pytest.approx(4)
    line = torch.tensor([[1.0], [2], [-3]]) @ torch.tensor([[0.6, 0.8]])
    assert spectrum(line).effective_rank == pytest.approx(1, abs=1e-4)
    assert spectrum(torch.zeros(3, 2)).effective_rank == 0


def test_effective_rank_is_the_entropy_of_the_shares():
    values = np.linalg.svd(A.numpy(), compute_uv=False)
    shares = values / values.sum()
    found = spectrum(A.clone().requires_grad_())
    assert found.singular_values.tolist() == pytest.approx(values.tolist())
    assert found.effective_rank == pytest.approx(math.exp(-(shares * np.log(shares)).sum()))
    assert spectrum(5 * A).effective_rank == pytest.approx(found.effective_rank)


def test_mean_cosine_equals_a_plain_double_loop():
    x = torch.cat([3 * A, 0.2 * B + 0.1])
    cosines = [torch.cosine_similarity(x[i], x[j], dim=0).item() for i, j in pairs(12)]
    assert float(mean_cosine(x)) == pytest.approx(sum(cosines) / 66, abs=1e-12)
    assert mean_cosine(x).dtype == torch.float64
    assert float(mean_cosine(A[:1].repeat(5, 1))) == pytest.approx(1)
    assert float(mean_cosine(torch.eye(4))) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("entries", [1, 1 << 20])
def test_gao_bound_holds_where_no_similarity_is_negative(monkeypatch, entries):
    monkeypatch.setattr(geometry, "_ENTRIES", entries)
    x = points(20, 6).abs()
    gram = (x @ x.T).numpy()
    bound = gao_bound(x)
    assert bound.rows == 20
    assert bound.total == pytest.approx(gram.sum())
    assert bound.largest == pytest.approx(np.linalg.eigvalsh(gram)[-1])
    assert bound.smallest == pytest.approx(gram[~np.eye(20, dtype=bool)].min())
    assert bound.applies
    assert bound.holds
    assert bound.total / 20 <= bound.largest <= bound.total


def test_gao_bound_does_not_apply_to_opposite_vectors():
    bound = gao_bound(torch.cat([A, -A]))
    assert bound.total == pytest.approx(0, abs=1e-12)
    assert bound.smallest == pytest.approx(-1)
    assert not bound.applies
    assert not bound.holds


def test_gao_bound_is_reached_from_below_by_equal_vectors():
    bound = gao_bound(A[:1].float().repeat(8, 1))
    assert bound.largest == pytest.approx(8, rel=1e-5)
    assert bound.total == pytest.approx(64, rel=1e-5)
    assert bound.holds


def test_the_limit_of_equal_vectors_has_a_closed_form():
    same = A[:1].repeat(5, 1)
    found = contrastive_limit(same, same, 0.5, [1, 10, 1000])
    assert found.limit == pytest.approx(0, abs=1e-12)
    assert found.values == pytest.approx([math.log(1 + 1 / m) for m in (1, 10, 1000)])


def test_the_limit_is_the_two_terms_of_the_theorem():
    found = contrastive_limit(A, B, 0.5, [])
    pool = torch.cat([A, B])
    inner = [math.log(np.mean([math.exp(x @ z / 0.5) for z in pool])) for x in pool]
    assert found.alignment == pytest.approx(-float((A * B).sum(1).mean()) / 0.5)
    assert found.uniformity == pytest.approx(np.mean(inner))
    assert found.limit == found.alignment + found.uniformity
    assert (found.counts, found.values) == ((), ())


def test_the_loss_comes_to_its_limit():
    x = points(200, 16)
    y = normalize(x + 0.5 * points(200, 16, seed=1), dim=1)
    found = contrastive_limit(x, y, 0.5, [1, 32, 1024, 1_000_000])
    distances = [abs(value - found.limit) for value in found.values]
    assert distances == sorted(distances, reverse=True)
    assert distances[0] > 0.5
    assert distances[-1] < 1e-3


def test_multinomial_counts_give_the_loss_of_drawn_negatives():
    x, y = points(8, 3), points(8, 3, seed=1)
    pool, partners = torch.cat([x, y]), torch.cat([y, x])
    generator = torch.Generator().manual_seed(0)
    drawn = [pool[torch.randint(16, (16, 4), generator=generator)] for _ in range(400)]
    losses = torch.stack([contrastive(pool, partners, own, 0.5) for own in drawn])
    by_counts = [contrastive_limit(x, y, 0.5, [4], seed).values[0] for seed in range(400)]
    error = float(losses.std()) / 20 * math.sqrt(2)
    assert np.mean(by_counts) == pytest.approx(float(losses.mean()) - math.log(4), abs=4 * error)


def test_the_limit_says_how_many_pairs_it_used_and_repeats_by_seed():
    x, y = points(600, 3), points(600, 3, seed=1)
    found = contrastive_limit(x, y, 0.5, [4], seed=3)
    assert (found.pairs, found.of) == (512, 600)
    assert found == contrastive_limit(x, y, 0.5, [4], seed=3)
    assert found != contrastive_limit(x, y, 0.5, [4], seed=4)


def test_rows_are_sampled_without_repetition():
    assert sampled_rows(5, 5).tolist() == [0, 1, 2, 3, 4]
    rows = sampled_rows(1000, 100, seed=1).tolist()
    assert len(set(rows)) == 100
    assert rows == sorted(rows)
    assert rows == sampled_rows(1000, 100, seed=1).tolist()
    assert rows != sampled_rows(1000, 100, seed=2).tolist()
    assert max(rows) < 1000


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        (lambda: alignment(A, B[:3]), "Pairs"),
        (lambda: alignment(A[:0], B[:0]), "Pairs"),
        (lambda: uniformity(A[:1]), "N ≥ 2"),
        (lambda: mean_cosine(A[0]), "N ≥ 2"),
        (lambda: gao_bound(A[:1]), "N ≥ 2"),
        (lambda: spectrum(A[:0]), "N ≥ 1"),
        (lambda: optimal_uniformity(0), "dimension 0"),
        (lambda: optimal_uniformity(3, 0), "t = 0"),
        (lambda: contrastive_limit(A, B[:3], 0.5, [1]), "Pairs"),
        (lambda: contrastive_limit(A, B, 0, [1]), "above 0"),
        (lambda: contrastive_limit(A, B, 0.5, [0]), "above 0"),
    ],
)
def test_what_cannot_be_measured_is_refused(measure, words):
    with pytest.raises(ValueError, match=words):
        measure()
