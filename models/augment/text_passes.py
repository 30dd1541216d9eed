"""Views of a sentence that are made inside the network: cutoff, dropout, and the same mask twice.

Cutoff erases a part of the embedding layer's output, with dropout off (Shen et al. 2020, §3).
Dropout is SimCSE's augmentation: the same sentence goes through twice, each time with a mask of
its own (Gao et al. 2021, §3); with the same mask both passes are one.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.augment.cutoff import CUTOFF_KINDS, Cutoff, CutoffKind, cutoff
from models.augment.text_studio import Cosines, StudioRequest
from models.augment.words import Span
from models.encoders.base import Encoder
from models.encoders.pooling import Step
from models.encoders.text_encoder import TextEncoder
from models.encoders.tokens import Tokens
from models.encoders.trainable import TextNet, TextNetSpec, build_text, read_base
from models.errors import InputError
from models.events import Progress, Work
from models.text_encoders import encoder_folder

if TYPE_CHECKING:
    from torch import Tensor

PASSES = (*(f"cutoff-{kind}" for kind in CUTOFF_KINDS), "dropout", "same-mask")

Bits = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class Passes:
    """What the network made of a sentence.

    Attributes:
        request: that was answered.
        tokens: T, read of the sentence, special ones included.
        cosines: (V,) by name in ``PASSES``: of an erased view to the sentence, of two passes to
            each other.
        spans: for token and span cutoff, where in the sentence each view's erased tokens stand.
        masks: (V, M, H), true at the dimensions of the embedding layer's output that are left
            out: of the one view of feature cutoff, and of the two passes of dropout, there at the
            first token. H is 0 where dropout does not end that layer.
    """

    request: StudioRequest
    tokens: int
    cosines: Mapping[str, Cosines]
    spans: Mapping[str, tuple[tuple[Span, ...], ...]]
    masks: Mapping[str, Bits]


class PassNet:
    """An encoder as a network whose dropout can be switched on; for one thread at a time.

    Args:
        name: as ``models.text_encoders.load_text`` takes it.
        encoder: as it was loaded by that name: its pooling, length, prompt and last layers count.

    Raises:
        InputError: it cannot be taken apart: a pair, or one that pools otherwise than by [CLS] or
            mean.
    """

    def __init__(self, name: str, encoder: Encoder) -> None:
        pooling = encoder.card.conventions.pooling
        if pooling != "cls" and pooling != "mean":
            raise InputError(
                "Cutoff and dropout are shown for mean pooling and [CLS]; choose one of them."
            )
        if isinstance(encoder, TextEncoder):
            both = [encoder.side(role).backbone for role in ("question", "passage")]
            if both[0] is not both[1]:
                raise InputError("Cutoff and dropout take one network; this encoder is a pair.")
        length = encoder.card.conventions.max_length
        with encoder_folder(name) as folder:
            spec = TextNetSpec(str(folder), pooling, "none", max_length=length)
            self.net: TextNet = build_text(spec, read_base(spec.base), 0)
        self.tail: tuple[Step, ...] = ()
        if isinstance(encoder, TextEncoder):
            side = encoder.side("passage")
            self.tail = side.tail
            self.net.tokens = replace(self.net.tokens, prompt=side.tokens.prompt)

    def cosines(self, first: "Tensor", second: "Tensor") -> Cosines:
        """(V,) of rows (V, H) of pooled states, behind whatever follows the pooling."""
        import torch

        for step in self.tail:
            first, second = step(first), step(second)
        found: Cosines = torch.nn.functional.cosine_similarity(first, second).clamp(-1, 1).numpy()
        found.setflags(write=False)
        return found


def passes(request: StudioRequest, net: PassNet) -> Work[Passes]:
    """Sends a sentence through the network, erased or with dropout.

    Raises:
        InputError: the network has no embedding layer.
    """
    import torch

    count, places = _tokens(net.net.tokens, request.text)
    cosines: dict[str, Cosines] = {}
    spans: dict[str, tuple[tuple[Span, ...], ...]] = {}
    masks: dict[str, Bits] = {}
    texts = [request.text] * request.count
    with torch.no_grad():
        clean = net.net.project(texts[:1])
    for number, kind in enumerate(CUTOFF_KINDS):
        yield Progress("Erasing")
        name = f"cutoff-{kind}"
        cosines[name], cut = _erased(request, net, kind, number, clean)
        if kind == "feature":
            masks[name] = cut[:, None]
        else:
            spans[name] = tuple(
                tuple(place for place, gone in zip(places, row, strict=True) if gone) for row in cut
            )
    yield Progress("Sending twice")
    # Each row of a batch draws a mask of its own.
    both, left = _dropped(net, texts + texts, request.dropout, request.seed)
    first, second = both.chunk(2)
    cosines["dropout"], masks["dropout"] = net.cosines(first, second), _pairs(*left.chunk(2))
    yield Progress("Sending twice")
    again, left_again = _dropped(net, texts + texts, request.dropout, request.seed)
    cosines["same-mask"] = net.cosines(first, again.chunk(2)[0])
    masks["same-mask"] = _pairs(left.chunk(2)[0], left_again.chunk(2)[0])
    return Passes(
        request,
        count,
        MappingProxyType(cosines),
        MappingProxyType(spans),
        MappingProxyType(masks),
    )


def _tokens(tokens: Tokens, text: str) -> tuple[int, list[Span]]:
    """How many tokens are read, and where each stands in ``text``; special ones nowhere."""
    whole = f"{tokens.prompt}{text}".encode("utf-8", "replace").decode("utf-8")
    encoding = tokens.tokenizer.encode(whole)
    before = len(tokens.prompt)
    places = [(max(0, a - before), max(0, b - before)) for a, b in encoding.offsets]
    return len(encoding.ids), places


def _erased(
    request: StudioRequest, net: PassNet, kind: CutoffKind, number: int, clean: "Tensor"
) -> tuple[Cosines, Bits]:
    """Cosines (V,) of erased views; what is erased, (V, T) tokens or (V, H) dimensions."""
    import torch

    generator = torch.Generator().manual_seed(3 * request.seed + number)
    spec, cut = Cutoff(kind, request.cutoff), []

    def erase(share: "Tensor", mask: "Tensor") -> "tuple[Tensor, Tensor]":
        left, seen = cutoff(share, mask, spec, generator)
        cut.append(left[:, 0] == 0 if kind == "feature" else (mask == 1) & (seen == 0))
        return left, seen

    with torch.no_grad():
        views = net.net.project([request.text] * request.count, erase)
    cosines = net.cosines(clean.expand(request.count, -1), views)
    return cosines, _frozen(cut[0])


def _dropped(
    net: PassNet, texts: Sequence[str], probability: float, seed: int
) -> "tuple[Tensor, Tensor]":
    """Pooled states (B, H) with dropout, and (B, H) what it left out of the first embedding."""
    import torch

    module: Any = net.net
    seen: list[Tensor] = []
    layer = getattr(module.transformer, "embeddings", None)
    hook = layer and layer.register_forward_hook(lambda _, given, output: seen.append(output[:, 0]))
    # Drawn from torch's own source of random numbers, which is put back after.
    with torch.no_grad(), torch.random.fork_rng(devices=[]), _dropout(module, probability):
        torch.manual_seed(seed)
        try:
            states: Tensor = module.project(texts)
        finally:
            if hook is not None:
                hook.remove()
    left = seen[0] == 0 if seen else torch.zeros(len(texts), 0, dtype=torch.bool)
    # Hardly a number is 0 by itself: without any at all, dropout is not the layer's last step.
    return states, left if left.any() or not probability else left[:, :0]


@contextmanager
def _dropout(module: Any, probability: float) -> Iterator[None]:
    """Dropout everywhere with ``probability`` while it lasts, and none afterwards."""
    for part in module.modules():
        # Attention may keep its probability as a number instead of a layer.
        for name, value in vars(part).items():
            if isinstance(value, float) and (name == "p" or "dropout" in name):
                setattr(part, name, probability)
    module.train()
    try:
        yield
    finally:
        module.eval()


def _pairs(first: "Tensor", second: "Tensor") -> Bits:
    """(V, 2, H) of two times (V, H)."""
    import torch

    return _frozen(torch.stack([first, second], 1))


def _frozen(bits: "Tensor") -> Bits:
    found: Bits = bits.numpy()
    found.setflags(write=False)
    return found
