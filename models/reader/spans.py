"""The best span of a passage's tokens, and the text that it stands for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.encoders.tokens import Span
from models.reader.windows import Window

#: Tokens of an answer at most (Karpukhin et al. 2020, §6.1).
LONGEST = 10


@dataclass(frozen=True)
class Scores:
    """What a reader says of one window of P passage tokens.

    Attributes:
        start, end: (P,) logits of each token being the answer's first and last.
        relevance: log odds that the answer is in the passage, or whatever the reader ranks by.
    """

    start: NDArray[np.float32]
    end: NDArray[np.float32]
    relevance: float


@dataclass(frozen=True)
class Best:
    """The best span of a window: tokens ``first`` to ``last``, and its probability among all."""

    first: int
    last: int
    share: float


def best_span(scores: Scores, longest: int = LONGEST) -> Best:
    """The span of at most ``longest`` tokens with the largest sum of logits.

    Its probability is the product of two softmaxes over the window's passage tokens.
    """
    start, end = _log_softmax(scores.start), _log_softmax(scores.end)
    sums = start[:, None] + end[None, :]  # (P, P)
    places = np.arange(len(start))
    ahead = places[None, :] - places[:, None]
    sums = np.where((ahead >= 0) & (ahead < longest), sums, -np.inf)
    first, last = divmod(int(np.argmax(sums)), len(start))
    return Best(first, last, float(np.exp(sums[first, last])))


def odds_of(start: NDArray[np.float32], end: NDArray[np.float32], none: float) -> float:
    """The best span's score, start and end logit, less ``none``, that of no answer: the sum of both
    logits at the first token (Devlin et al. 2019, §4.3).

    Args:
        start, end: (P,) of the passage's tokens; spans have ``LONGEST`` of them at most.
    """
    return (
        max(
            float((start[: len(start) - ahead] + end[ahead:]).max())
            for ahead in range(min(LONGEST, len(start)))
        )
        - none
    )


def characters(text: str, window: Window, best: Best) -> Span:
    """The span in ``text``, extended to whole words and without space at its ends."""
    start, end = window.words[best.first][0], window.words[best.last][1]
    piece = text[start:end]
    if not piece.strip():
        return start, end
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def _log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    values = logits.astype(np.float64)
    shifted = values - values.max()
    result: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum())
    return result
