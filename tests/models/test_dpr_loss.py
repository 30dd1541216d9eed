"""DPR's loss against the official value, a plain double loop, and what hides in a batch."""

import math

import pytest
import torch

from models.losses import dpr_nll

_GRID = torch.arange(24, dtype=torch.float64).reshape(6, 4)
A, B, C = torch.sin(_GRID + 1), torch.sin(1.1 * _GRID + 1.2), torch.cos(0.7 * _GRID)
CONTEXTS = torch.stack([B, C], 1).reshape(12, 4)
POSITIVES = [0, 2, 4, 6, 8, 10]


def by_loops(questions, contexts, positives, seen=None):
    total, correct = 0.0, 0
    for q, own in enumerate(positives):
        scores = [float(questions[q] @ context) for context in contexts]
        kept = [c for c in range(len(contexts)) if seen is None or seen[q][c] or c == own]
        total -= math.log(math.exp(scores[own]) / sum(math.exp(scores[c]) for c in kept))
        correct += max(kept, key=lambda c: scores[c]) == own
    return total / len(positives), correct


def test_the_official_value():
    loss, correct = dpr_nll(A, CONTEXTS, POSITIVES)
    assert loss.dtype == torch.float64
    assert loss.item() == pytest.approx(2.9879827, abs=1e-7) and int(correct) == 1


@pytest.mark.parametrize("positives", [POSITIVES, [11, 3, 0, 0, 7, 5]])
def test_it_is_what_loops_give_with_any_places_of_the_positives(positives):
    loss, correct = dpr_nll(A, CONTEXTS, torch.tensor(positives))
    expected, right = by_loops(A, CONTEXTS, positives)
    assert loss.item() == pytest.approx(expected, abs=1e-12) and correct == right


def test_every_context_serves_every_question():
    whole, _ = dpr_nll(A, CONTEXTS, POSITIVES)
    own = torch.zeros(6, 12, dtype=torch.bool)
    for row, place in enumerate(POSITIVES):
        own[row, place : place + 2] = True
    alone, _ = dpr_nll(A, CONTEXTS, POSITIVES, own)
    assert alone.item() == pytest.approx(by_loops(A, CONTEXTS, POSITIVES, own)[0], abs=1e-12)
    assert alone < whole - 1


def test_what_is_not_seen_has_no_gradient_and_the_positive_is_always_seen():
    contexts = CONTEXTS.clone().requires_grad_()
    seen = torch.ones(6, 12, dtype=torch.bool)
    seen[:, 1] = False
    loss, _ = dpr_nll(A, contexts, POSITIVES, seen)
    loss.backward()
    assert contexts.grad[1].abs().max() == 0 < contexts.grad[0].abs().max()
    seen[0, 0] = False
    assert dpr_nll(A, contexts, POSITIVES, seen)[0] == loss


def test_it_is_not_normalised_and_half_precision_is_widened():
    assert dpr_nll(2 * A, CONTEXTS, POSITIVES)[0] != dpr_nll(A, CONTEXTS, POSITIVES)[0]
    loss, _ = dpr_nll(A.bfloat16(), CONTEXTS.bfloat16(), POSITIVES)
    assert loss.dtype == torch.float32


@pytest.mark.parametrize(
    ("questions", "contexts", "positives"),
    [
        (A, CONTEXTS, [0, 1]),
        (A, CONTEXTS, [0, 2, 4, 6, 8, 12]),
        (A, CONTEXTS, [0, 2, 4, 6, 8, -1]),
        (A, CONTEXTS[:, :3], POSITIVES),
        (A[:0], CONTEXTS, []),
    ],
)
def test_what_does_not_fit_is_refused(questions, contexts, positives):
    with pytest.raises(ValueError):
        dpr_nll(questions, contexts, positives)
