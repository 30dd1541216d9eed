"""Many logistic regressions on the same features at once: as many as folds times penalties.

Each minimises the mean cross-entropy of its own examples plus λ/2 · ‖W‖², the bias free of it, on
the features as they are. One by one, each step of each would read all features from memory for a
single product; together they share one matrix product, many times faster on a processor.

A bound on the Hessian (Böhning 1992), diagonal in the axes of the features' spread, takes the place
of their own Hessians, so a step needs no factorisation; Nesterov's momentum, begun anew where it
leads uphill (O'Donoghue & Candès 2015), makes up for the bound's distance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.events import Progress, Work

_STEPS = 2000
#: The share of a mean cross-entropy of about 1 that one more step would still win; far below
#: what moves a prediction.
_ENOUGH = 1e-9


@dataclass(frozen=True, eq=False)
class Classifiers:
    """P fitted classifiers.

    Attributes:
        weight: (D + 1, P, c) float32, the bias last; c is the number of classes, or 1 where there
            are two: the score of the second over the first.
        converged: whether all reached their optimum.
    """

    weight: NDArray[np.float32]
    converged: bool

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.int64]:
        """(N, P) the likeliest class of each row of (N, D)."""
        scores = np.tensordot(x, self.weight[:-1], 1) + self.weight[-1]  # (N, P, c)
        if scores.shape[2] == 1:
            return np.asarray(scores[:, :, 0] > 0, np.int64)
        return np.asarray(scores.argmax(2), np.int64)


class Folds:
    """Examples made ready to be learned from in parts, a penalty a part.

    Their features are turned into the R axes of their own spread, about their mean. There the
    bound is diagonal, whatever the penalty, and rounding in wide directions does not drown narrow
    ones; where there is no spread at all, the weight is 0.

    Args:
        x: (N, D).
        y: (N,) from 0 to ``classes`` − 1.
        classes: 2 or more.
    """

    def __init__(self, x: NDArray[np.float32], y: NDArray[np.int64], classes: int) -> None:
        self._mean = x.mean(0, dtype=np.float64)
        centred = x - self._mean
        if len(x) < x.shape[1]:
            _, spread, axes = np.linalg.svd(centred, full_matrices=False)
            squares, axes = spread**2, axes.T
        else:
            squares, axes = np.linalg.eigh(centred.T @ centred)
        wide = squares > 1e-12 * squares.max()
        self._axes = axes[:, wide]  # (D, R)
        bias = np.ones((len(x), 1))
        self._data = np.concatenate([centred @ self._axes, bias], 1).astype(np.float32)
        # A quarter bounds the curvature of two classes, a half that of more; and the sum over all
        # examples bounds that over any of them.
        squares = np.append(squares[wide], len(x))  # (R + 1,)
        self._curve = (0.25 if classes == 2 else 0.5) * squares[:, None]
        self._columns = 1 if classes == 2 else classes
        names = np.arange(classes - self._columns, classes)
        self._target = y[:, None, None] == names  # (N, 1, c)

    def fit(
        self, members: NDArray[np.bool_], l2: Sequence[float], stage: str = "Fitting"
    ) -> Work[Classifiers]:
        """One classifier for each row of ``members``.

        Args:
            members: (P, N) the examples that each learns from, one at least.
            l2: P penalties λ > 0.
            stage: what progress is called.
        """
        data, columns = self._data, self._columns
        # Of two classes the weights are opposite, so λ/2 of both is λ/4 of their difference.
        share = np.tile(np.asarray(l2) * (0.5 if columns == 1 else 1.0), (data.shape[1], 1))
        share[-1] = 0.0  # the bias is free; (R + 1, P)
        counts = members.sum(1)
        weigh = (members / counts[:, None]).T.astype(np.float32)[:, :, None]  # (N, P, 1)
        pace = (1 / (self._curve / counts + share)).astype(np.float32)[:, :, None]
        decay = share.astype(np.float32)[:, :, None]  # (R + 1, P, 1), as pace

        weight = np.zeros((data.shape[1], len(members), columns), np.float32)
        ahead, momentum = weight.copy(), np.ones(len(members))
        for step in range(_STEPS):
            if step % 10 == 0:
                yield Progress(stage, step, None, "steps")
            scores = np.tensordot(data, ahead, 1)  # (N, P, c)
            apart = (_probability(scores) - self._target) * weigh
            slope = np.tensordot(data.T, apart, 1) + decay * ahead
            after = ahead - pace * slope
            left = np.einsum("dpc,dpc->p", slope, ahead - after)
            if left.max() < _ENOUGH:
                return self._plain(after, True)
            momentum[np.einsum("dpc,dpc->p", slope, after - weight) > 0] = 1.0
            following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
            beyond = ((momentum - 1) / following).astype(np.float32)[None, :, None]
            ahead, weight, momentum = after + beyond * (after - weight), after, following
        return self._plain(weight, False)

    def _plain(self, weight: NDArray[np.float32], converged: bool) -> Classifiers:
        """Weights (R + 1, P, c) as (D + 1, P, c) for features as they are."""
        plain = np.tensordot(self._axes, weight[:-1], 1)
        bias = weight[-1:] - np.tensordot(self._mean[None], plain, 1)
        return Classifiers(np.concatenate([plain, bias]).astype(np.float32), converged)


def _probability(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Softmax over (N, P, c), or the logistic function where c is 1."""
    if scores.shape[2] == 1:
        likely: NDArray[np.float32] = 0.5 + 0.5 * np.tanh(0.5 * scores)
        return likely
    powers = np.exp(scores - scores.max(2, keepdims=True))
    shares: NDArray[np.float32] = powers / powers.sum(2, keepdims=True)
    return shares
