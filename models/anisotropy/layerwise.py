"""Contextuality and anisotropy by layer (Ethayarajh 2019, "How Contextual are Contextualized
Word Representations?").

A word's vector is the mean of those of its pieces; special tokens and punctuation are no words.
Words that differ in case alone are the same word, and a sentence is a context once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.anisotropy.estimates import Estimate, Resampled, resample
from models.anisotropy.plan import Plan, make_plan
from models.anisotropy.sums import LayerSums, lay_out
from models.encoders.base import Encoder
from models.encoders.layers import Worded, layer_states, worded
from models.errors import InputError
from models.events import Progress, Work
from models.geometry import mean_cosine, uniformity
from models.vectors import batches

if TYPE_CHECKING:
    from torch import Tensor

_TOKENS = 2048  # of a batch
_WINDOW = 1024  # texts tokenised at once

#: What the paper reports of two models, as (model, layer, mean cosine of random words).
PUBLISHED = (
    ("BERT-base", 0, 0.105),
    ("BERT-base", 11, 0.675),
    ("BERT-base", 12, 0.477),
    ("GPT-2", 12, 0.978),
)


@dataclass(frozen=True, slots=True)
class Spread:
    """How vectors of sentences lie: the mean cosine over all pairs, and uniformity (t = 2)."""

    mean_cosine: float
    uniformity: float


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer; 0 is the output of the embeddings.

    Attributes:
        anisotropy: mean cosine of two random words of two random sentences.
        self_similarity: mean over words of the mean cosine of a word to itself in other
            contexts; None where no word occurs in five.
        intra_sentence: mean over sentences of the mean cosine of a word to its sentence's mean.
        adjusted_self, adjusted_intra: the same less the anisotropy.
        mean, first: of sentence vectors: the mean of all tokens, and the first token's.
    """

    number: int
    anisotropy: Estimate
    self_similarity: Estimate | None
    intra_sentence: Estimate
    adjusted_self: Estimate | None
    adjusted_intra: Estimate
    mean: Spread
    first: Spread


@dataclass(frozen=True)
class Layerwise:
    """The layers of one encoder, and on what they were measured.

    Attributes:
        sentences: how many different ones.
        pairs: of random words.
        words, of: words in at least five contexts: measured, and found.
        contexts: occurrences of those that were measured.
        pooled: sentences that ``mean`` and ``first`` are of.
        seed: of all that was drawn.
        layers: the embeddings first.
    """

    sentences: int
    pairs: int
    words: int
    of: int
    contexts: int
    pooled: int
    seed: int
    layers: tuple[Layer, ...]


def measure_layers(encoder: Encoder, sentences: Sequence[str], seed: int = 0) -> Work[Layerwise]:
    """Measures every layer in one pass over the sentences; may be closed at any ``yield``.

    Args:
        encoder: a transformer of text.
        sentences: repeated ones count once.
        seed: of the pairs, and of the sample where there are more words or sentences than kept.

    Raises:
        InputError: the encoder does not show its layers, or fewer than two sentences have words.
    """
    distinct = list(dict.fromkeys(sentences))
    texts: list[Worded] = []
    for start in range(0, len(distinct), _WINDOW):
        yield Progress("Finding words", start, len(distinct), "sentences")
        texts += worded(encoder, distinct[start : start + _WINDOW])
    plan = make_plan(texts, seed)
    sums: list[LayerSums] = []
    done = 0
    for rows in batches([text.ids for text in texts], _TOKENS):
        batch = lay_out(texts, rows, plan)
        for number, states in enumerate(layer_states(encoder, [texts[row].ids for row in rows])):
            if number == len(sums):
                sums.append(LayerSums(plan, len(texts), states.shape[1]))
            sums[number].add(states, batch)
        done += len(rows)
        yield Progress("Reading layers", done, len(texts), "sentences")
    yield Progress("Comparing words")
    layers = yield from _layers(plan, sums, seed)
    return Layerwise(
        len(texts),
        len(plan.pairs) // 2,
        len(plan.frequent),
        plan.of,
        len(plan.occurrences),
        len(plan.pooled),
        seed,
        layers,
    )


def _layers(plan: Plan, sums: Sequence[LayerSums], seed: int) -> Work[tuple[Layer, ...]]:
    """The figures of what was gathered."""
    pairs = np.stack([(each.pairs[::2] * each.pairs[1::2]).sum(1).numpy() for each in sums])
    if not np.isfinite(pairs).all():
        raise InputError("Some states are not finite numbers; the encoder is damaged.")
    anisotropy = resample(pairs, (seed, 0))
    intra = resample(np.stack([each.inner[plan.inner] for each in sums]), (seed, 1))
    itself = _self_similarity(plan, sums, seed) if plan.frequent else None
    unknown: tuple[Estimate | None, ...] = (None,) * len(sums)
    columns = zip(
        anisotropy.estimates(),
        unknown if itself is None else itself.estimates(),
        intra.estimates(),
        unknown if itself is None else itself.less(anisotropy).estimates(),
        intra.less(anisotropy).estimates(),
        strict=True,
    )
    layers = []
    for number, (each, figures) in enumerate(zip(sums, columns, strict=True)):
        yield Progress("Comparing sentences", number, len(sums), "layers")
        layers.append(Layer(number, *figures, spread(each.means), spread(each.firsts)))
    return tuple(layers)


def _self_similarity(plan: Plan, sums: Sequence[LayerSums], seed: int) -> Resampled:
    """The mean over words of the mean cosine of all pairs of a word's occurrences.

    The squared length of the sum of n directions is n and twice the cosines of their pairs.
    """
    counts = plan.counts
    squares = np.stack([each.words.double().square().sum(1).numpy() for each in sums])
    return resample((squares - counts) / (counts * (counts - 1)), (seed, 2))


def spread(vectors: "Tensor") -> Spread:
    """Of (N, D) vectors of sentences, of any length but zero."""
    from torch.nn.functional import normalize

    return Spread(float(mean_cosine(vectors)), float(uniformity(normalize(vectors, dim=1))))
