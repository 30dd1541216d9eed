"""What every method of retrieval returns for one question, and how ties are broken."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Ranked(NamedTuple):
    """Rows of passages, best first, with their scores: higher is better, equal scores by row.

    Both arrays have length n ≤ k; padding never appears in them.
    """

    scores: NDArray[np.float32]
    rows: NDArray[np.int64]

    def first(self, k: int) -> "Ranked":
        """The k best of these."""
        return Ranked(self.scores[:k], self.rows[:k])


def best(scores: NDArray[np.float32], rows: NDArray[np.int64], k: int) -> Ranked:
    """The k best of ``rows`` (C,) by ``scores`` (C,); of equal ones those with the lower row."""
    if 0 < k < len(scores):
        # Everything from the k-th best score upwards, so that ties for the last place all take
        # part in the ordering by row.
        kept = np.flatnonzero(scores >= np.partition(scores, -k)[-k])
        scores, rows = scores[kept], rows[kept]
    order = np.lexsort((rows, -scores))[: max(k, 0)]
    return Ranked(scores[order].astype(np.float32), rows[order].astype(np.int64))
