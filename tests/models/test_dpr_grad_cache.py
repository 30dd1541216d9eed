"""Gradient caching against the plain batch, with and without dropout."""

import pytest
import torch
from torch import nn

from models.losses import dpr_nll
from models.training.grad_cache import Side, cached

CPU = torch.device("cpu")
POSITIVES = list(range(0, 24, 2))


@pytest.fixture(autouse=True)
def _random_numbers_as_before():
    with torch.random.fork_rng(devices=[]):
        yield


def net(dropout, seed):
    torch.manual_seed(seed)
    layers = nn.Linear(10, 32), nn.Tanh(), nn.Dropout(dropout), nn.Linear(32, 8)
    return nn.Sequential(*layers).double().train()


def texts():
    generator = torch.Generator().manual_seed(5)
    questions = torch.randn(12, 10, generator=generator, dtype=torch.float64)
    return questions, torch.randn(24, 10, generator=generator, dtype=torch.float64)


def nll(questions, contexts):
    return dpr_nll(questions, contexts, POSITIVES)[0]


def gradients(nets, loss):
    loss.backward()
    found = [p.grad.clone() for one in nets for p in one.parameters()]
    for one in nets:
        one.zero_grad()
    return loss.item(), torch.cat([g.flatten() for g in found])


def by_cache(nets, size, seed=7):
    questions, contexts = texts()
    torch.manual_seed(seed)
    sides = [Side(nets[0], questions.split(size)), Side(nets[-1], contexts.split(size))]
    return gradients(nets, cached(sides, nll, CPU))


def plainly(nets, size, seed=7):
    """One graph over all, of which ``size`` rows go through at a time."""
    questions, contexts = texts()
    torch.manual_seed(seed)
    parts = [torch.cat([nets[0](part) for part in questions.split(size)])]
    parts.append(torch.cat([nets[-1](part) for part in contexts.split(size)]))
    return gradients(nets, nll(*parts))


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("size", [1, 5, 24])
def test_without_dropout_it_is_the_whole_batch_at_once(shared, size):
    nets = [net(0.0, 1)] if shared else [net(0.0, 1), net(0.0, 2)]
    loss, gradient = by_cache(nets, size)
    whole, expected = plainly(nets, 24)
    assert loss == pytest.approx(whole, abs=1e-12)
    torch.testing.assert_close(gradient, expected, rtol=0, atol=1e-10)
    assert expected.norm() > 0.1


@pytest.mark.parametrize("size", [1, 5, 24])
def test_with_dropout_both_passes_have_the_same_masks(size):
    nets = [net(0.5, 1), net(0.5, 2)]
    loss, gradient = by_cache(nets, size)
    whole, expected = plainly(nets, size)
    assert loss == pytest.approx(whole, abs=1e-12)
    torch.testing.assert_close(gradient, expected, rtol=0, atol=1e-10)


def test_other_masks_would_be_seen(monkeypatch):
    nets = [net(0.5, 1), net(0.5, 2)]
    _, expected = plainly(nets, 5)
    assert (by_cache(nets, 5, seed=8)[1] - expected).norm() > 0.1 * expected.norm()
    monkeypatch.setattr("models.training.grad_cache._restore", lambda *_: None)
    loss, gradient = by_cache(nets, 5)
    assert loss == pytest.approx(plainly(nets, 5)[0], abs=1e-12)
    assert (gradient - expected).norm() > 0.1 * expected.norm()


def test_gradients_of_small_batches_added_up_are_another_loss():
    nets = [net(0.0, 1), net(0.0, 2)]
    questions, contexts = texts()
    losses = [
        dpr_nll(nets[0](q), nets[1](c), range(0, 8, 2))[0] / 3
        for q, c in zip(questions.split(4), contexts.split(8), strict=True)
    ]
    loss, gradient = gradients(nets, sum(losses))
    cached_loss, expected = by_cache(nets, 4)
    assert abs(loss - cached_loss) > 0.1
    assert (gradient - expected).norm() > 0.1 * expected.norm()


def test_a_scaled_loss_scales_the_gradient_and_random_numbers_go_on_as_they_were():
    nets = [net(0.5, 1), net(0.5, 2)]
    _, expected = by_cache(nets, 5)
    questions, contexts = texts()
    torch.manual_seed(7)
    sides = [Side(nets[0], questions.split(5)), Side(nets[1], contexts.split(5))]
    loss = cached(sides, nll, CPU)
    after = torch.get_rng_state()
    _, gradient = gradients(nets, 3 * loss)
    torch.testing.assert_close(gradient, 3 * expected)
    assert torch.equal(torch.get_rng_state(), after)


def test_only_one_chunk_at_a_time_has_a_graph():
    questions, contexts = texts()
    nets = [net(0.5, 1), net(0.5, 2)]
    passes = []

    def watched(one):
        def encode(rows):
            passes.append((torch.is_grad_enabled(), len(rows)))
            return one(rows)

        return encode

    sides = [Side(watched(nets[0]), questions.split(5)), Side(watched(nets[1]), contexts.split(5))]
    loss = cached(sides, nll, CPU)
    lengths = [5, 5, 2, 5, 5, 5, 5, 4]
    assert passes == [(False, length) for length in lengths]
    loss.backward()
    assert passes[8:] == [(True, length) for length in lengths]
