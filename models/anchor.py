"""One vector as the anchor of a contrastive loss: what it is compared with."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.blocks import at_length_1, blocks
from models.events import Progress, Work
from models.portrait import Attention


@dataclass(frozen=True, eq=False)
class Anchored:
    """Similarities of one anchor.

    Attributes:
        similarities: (K,), read-only, of the negatives the most similar first; with ``paired``
            the positive's stands before them.
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
    found = np.delete(vectors @ anchor, row)
    if positives is None:
        return _ordered(found[:0], found)
    other = positives @ anchor
    return _ordered(other[row : row + 1], np.concatenate([found, np.delete(other, row)]))


def among(vectors: NDArray[Any], anchor: NDArray[Any]) -> Work[Anchored]:
    """A vector (D,) against all of (N, D), each brought to length 1; none of them is a positive."""
    unit = at_length_1(anchor[None])[0]
    found = np.empty(len(vectors), np.float32)
    for start, block in blocks(vectors, unit=True):
        yield Progress("Comparing", start, len(vectors), "vectors")
        found[start : start + len(block)] = block @ unit
    return _ordered(found[:0], found)


def _ordered(positive: NDArray[Any], negatives: NDArray[Any]) -> Anchored:
    similarities = np.concatenate([positive, np.sort(negatives)[::-1]])
    similarities.setflags(write=False)
    return Anchored(similarities, len(positive) > 0)


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
    negatives = shares[1:] if paired else shares
    if (negatives[:-1] < negatives[1:]).any():  # a million in order are not sorted at every turn
        negatives = np.sort(negatives)[::-1]
    if not len(negatives):
        raise ValueError("An anchor needs a negative.")
    total = np.cumsum(negatives)
    return Pull(
        positive=-float(total[-1]) / temperature if paired else None,
        hardest=float(negatives[0]) / temperature,
        half=int(np.searchsorted(total, total[-1] / 2)) + 1,
        negatives=len(negatives),
    )
