"""Multinomial logistic regression with an L2 penalty, solved to convergence.

The mean cross-entropy plus λ/2 · ‖W‖², the bias free of it, on features standardised by the
training examples. Pixels and untrained features are strongly correlated, and plain L-BFGS then
needs hundreds of iterations or stops short. Half the features' covariance plus λ bounds the
Hessian for all classes at once (Böhning 1992), so in the coordinates of its Cholesky factor the
problem is nearly round and some tens of iterations reach the optimum.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.events import Progress, Work

if TYPE_CHECKING:
    from torch import Tensor

_CHUNK = 20  # iterations between two reports, at which the work can be cancelled
_CHUNKS = 25
_GRADIENT = 1e-4
_CHANGE = 1e-10


@dataclass(frozen=True, eq=False)
class Logistic:
    """A classifier of features as they are; the standardisation is part of its weights.

    Attributes:
        weight: (D, C).
        bias: (C,).
        l2: λ.
    """

    weight: "Tensor"
    bias: "Tensor"
    l2: float

    def logits(self, x: NDArray[np.float32]) -> "Tensor":
        """(N, C) for features (N, D)."""
        return tensor(x).to(self.weight.device) @ self.weight + self.bias

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.int64]:
        """(N,) the likeliest class of each row of (N, D)."""
        return np.asarray(self.logits(x).argmax(1).cpu().numpy(), np.int64)


class LogisticProblem:
    """Examples made ready to be fitted with one λ after another.

    Args:
        x: (N, D) float32.
        y: (N,) int64 from 0 to ``classes`` − 1.
        classes: C.
        device: "cpu" or a CUDA device.
    """

    def __init__(
        self, x: NDArray[np.float32], y: NDArray[np.int64], classes: int, device: str = "cpu"
    ) -> None:
        import torch

        data = tensor(x).to(device)
        self._mean = data.mean(0)
        spread = data.std(0, unbiased=False)
        # A feature that is constant but for rounding says nothing; it keeps its scale.
        constant = spread <= 1e-6 * self._mean.abs() + 1e-12
        self._scale = torch.where(constant, torch.ones_like(spread), spread)
        data = (data - self._mean).div_(self._scale)
        self._basis: Tensor | None = None
        if len(x) < x.shape[1]:
            # The optimum lies in the span of the examples, so their own coordinates suffice; they
            # are few, and with few examples single precision would show in the result.
            basis, coordinates = torch.linalg.qr(data.T.double())  # (D, N), (N, N)
            self._basis, data = basis, coordinates.T.contiguous()
        self._data, self._classes = data, classes
        self._labels = tensor(y).to(device)
        self._bound = data.T @ data / (2 * len(data))
        self._start = data.new_zeros(data.shape[1], classes), data.new_zeros(classes)

    def fit(self, l2: float) -> Work[Logistic]:
        """The classifier for one λ > 0; begins where the fit before it ended."""
        import torch
        from torch.nn.functional import cross_entropy

        eye = torch.eye(len(self._bound)).to(self._bound)
        upper = torch.linalg.cholesky(self._bound + l2 * eye).mH.contiguous()
        turned = (upper @ self._start[0]).requires_grad_()
        bias = self._start[1].clone().requires_grad_()

        def weights() -> "Tensor":
            weight: Tensor = torch.linalg.solve_triangular(upper, turned, upper=True)
            return weight

        def loss() -> "Tensor":
            weight = weights()
            penalty = l2 / 2 * weight.square().sum()
            return cross_entropy(self._data @ weight + bias, self._labels) + penalty

        yield from _minimise([turned, bias], loss, f"Fitting λ = {l2:.2g}")
        weight, bias = weights().detach(), bias.detach()
        self._start = weight, bias
        if self._basis is not None:
            weight = self._basis @ weight
        weight = weight.to(self._scale) / self._scale[:, None]
        return Logistic(weight, bias.to(weight) - self._mean @ weight, l2)


def tensor(array: NDArray[Any]) -> "Tensor":
    """The array's own memory as a tensor, or a copy where it is read-only."""
    import torch

    return torch.from_numpy(array if array.flags.writeable else array.copy())


def _minimise(parameters: "list[Tensor]", loss: "Callable[[], Tensor]", stage: str) -> Work[None]:
    """L-BFGS with strong Wolfe conditions (Nocedal & Wright 2006, algorithms 7.5 and 3.5)."""
    import torch

    search = torch.optim.LBFGS(
        parameters,
        max_iter=_CHUNK,
        line_search_fn="strong_wolfe",
        tolerance_grad=_GRADIENT,
        tolerance_change=_CHANGE,
    )

    def closure() -> Any:
        search.zero_grad()
        value = loss()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    before = 0
    for _ in range(_CHUNKS):
        yield Progress(stage, before, None, "iterations")
        search.step(closure)  # type: ignore[no-untyped-call]
        after = int(search.state[parameters[0]]["n_iter"])
        if after - before < _CHUNK:
            return
        before = after
