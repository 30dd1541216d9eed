"""What is gathered of one layer while sentences stream by; its size does not grow with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.anisotropy.plan import Plan
from models.encoders.layers import Worded

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class Batch:
    """Where the tokens and words of some sentences lie, worked out once for all layers.

    Attributes:
        sentence_of_token: (T,) 0 … B − 1.
        word_of_token: (T,) 0 … W − 1, or W for a token of no word.
        sentence_of_word: (W,) 0 … B − 1.
        first_token: (B,) of each sentence.
        rows: (B,) the sentences.
        pairs, occurrences, pooled: (places here, places in what is gathered), each (2, n).
    """

    sentence_of_token: "Tensor"
    word_of_token: "Tensor"
    sentence_of_word: "Tensor"
    first_token: "Tensor"
    rows: NDArray[np.int64]
    pairs: "Tensor"
    occurrences: "Tensor"
    pooled: "Tensor"


def lay_out(texts: Sequence[Worded], rows: Sequence[int], plan: Plan) -> Batch:
    """The places of ``texts[row]`` for each of ``rows``, text after text."""
    import torch

    chosen = [texts[row] for row in rows]
    tokens = np.array([len(text.ids) for text in chosen])
    words = np.array([len(text.words) for text in chosen])
    starts = np.concatenate([[0], words.cumsum()])
    owners = [
        np.where(text.owner < 0, starts[-1], text.owner + start)
        for text, start in zip(chosen, starts[:-1], strict=True)
    ]
    order = np.full(len(texts), -1)
    order[list(rows)] = np.arange(len(rows))

    def here(places: NDArray[np.int64], targets: NDArray[np.int64]) -> "Tensor":
        """Of (n, 2) places those in this batch, as words of it, with where each goes."""
        inside = order[places[:, 0]] >= 0
        own = starts[order[places[inside, 0]]] + places[inside, 1]
        return torch.from_numpy(np.stack([own, targets[inside]]))

    kept = order[plan.pooled]
    pooled = np.stack([kept[kept >= 0], np.flatnonzero(kept >= 0)])
    return Batch(
        torch.from_numpy(np.repeat(np.arange(len(rows)), tokens)),
        torch.from_numpy(np.concatenate(owners)),
        torch.from_numpy(np.repeat(np.arange(len(rows)), words)),
        torch.from_numpy(tokens.cumsum() - tokens),
        np.array(rows, np.int64),
        here(plan.pairs, np.arange(len(plan.pairs))),
        here(plan.occurrences[:, :2], plan.occurrences[:, 2]),
        torch.from_numpy(pooled),
    )


class LayerSums:
    """One layer.

    Attributes:
        pairs: (2P, H) directions of the words of pairs.
        words: (K, H) for each frequent word the sum of the directions of its occurrences.
        inner: (N,) for each sentence the mean cosine of its words to their mean.
        means, firsts: (S, H) of each kept sentence the mean of its tokens, and its first token.
    """

    def __init__(self, plan: Plan, sentences: int, hidden: int) -> None:
        import torch

        self.pairs = torch.zeros(len(plan.pairs), hidden)
        self.words = torch.zeros(len(plan.frequent), hidden)
        self.inner = np.zeros(sentences)
        self.means = torch.zeros(len(plan.pooled), hidden)
        self.firsts = torch.zeros(len(plan.pooled), hidden)

    def add(self, states: "Tensor", batch: Batch) -> None:
        """Takes in the states (T, H) of a batch's tokens."""
        from torch.nn.functional import normalize

        count = len(batch.rows)
        words = _mean(states, batch.word_of_token, len(batch.sentence_of_word) + 1)[:-1]  # (W, H)
        unit = normalize(words, dim=1)
        self.pairs[batch.pairs[1]] = unit[batch.pairs[0]]
        self.words.index_add_(0, batch.occurrences[1], unit[batch.occurrences[0]])
        middle = normalize(_mean(words, batch.sentence_of_word, count), dim=1)  # (B, H)
        cosines = (unit * middle[batch.sentence_of_word]).sum(1, keepdim=True)  # (W, 1)
        self.inner[batch.rows] = _mean(cosines, batch.sentence_of_word, count)[:, 0].numpy()
        here, there = batch.pooled
        self.means[there] = _mean(states, batch.sentence_of_token, count)[here]
        self.firsts[there] = states[batch.first_token][here]


def _mean(values: "Tensor", group: "Tensor", groups: int) -> "Tensor":
    """(G, H) the mean of the rows (n, H) of each group; 0 for a group without any."""
    sums = values.new_zeros(groups, values.shape[1]).index_add_(0, group, values)
    sizes = group.bincount(minlength=groups).clamp(min=1)
    return sums / sizes[:, None]
