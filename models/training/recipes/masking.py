"""Which words of a text are hidden, and behind what (Devlin et al. 2019, §3.1 and §A.1)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import Tensor

#: Of the hidden words, these become the mask token; half of the others another word, and the
#: rest stay, for after training no text has a mask.
_MASKED, _OTHER = 0.8, 0.9


@dataclass(frozen=True)
class Masking:
    """How words are hidden.

    Attributes:
        share: of a text's words, at least one of each text.
        token: id that stands for a hidden word.
        special: ids that are no words, such as [CLS]; they are neither hidden nor put in.
        vocabulary: ids are below it.
    """

    share: float
    token: int
    special: frozenset[int]
    vocabulary: int


def hide(
    ids: "Tensor", mask: "Tensor", masking: Masking, generator: "torch.Generator"
) -> "tuple[Tensor, Tensor]":
    """Hides words of a batch.

    Args:
        ids: (B, T) int64, on the CPU.
        mask: (B, T), 1 where there is a token and 0 where there is padding.
        masking: how.
        generator: on the CPU, of all random numbers.

    Returns:
        Ids (B, T) with words hidden, and where (B, T): True at each hidden word, also where it
        was left as it is.
    """
    import torch

    special = torch.tensor(sorted(masking.special))
    words = mask.bool() & ~torch.isin(ids, special)  # (B, T)
    counts = words.sum(1)
    wanted = (masking.share * counts).round().long().clamp(min=1).minimum(counts)  # (B,)
    # The places of the highest random numbers; those that are no words come last.
    drawn = torch.rand(ids.shape, generator=generator).masked_fill(~words, -1.0)
    ranks = drawn.argsort(1, descending=True).argsort(1)
    hidden = ranks < wanted[:, None]
    fate = torch.rand(ids.shape, generator=generator)
    ordinary = torch.ones(masking.vocabulary, dtype=torch.bool)
    ordinary[special[special < masking.vocabulary]] = False
    pool = ordinary.nonzero().flatten()
    others = pool[torch.randint(len(pool), ids.shape, generator=generator)]
    changed = torch.where(hidden & (fate < _MASKED), masking.token, ids)
    other = hidden & (fate >= _MASKED) & (fate < _OTHER)
    return torch.where(other, others, changed), hidden
