"""Cutoff on batches small enough to be worked by hand, and its consistency term."""

import math

import pytest
import torch

from models.augment.cutoff import CUTOFF_KINDS, Cutoff, cutoff, js_consistency
from models.errors import InputError

#: Ten tokens with [CLS] and [SEP]; six tokens and padding; [CLS] and [SEP] alone.
MASK = torch.tensor([[1] * 12, [1] * 8 + [0] * 4, [1] * 2 + [0] * 10])


def ones(mask=MASK, width=20):
    return torch.ones(*mask.shape, width, dtype=torch.float64)


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def erased(embeddings):
    """(B, T) true where a whole position is zero."""
    return (embeddings == 0).all(2)


@pytest.mark.parametrize("kind", ["token", "span"])
@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(0.0, [0, 0, 0]), (0.1, [1, 0, 0]), (0.35, [3, 2, 0]), (1.0, [10, 6, 0])],
)
def test_positions_are_counted_without_the_ends_and_rounded_down(kind, ratio, expected):
    for seed in range(20):
        views, mask = cutoff(ones(), MASK, Cutoff(kind, ratio), seeded(seed))
        cut = erased(views)
        assert cut.sum(1).tolist() == expected
        # Where the embedding is zero the mask is, and nowhere else but in padding.
        assert torch.equal(mask, MASK * ~cut)
        assert (views[~cut] == 1).all()
        ends = [cut[0, 0], cut[0, 11], cut[1, 0], cut[1, 7], cut[2, 0], cut[2, 1]]
        assert not any(ends) and not cut[MASK == 0].any()


def test_a_span_is_in_a_row_and_starts_anywhere_alike():
    starts = []
    mask = torch.ones(1000, 12, dtype=torch.long)
    views, _ = cutoff(ones(mask, 1), mask, Cutoff("span", 0.3), seeded(0))
    for row in erased(views):
        places = row.nonzero()[:, 0].tolist()
        assert places == list(range(places[0], places[0] + 3))
        starts.append(places[0])
    # Three of the positions 1 to 10: eight starts, each an eighth of a thousand times.
    counts = [starts.count(start) for start in range(1, 9)]
    assert sum(counts) == 1000
    assert all(abs(count - 125) < 4 * math.sqrt(1000 / 8 * 7 / 8) for count in counts)


def test_tokens_are_drawn_alike_and_not_only_in_a_row():
    mask = torch.ones(1000, 12, dtype=torch.long)
    views, _ = cutoff(ones(mask, 1), mask, Cutoff("token", 0.3), seeded(0))
    cut = erased(views)[:, 1:11]
    assert (cut.sum(1) == 3).all()
    assert ((cut.sum(0) - 300).abs() < 4 * math.sqrt(1000 * 0.3 * 0.7)).all()
    assert any(row.nonzero().diff(dim=0).max() > 1 for row in cut)


@pytest.mark.parametrize("ratio", [0.0, 0.1, 0.29, 1.0])
def test_features_are_erased_at_every_position_and_the_mask_stays(ratio):
    views, mask = cutoff(ones(), MASK, Cutoff("feature", ratio), seeded(1))
    assert torch.equal(mask, MASK)
    for row in views:
        columns = (row == 0).all(0)
        assert columns.sum() == int(ratio * 20)
        assert (row[:, ~columns] == 1).all()
    if ratio == 0.29:  # five of twenty, each text its own
        assert not torch.equal(views[0, 0], views[1, 0])


def test_the_ends_are_found_with_padding_on_the_left_and_can_be_given():
    mask = torch.tensor([[0, 0, 1, 1, 1, 1]])
    views, _ = cutoff(ones(mask), mask, Cutoff("token", 1.0), seeded(0))
    assert erased(views).tolist() == [[False, False, False, True, True, False]]
    # Two sentences: [CLS] a b [SEP] c [SEP].
    mask, special = torch.ones(1, 6), torch.tensor([[1, 0, 0, 1, 0, 1]])
    views, _ = cutoff(ones(mask), mask, Cutoff("span", 1.0), seeded(0), special)
    assert erased(views).tolist() == [[False, True, True, False, True, False]]


