"""From token states to one vector a text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.encoders.card import Pooling
from models.encoders.folder import read_object, weight_files, whole_number
from models.encoders.weights import Weights
from models.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor

#: (B, I) → (B, O)
Step = Callable[["Tensor"], "Tensor"]

#: Activations of sentence-transformers' Dense module that are known here, by class name.
_ACTIVATIONS = {
    "Identity": "identity",
    "Tanh": "tanh",
    "ReLU": "relu",
    "GELU": "gelu",
    "SiLU": "silu",
    "Sigmoid": "sigmoid",
}


def pool(states: "Tensor", lengths: Sequence[int], pooling: Pooling) -> "Tensor":
    """(B, H) from the states (T, H) of B texts that lie one after another."""
    import torch

    parts = torch.split(states, list(lengths))
    if pooling == "cls":
        return torch.stack([part[0] for part in parts])
    if pooling == "lasttoken":
        return torch.stack([part[-1] for part in parts])
    if pooling == "max":
        return torch.stack([part.amax(0) for part in parts])
    return torch.stack([part.mean(0) for part in parts])


def normalized(vectors: "Tensor") -> "Tensor":
    """Rows (B, D) at length 1; a zero row stays zero."""
    import torch

    F = torch.nn.functional
    return F.normalize(vectors)


@dataclass(frozen=True)
class Dense:
    """A linear layer over pooled vectors, with its activation."""

    weight: "Tensor"
    bias: "Tensor | None"
    activation: str = "identity"

    def __call__(self, vectors: "Tensor") -> "Tensor":
        """(B, I) → (B, O)."""
        import torch

        F = torch.nn.functional
        y = F.linear(vectors, self.weight, self.bias)
        if self.activation == "identity":
            return y
        act: Step = getattr(F if self.activation in ("gelu", "silu") else torch, self.activation)
        return act(y)


def read_dense(folder: Path) -> Dense:
    """A Dense module of sentence-transformers.

    Raises:
        InputError: files are missing or damaged, or the module does something else as well.
    """
    config = read_object(folder / "config.json")
    inputs = config.get("module_input_name") or "sentence_embedding"
    outputs = config.get("module_output_name") or inputs
    if config.get("use_residual") or not (inputs == outputs == "sentence_embedding"):
        raise InputError(f"{folder} is a kind of Dense module that is not supported.")
    named = str(config.get("activation_function", "torch.nn.modules.activation.Tanh"))
    activation = _ACTIVATIONS.get(named.rpartition(".")[2])
    if activation is None or not named.startswith("torch.nn."):
        raise InputError(f"{folder} has the activation {named}, which is not supported.")
    into, out = (whole_number(config, name, folder) for name in ("in_features", "out_features"))
    weights = Weights(weight_files(folder))
    bias = weights.read("linear.bias", out) if config.get("bias", True) else None
    return Dense(weights.read("linear.weight", out, into), bias, activation)
