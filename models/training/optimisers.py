"""Optimisers whose whole state is named tensors, so that a run can be put down and taken up.

Matrices and kernels are decayed (and adapted by LARS); biases and the scales and shifts of norms,
which have one dimension, are not (Chen et al. 2020, appendix B.1; Devlin et al. 2019, §A.2).
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol

from models.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor, nn

Kind = Literal["lars", "adamw", "sgd"]
Parameters = Iterable[tuple[str, "nn.Parameter"]]

_TRUST = 0.001


class Optimiser(Protocol):
    """What the loop needs of an optimiser; gradients are in the parameters."""

    def step(self, rate: float) -> None:
        """One update of all parameters that have a gradient, at learning rate ``rate``."""
        ...

    def state(self) -> "dict[str, Tensor]":
        """What the next update depends on besides parameters and gradients, by name."""
        ...

    def restore(self, state: "Mapping[str, Tensor]") -> None:
        """Takes over what ``state`` returned."""
        ...


def optimiser(kind: Kind, parameters: Parameters, *, momentum: float, decay: float) -> Optimiser:
    """One of LARS, AdamW (which has its own momenta .9 and .999) and SGD with momentum.

    Raises:
        InputError: ``kind`` is none of them.
    """
    if kind == "lars":
        return Lars(parameters, momentum=momentum, decay=decay)
    if kind not in ("adamw", "sgd"):
        raise InputError(f"{kind} is no optimiser; there are lars, adamw and sgd.")
    return _Stock(kind, parameters, momentum, decay)


class Lars:
    """LARS (You et al. 2017, algorithm 1) as google-research/simclr has it.

    The momentum holds steps, not gradients: v ← m·v + rate·trust·(g + decay·w), w ← w − v, with
    trust = .001 · ‖w‖ / ‖g + decay·w‖, or 1 where either norm is 0.
    """

    def __init__(self, parameters: Parameters, *, momentum: float, decay: float) -> None:
        import torch

        self.momentum, self.decay = momentum, decay
        self._parameters = _trained(parameters)
        self._velocity = {name: torch.zeros_like(p) for name, p in self._parameters.items()}

    def step(self, rate: float) -> None:
        """One update; see the class."""
        import torch

        with torch.no_grad():
            for name, weight in self._parameters.items():
                if weight.grad is None:
                    continue
                gradient = weight.grad
                velocity = self._velocity[name].mul_(self.momentum)
                if weight.ndim > 1:
                    gradient = gradient.add(weight, alpha=self.decay)
                    norms = weight.norm(), gradient.norm()
                    trust = torch.where(norms[0] * norms[1] > 0, _TRUST * norms[0] / norms[1], 1.0)
                    gradient = gradient * trust
                weight.sub_(velocity.add_(gradient, alpha=rate))

    def state(self) -> "dict[str, Tensor]":
        """The velocities."""
        return {f"{name}.velocity": v for name, v in self._velocity.items()}

    def restore(self, state: "Mapping[str, Tensor]") -> None:
        """Takes over velocities."""
        for name, velocity in self._velocity.items():
            velocity.copy_(state[f"{name}.velocity"])


class _Stock:
    """One of torch's own optimisers."""

    def __init__(self, kind: Kind, parameters: Parameters, momentum: float, decay: float) -> None:
        import torch

        self._parameters = _trained(parameters)
        values = self._parameters.values()
        groups: list[dict[str, Any]] = [
            {"params": [p for p in values if p.ndim > 1], "weight_decay": decay},
            {"params": [p for p in values if p.ndim <= 1], "weight_decay": 0.0},
        ]
        # On a CPU one kernel for all is two to four times as quick; elsewhere torch knows best.
        fused = True if all(p.device.type == "cpu" for p in values) else None
        self._inner: torch.optim.Optimizer = (
            torch.optim.AdamW(groups, fused=fused)
            if kind == "adamw"
            else torch.optim.SGD(groups, momentum=momentum, fused=fused)
        )

    def step(self, rate: float) -> None:
        """One update."""
        for group in self._inner.param_groups:
            group["lr"] = rate
        self._inner.step()

    def state(self) -> "dict[str, Tensor]":
        """Moments, and AdamW's count of steps."""
        return {
            f"{name}.{slot}": value
            for name, parameter in self._parameters.items()
            for slot, value in self._inner.state[parameter].items()
            if value is not None
        }

    def restore(self, state: "Mapping[str, Tensor]") -> None:
        """Takes over moments, in each parameter's own memory format."""
        import torch

        for name, value in state.items():
            owner, _, slot = name.rpartition(".")
            parameter = self._parameters[owner]
            # AdamW's count of steps is a scalar that stays on the CPU.
            held = torch.empty_like(parameter) if value.ndim else torch.empty_like(value)
            self._inner.state[parameter][slot] = held.detach().copy_(value)


def _trained(parameters: Parameters) -> "dict[str, nn.Parameter]":
    return {name: p for name, p in parameters if p.requires_grad}