@pytest.mark.parametrize("kind", CUTOFF_KINDS)
def test_the_seed_decides_and_the_input_stays_whole(kind):
    embeddings, spec = ones(), Cutoff(kind, 0.5)
    views = [cutoff(embeddings, MASK, spec, seeded(seed))[0] for seed in (3, 3, 4)]
    assert torch.equal(views[0], views[1])
    assert not torch.equal(views[0], views[2])
    assert torch.equal(embeddings, ones())
    assert torch.equal(MASK.sum(1), torch.tensor([12, 8, 2]))


@pytest.mark.parametrize("kind", CUTOFF_KINDS)
def test_no_gradient_passes_through_what_is_erased(kind):
    embeddings = ones().requires_grad_()
    views, _ = cutoff(embeddings, MASK, Cutoff(kind, 0.5), seeded(0))
    views.sum().backward()
    assert torch.equal(embeddings.grad, views.detach())
    assert 0 < embeddings.grad.sum() < embeddings.numel()


@pytest.mark.parametrize("kind", CUTOFF_KINDS)
def test_dtypes_are_kept(kind):
    views, mask = cutoff(ones().half(), MASK.bool(), Cutoff(kind, 0.5), seeded(0))
    assert (views.dtype, mask.dtype) == (torch.float16, torch.bool)


def test_the_consistency_term_worked_by_hand():
    # p = (¾, ¼), q = (¼, ¾), their mean (½, ½): both divergences are ¾ log 1½ + ¼ log ½.
    p = torch.tensor([[3.0, 1.0]], dtype=torch.float64).log()
    expected = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    assert float(js_consistency(p, p.flip(1))) == pytest.approx(expected)
    assert float(js_consistency(p + 7, p.flip(1) - 2)) == pytest.approx(expected)
    # A second text on which both agree halves the mean; a third view of p changes the mean of p.
    both = js_consistency(torch.cat([p, p]), torch.cat([p.flip(1), p]))
    assert float(both) == pytest.approx(expected / 2)
    middle = (7 / 12, 5 / 12)
    near = 0.75 * math.log(0.75 / middle[0]) + 0.25 * math.log(0.25 / middle[1])
    far = 0.25 * math.log(0.25 / middle[0]) + 0.75 * math.log(0.75 / middle[1])
    assert float(js_consistency(p, p.flip(1), p)) == pytest.approx((2 * near + far) / 3)


def test_the_consistency_term_at_its_bounds():
    certain = torch.tensor([[0.0, -math.inf]])
    assert float(js_consistency(certain, certain.flip(1))) == pytest.approx(math.log(2))
    assert float(js_consistency(certain, certain)) == 0
    three = [torch.tensor([[1e4, 0.0, 0.0]]).roll(shift, 1) for shift in range(3)]
    assert float(js_consistency(*three)) == pytest.approx(math.log(3))


def test_the_consistency_term_has_the_gradient_of_finite_differences():
    generator = seeded(0)
    p, q = (
        torch.randn(4, 3, generator=generator, dtype=torch.float64, requires_grad=True)
        for _ in range(2)
    )
    assert torch.autograd.gradcheck(js_consistency, (p, q))
    torch.testing.assert_close(js_consistency(p, q), js_consistency(q, p))
    assert js_consistency(p.half(), q.half()).dtype == torch.float32


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Cutoff("word"), "token, span, feature"),
        (lambda: Cutoff("token", 1.5), "between 0 and 1"),
        (lambda: Cutoff("token", float("nan")), "between 0 and 1"),
    ],
)
def test_a_spec_that_means_nothing_is_refused(make, words):
    with pytest.raises(InputError, match=words):
        make()


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="shapes"):
        cutoff(ones(), MASK[:, :5], Cutoff("token"), seeded(0))
    with pytest.raises(ValueError, match="shapes"):
        cutoff(ones(), MASK, Cutoff("token"), seeded(0), MASK[:2])
    with pytest.raises(ValueError, match="one shape"):
        js_consistency(torch.zeros(2, 3))
    with pytest.raises(ValueError, match="one shape"):
        js_consistency(torch.zeros(2, 3), torch.zeros(3, 3))
