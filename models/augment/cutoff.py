"""Cutoff: a view of a text with a part of its embedding output erased, and the term that ties both.

Shen et al. 2020, "A Simple but Tough-to-Beat Data Augmentation Approach for Natural Language
Understanding and Generation", §3. What is erased is the output of the embedding layer, before the
first layer of attention, so a view costs no tokenising and needs no words.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from models.errors import InputError
from models.losses import wide

if TYPE_CHECKING:
    from torch import Generator, Tensor

CutoffKind = Literal["token", "span", "feature"]
CUTOFF_KINDS: tuple[CutoffKind, ...] = ("token", "span", "feature")


@dataclass(frozen=True)
class Cutoff:
    """What is erased of each text.

    Attributes:
        kind: ``token``, single positions anywhere; ``span``, positions in a row; ``feature``,
            dimensions of the embedding, the same at every position of a text.
        ratio: share of the positions, or of the dimensions, rounded down; a text that is too
            short for one is left whole.

    Raises:
        InputError: an unknown kind, or a ratio that is not from 0 to 1.
    """

    kind: CutoffKind
    ratio: float = 0.1

    def __post_init__(self) -> None:
        if self.kind not in CUTOFF_KINDS:
            raise InputError(f"Cutoff erases {', '.join(CUTOFF_KINDS)}, not {self.kind}.")
        if not 0 <= self.ratio <= 1:
            raise InputError("Cutoff's ratio must lie between 0 and 1.")


def cutoff(
    embeddings: "Tensor",
    mask: "Tensor",
    spec: Cutoff,
    generator: "Generator",
    special: "Tensor | None" = None,
) -> tuple["Tensor", "Tensor"]:
    """One view of each text.

    Token and span cutoff set the embedding and the attention mask to zero at the positions drawn.
    Feature cutoff sets whole dimensions to zero and leaves the mask as it is. [CLS], [SEP] and
    padding are never drawn as positions, nor counted: the vector of a sentence is read at [CLS].
    (The authors' code counts and draws from all positions that are not padding, these two among
    them, and draws tokens and dimensions with replacement, so it often erases fewer than said.)

    Args:
        embeddings: (B, T, H), the output of the embedding layer.
        mask: (B, T), 1 at tokens and 0 at padding.
        spec: what is erased.
        generator: where every random number comes from; one on the CPU serves any device.
        special: (B, T), true at [CLS] and [SEP]; None takes the first and the last token.

    Returns:
        Embeddings (B, T, H) and mask (B, T) of the views, of the dtypes given.

    Raises:
        ValueError: the shapes do not fit together.
    """
    fits = embeddings.ndim == 3 and mask.shape == embeddings.shape[:2]
    if not fits or (special is not None and special.shape != mask.shape):
        shapes = ", ".join(
            str(tuple(x.shape)) for x in (embeddings, mask, special) if x is not None
        )
        raise ValueError(f"These shapes do not fit together: {shapes}.")
    if spec.kind == "feature":
        return embeddings.masked_fill(_features(embeddings, spec, generator), 0), mask
    own = mask.bool() & ~(_ends(mask.bool()) if special is None else special.bool())
    cut = _tokens(own, spec, generator) if spec.kind == "token" else _span(own, spec, generator)
    return embeddings.masked_fill(cut[:, :, None], 0), mask.masked_fill(cut, 0)


def _ends(real: "Tensor") -> "Tensor":
    """(B, T) true at the first and the last token of each row, whichever side is padded."""
    return real & ((real.cumsum(1) == 1) | (real.flip(1).cumsum(1).flip(1) == 1))


def _features(embeddings: "Tensor", spec: Cutoff, generator: "Generator") -> "Tensor":
    """(B, 1, H) true at the dimensions that are erased."""
    import torch

    batch, _, width = embeddings.shape
    drawn = torch.rand(batch, width, generator=generator, device=generator.device)
    cut = drawn.argsort(1).argsort(1) < int(spec.ratio * width)
    return cut[:, None].to(embeddings.device)


def _counts(own: "Tensor", spec: Cutoff) -> "Tensor":
    """(B, 1) how many positions of each row are erased."""
    return (own.sum(1, keepdim=True).double() * spec.ratio).floor()


def _tokens(own: "Tensor", spec: Cutoff, generator: "Generator") -> "Tensor":
    """(B, T) true at positions drawn without replacement."""
    import torch

    drawn = torch.rand(own.shape, generator=generator, device=generator.device).to(own.device)
    ranks = drawn.masked_fill(~own, 2).argsort(1).argsort(1)
    return own & (ranks < _counts(own, spec))


def _span(own: "Tensor", spec: Cutoff, generator: "Generator") -> "Tensor":
    """(B, T) true at positions in a row, every start being equally likely."""
    import torch

    drawn = torch.rand(len(own), 1, generator=generator, device=generator.device).to(own.device)
    counts = _counts(own, spec)
    starts = (drawn * (own.sum(1, keepdim=True) - counts + 1)).floor()
    places = own.cumsum(1) - 1
    return own & (places >= starts) & (places < starts + counts)


def js_consistency(*logits: "Tensor") -> "Tensor":
    """How far the predictions for a text and its views are apart: 0 where all agree, up to log V.

    The Jensen–Shannon divergence of Shen et al.'s consistency term, in nats: the mean over V
    predictions of KL(p_v ‖ p̄), p̄ being their mean; the mean over the batch. (Their objective is
    the cross-entropy of the text, plus that of its views, plus this, each with a weight.)

    Args:
        logits: V ≥ 2 tensors (B, C), the first of the texts, the others of their views.

    Raises:
        ValueError: fewer than two, or shapes that differ or are not (B, C).
    """
    import torch

    first = logits[0].shape if logits else ()
    if len(logits) < 2 or len(first) != 2 or any(each.shape != first for each in logits):
        shapes = ", ".join(str(tuple(each.shape)) for each in logits)
        raise ValueError(f"Predictions of one shape (B, C) are compared, not: {shapes}.")
    logs = wide(torch.stack(logits)).log_softmax(2)  # (V, B, C)
    mean = logs.logsumexp(0) - math.log(len(logits))
    shares = logs.exp()
    # A class that is ruled out adds 0, where the plain product would be 0·(−∞ + ∞).
    return (shares * (logs - mean).masked_fill(shares == 0, 0)).sum(2).mean(1).mean()
