"""One vector as the anchor of a contrastive loss: what it is compared with."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.portrait import Attention


@dataclass(frozen=True, eq=False)
class Anchored:
    """Similarities of one anchor.

    Attributes:
        similarities: (K,), read-only; with ``paired`` the first one is the positive's.
        paired: whether there is a positive; all others are negatives.
    """

    similarities: NDArray[Any]
    paired: bool


def anchored(vectors: NDArray[Any], positives: NDArray[Any] | None, row: int) -> Anchored:
    """Row ``row`` of (N, D) vectors of length 1 against all others.

    With positives as in SimCLR's loss (Chen et al. 2020, eq. 1): against its own positive and
    both sides of all other pairs, 2N − 1 in all. Without, against the other N − 1.
    """
    anchor = vectors[row]
    found = [np.delete(vectors @ anchor, row)]
    if positives is not None:
        other = positives @ anchor
        found = [other[row : row + 1], *found, np.delete(other, row)]
    similarities = np.concatenate(found)
    similarities.setflags(write=False)
    return Anchored(similarities, positives is not None)


@dataclass(frozen=True)
class Pull:
    """How the loss of one anchor pulls and pushes, as slopes along the similarities.

    Attributes:
        positive: −(1 − p₊)/τ, along the positive's similarity; None without a positive.
        hardest: p/τ, along the similarity of the negative with the largest share.
        half: the fewest negatives on which half of the push lies.
        negatives: of how many.
    """

    positive: float | None
    hardest: float
    half: int
    negatives: int


def pull(attention: Attention, paired: bool, temperature: float) -> Pull:
    """The slopes of −log p₊ (Wang & Liu 2021, eqs. 3 and 4) from the shares at τ.

    Without a positive the slopes are those that every negative would have.

    Raises:
        ValueError: there is no negative.
    """
    shares = attention.shares
    negatives = np.sort(shares[1:] if paired else shares)[::-1]
    if not len(negatives):
        raise ValueError("An anchor needs a negative.")
    total = np.cumsum(negatives)
    return Pull(
        positive=-float(total[-1]) / temperature if paired else None,
        hardest=float(negatives[0]) / temperature,
        half=int(np.searchsorted(total, total[-1] / 2)) + 1,
        negatives=len(negatives),
    )
