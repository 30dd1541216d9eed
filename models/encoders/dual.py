"""A dual encoder that can be trained: one network for questions and one for passages, or one
for both (Karpukhin et al. 2020, §3.1)."""

from dataclasses import replace
from typing import Any, Protocol

from models.encoders.base import Role
from models.encoders.trainable import Base, TextNet, TextNetSpec, build_text


class DualNet(Protocol):
    """What ``build_dual`` returns, an ``nn.Module``, as its users see it."""

    def side(self, role: Role) -> TextNet:
        """The network for texts of this role; one and the same for both where it is shared.

        Passages are pairs of title and text, ``[CLS] title [SEP] text [SEP]``, and all segment
        ids are 0.
        """
        ...


def build_dual(spec: TextNetSpec, base: Base, shared: bool, seed: int) -> Any:
    """A ``DualNet`` whose halves both begin as ``base``, on the CPU.

    Raises:
        InputError: as ``build_text``.
    """
    from torch import nn

    def half() -> Any:
        net = build_text(spec, base, seed)
        net.tokens = replace(net.tokens, paired=True)
        return net

    class Dual(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.question = half()
            self.context = None if shared else half()

        def side(self, role: Role) -> Any:
            own = self.context if role == "passage" else None
            return self.question if own is None else own

    return Dual().eval()
