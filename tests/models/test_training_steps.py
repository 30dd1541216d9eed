"""Schedules and optimisers against steps computed by hand."""

import math

import pytest
import torch
from torch import nn

from models.training.optimisers import optimiser
from models.training.schedules import scaled_rate, warmup_cosine, warmup_linear


def test_simclr_scales_the_rate_with_the_batch():
    assert scaled_rate(0.3, 4096, "linear") == pytest.approx(4.8)  # the paper's largest batch
    assert scaled_rate(0.075, 4096, "sqrt") == pytest.approx(4.8)  # where both rules agree
    assert scaled_rate(1.0, 512, "none") == 1.0


def test_warm_up_is_linear_from_zero():
    assert [warmup_cosine(step, 100, 4) for step in range(5)] == [0, 0.25, 0.5, 0.75, 1]


def test_cosine_falls_from_one_to_almost_zero():
    assert warmup_cosine(0, 8, 0) == 1
    assert warmup_cosine(4, 8, 0) == pytest.approx(0.5)
    assert warmup_cosine(2, 8, 0) == pytest.approx(0.5 * (1 + math.sqrt(0.5)))
    assert warmup_cosine(52, 100, 4) == pytest.approx(0.5)
    assert 0 < warmup_cosine(99, 100, 4) < 0.001


def test_a_line_falls_from_one_to_a_step_s_worth():
    rates = [warmup_linear(step, 5, 0) for step in range(5)]
    assert rates == pytest.approx([1, 0.8, 0.6, 0.4, 0.2])
    rates = [warmup_linear(step, 12, 4) for step in range(13)]
    assert rates[:5] == [0, 0.25, 0.5, 0.75, 1]
    assert rates[8] == pytest.approx(0.5) and rates[12] == 0


def parameters(seed=0):
    generator = torch.Generator().manual_seed(seed)
    return {
        "layer.weight": nn.Parameter(torch.randn(3, 2, generator=generator)),
        "layer.bias": nn.Parameter(torch.randn(3, generator=generator)),
    }


def give_gradients(values, step):
    generator = torch.Generator().manual_seed(100 + step)
    for value in values.values():
        value.grad = torch.randn(value.shape, generator=generator)


def test_lars_makes_the_step_of_the_paper():
    values = {"w": nn.Parameter(torch.tensor([[3.0, 4.0]])), "b": nn.Parameter(torch.tensor([2.0]))}
    lars = optimiser("lars", values.items(), momentum=0.9, decay=0.5)
    values["w"].grad, values["b"].grad = torch.tensor([[-1.5, 1.0]]), torch.tensor([4.0])
    lars.step(10.0)
    # g + .5 w = (0, 3); trust = .001 · 5 / 3; the bias is neither decayed nor adapted.
    trust = 0.001 * 5 / 3
    assert values["w"].tolist()[0] == pytest.approx([3, 4 - 10 * trust * 3])
    assert values["b"].tolist() == pytest.approx([2 - 40])
    w = torch.tensor([3, 4 - 10 * trust * 3])
    values["w"].grad, values["b"].grad = torch.tensor([[1.0, 0.0]]), torch.tensor([0.0])
    lars.step(1.0)
    g = torch.tensor([1.0, 0.0]) + 0.5 * w
    velocity = 0.9 * torch.tensor([0, 10 * trust * 3]) + 0.001 * w.norm() / g.norm() * g
    assert values["w"][0].tolist() == pytest.approx((w - velocity).tolist())
    assert values["b"].tolist() == pytest.approx([2 - 40 - 0.9 * 40])


def test_lars_trusts_a_weight_or_gradient_of_zero_fully():
    values = {"w": nn.Parameter(torch.zeros(1, 2)), "v": nn.Parameter(torch.ones(1, 2))}
    lars = optimiser("lars", values.items(), momentum=0.9, decay=0.0)
    values["w"].grad, values["v"].grad = torch.tensor([[1.0, 2.0]]), torch.zeros(1, 2)
    lars.step(0.1)
    assert values["w"].tolist()[0] == pytest.approx([-0.1, -0.2])
    assert values["v"].tolist() == [[1, 1]]


@pytest.mark.parametrize(
    ("kind", "reference"),
    [
        ("sgd", lambda groups: torch.optim.SGD(groups, lr=0.1, momentum=0.8)),
        ("adamw", lambda groups: torch.optim.AdamW(groups, lr=0.1)),
    ],
)
def test_the_others_are_torchs_and_leave_biases_undecayed(kind, reference):
    ours, theirs = parameters(), parameters()
    optimise = optimiser(kind, ours.items(), momentum=0.8, decay=0.3)
    other = reference(
        [
            {"params": [theirs["layer.weight"]], "weight_decay": 0.3},
            {"params": [theirs["layer.bias"]], "weight_decay": 0.0},
        ]
    )
    for step in range(3):
        give_gradients(ours, step)
        give_gradients(theirs, step)
        optimise.step(0.1)
        other.step()
    for name in ours:
        torch.testing.assert_close(ours[name], theirs[name])


@pytest.mark.parametrize("kind", ["lars", "sgd", "adamw"])
def test_state_taken_over_goes_on_as_before(kind):
    ours = parameters()
    first = optimiser(kind, ours.items(), momentum=0.9, decay=0.1)
    give_gradients(ours, 0)
    first.step(0.1)
    copies = {name: nn.Parameter(value.detach().clone()) for name, value in ours.items()}
    state = {name: tensor.clone() for name, tensor in first.state().items()}
    assert {name.rpartition(".")[0] for name in state} == set(ours)
    second = optimiser(kind, copies.items(), momentum=0.9, decay=0.1)
    second.restore(state)
    for step in (1, 2):
        for values, optimise in ((ours, first), (copies, second)):
            give_gradients(values, step)
            optimise.step(0.05)
    for name in ours:
        assert torch.equal(ours[name], copies[name])
