"""Weighted nearest neighbours on frozen features, the measure that needs no fitting."""

import numpy as np
from numpy.typing import NDArray

from models.evaluation.linear import Probe, check, probe
from models.evaluation.logistic import tensor
from models.events import Progress, Work, finish

K = 200
TEMPERATURE = 0.1
_FULL = 50_000  # examples at which k is K
_SIMILARITIES = 1 << 24  # at once: 64 MiB


def knn_probe(
    train_x: NDArray[np.float32],
    train_y: NDArray[np.int64],
    test_x: NDArray[np.float32],
    test_y: NDArray[np.int64],
    k: int | None = None,
    temperature: float = TEMPERATURE,
    *,
    device: str = "cpu",
) -> Work[Probe]:
    """The k most similar training examples vote with weight exp(cosine / τ).

    Wu et al. 2018, §3.4, who have k = 200 and τ = .07; τ = .1 is what later work reports with.

    Args:
        train_x: (N, D), of any length.
        train_y: (N,) from 0.
        test_x: (M, D).
        test_y: (M,).
        k: neighbours that vote, of N at most; None means ``default_k``.
        temperature: τ.
        device: any of torch's.

    Raises:
        InputError: see ``models.evaluation.linear.check``.
    """
    from torch.nn.functional import normalize

    check(train_x, train_y, test_x, test_y)
    k = min(k or default_k(len(train_y)), len(train_y))
    bank = normalize(tensor(train_x).to(device), dim=1)
    labels = tensor(train_y).to(device)
    votes_for = int(train_y.max()) + 1
    size = max(1, _SIMILARITIES // len(bank))
    predicted = np.empty(len(test_x), np.int64)
    for start in range(0, len(test_x), size):
        yield Progress("Nearest neighbours", start, len(test_x), "images")
        part = normalize(tensor(test_x[start : start + size]).to(device), dim=1)
        near, rows = (part @ bank.T).topk(k)  # (B, k)
        votes = near.new_zeros(len(part), votes_for)
        # Cosine − 1 in place of the cosine, so that a small τ does not overflow.
        votes.scatter_add_(1, labels[rows], ((near - 1) / temperature).exp())
        predicted[start : start + size] = votes.argmax(1).cpu().numpy()
    yield Progress("Nearest neighbours", len(test_x), len(test_x), "images")
    return probe(predicted, test_y)


def knn_accuracy(
    train_x: NDArray[np.float32],
    train_y: NDArray[np.int64],
    test_x: NDArray[np.float32],
    test_y: NDArray[np.int64],
    k: int | None = None,
    temperature: float = TEMPERATURE,
    *,
    device: str = "cpu",
) -> float:
    """The accuracy of ``knn_probe``, in percent."""
    work = knn_probe(train_x, train_y, test_x, test_y, k, temperature, device=device)
    return finish(work).accuracy


def default_k(examples: int) -> int:
    """200 from 50,000 examples on, as is usual on CIFAR-10 and ImageNet, and in proportion below.

    All 200 among a few thousand would reach far beyond an example's own class.
    """
    return min(K, max(1, examples * K // _FULL))
