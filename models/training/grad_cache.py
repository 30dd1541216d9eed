"""Gradient caching: a batch larger than memory, with the loss and gradient of the whole.

Gao et al. 2021 (Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup), §3. A
contrastive loss hangs on all vectors of a batch, so that adding up gradients of small batches is
another loss. But it reaches the weights through the vectors alone. So all are made without a
graph, the loss gives their gradients, and then each chunk is made again, with a graph, and gets
its share of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from torch import Tensor

#: (n, D) of one chunk of a side.
Encode = Callable[[Any], "Tensor"]


@dataclass(frozen=True, eq=False)
class Side:
    """One input of the loss: an encoder, and the chunks that it makes vectors of, in order."""

    encode: Encode
    chunks: Sequence[Any]


def cached(
    sides: Sequence[Side], loss: "Callable[..., Tensor]", device: "torch.device"
) -> "Tensor":
    """The loss of all sides' vectors, (N, D) each, whose ``backward`` fills in the same gradients
    as that of the whole batch at once, with one chunk's activations in memory at a time.

    Random numbers are drawn twice alike, so that both passes have the same dropout masks.

    Args:
        device: whose random numbers the encoders draw from, besides the CPU's.
    """
    import torch

    states: list[list[tuple[Tensor, ...]]] = []
    leaves: list[Tensor] = []
    for side in sides:
        kept, parts = [], []
        for chunk in side.chunks:
            kept.append(_random_state(device))
            with torch.no_grad():
                parts.append(side.encode(chunk))
        states.append(kept)
        leaves.append(torch.cat(parts).detach().requires_grad_())
    value = loss(*leaves)
    gradients = torch.autograd.grad(value, leaves)

    def again(scale: "Tensor") -> None:
        after = _random_state(device)
        for side, kept, gradient in zip(sides, states, gradients, strict=True):
            start = 0
            for chunk, state in zip(side.chunks, kept, strict=True):
                _restore(state, device)
                with torch.enable_grad():
                    vectors = side.encode(chunk)
                share = gradient[start : start + len(vectors)]
                torch.autograd.backward(vectors, scale * share)
                start += len(vectors)
        _restore(after, device)

    result = value.detach().requires_grad_()
    result.register_hook(again)  # type: ignore[no-untyped-call]
    return result


def _random_state(device: "torch.device") -> "tuple[Tensor, ...]":
    import torch

    own = (torch.cuda.get_rng_state(device),) if device.type == "cuda" else ()
    return (torch.get_rng_state(), *own)


def _restore(state: "tuple[Tensor, ...]", device: "torch.device") -> None:
    import torch

    torch.set_rng_state(state[0])
    if len(state) > 1:
        torch.cuda.set_rng_state(state[1], device)
