"""Dense and BM25 scores in one ranking.

The form is the convex combination of Bruch, Gai & Ingber, "An Analysis of Fusion Functions for
Hybrid Retrieval" (TOIS 2023), with their theoretical minimum–maximum scaling: each score is scaled
from the least it could be to the best among the question's candidates. DPR's hybrid, BM25 + 1.1 ·
similarity (Karpukhin et al. 2020, §5.1), is the special case of one constant ratio between the two
scales; it was found for unnormalised dot products and means nothing for cosines.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.encoders.card import Similarity
from models.retrieval.ranked import Ranked, best

#: How much the dense score counts by default; the rest is BM25's. Chosen by MRR@10 with
#: all-MiniLM-L6-v2 on half of SQuAD 2.0's development questions over 1,216 paragraphs. On the other
#: half top-1/5/20 are 79.4/94.5/98.5; BM25 alone 77.3/91.4/96.0; the vectors alone 58.2/84.1/95.0.
#: The two differ because a cosine is scaled from −1 and a dot product from its least candidate.
WEIGHTS: Mapping[Similarity, float] = MappingProxyType({"cosine": 0.75, "dot": 0.5})
#: Each method nominates at least this many candidates.
DEPTH = 100


def candidates(dense: Ranked, lexical: Ranked) -> NDArray[np.int64]:
    """Rows that either method nominates, ascending."""
    return np.union1d(dense.rows, lexical.rows)


def fuse(
    rows: NDArray[np.int64],
    similarities: NDArray[np.float32],
    bm25: NDArray[np.float32],
    weight: float,
    least: float | None,
    k: int,
) -> Ranked:
    """The k best candidates by weight · scaled similarity + (1 − weight) · scaled BM25.

    Args:
        rows: candidates, (C,).
        similarities: the exact similarity of each candidate to the question, (C,).
        bm25: the exact BM25 score of each candidate, (C,); never negative.
        weight: within [0, 1]; 1 is the dense ranking and 0 is BM25's.
        least: the smallest similarity there can be (−1 for cosines); None where there is no such
            bound (dot products), and the smallest among the candidates stands in for it.
        k: how many to return.

    Returns:
        Fused scores within [0, 1], best first.
    """
    if not len(rows):
        return Ranked(np.empty(0, np.float32), np.empty(0, np.int64))
    floor = float(similarities.min()) if least is None else least
    fused = weight * scaled(similarities, floor) + (1 - weight) * scaled(bm25, 0.0)
    return best(fused, rows, k)


def scaled(scores: NDArray[np.float32], least: float) -> NDArray[np.float32]:
    """(s − least) / (max − least); all zero when no candidate is above the least."""
    span = float(scores.max()) - least
    if span <= 0:
        return np.zeros_like(scores)
    return ((scores - least) / span).astype(np.float32)
