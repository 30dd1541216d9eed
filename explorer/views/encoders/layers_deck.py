"""The charts of the page in their order: what each draws, says and means."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.charts import Chart
from explorer.views.encoders import layers_words as words
from explorer.views.encoders.layers_charts import (
    CosineChart,
    LayerChart,
    Line,
    SpectrumChart,
    estimated,
    plain,
)
from explorer.views.encoders.layers_formulas import ANISOTROPY, INTRA, RANK, SELF, WHITENING
from explorer.views.encoders.layers_work import Side

Sides = tuple[Side, ...]


@dataclass(frozen=True)
class Sheet:
    """One chart.

    Attributes:
        name: what the page knows it by.
        chart: makes it.
        value: what it draws of one or two encoders.
        words: its figures.
        note: how to read it.
        formulas: each in LaTeX and in words.
    """

    name: str
    chart: Callable[[], Chart]
    value: Callable[[Sides], object]
    words: Callable[[Sides], str]
    note: str
    formulas: tuple[tuple[str, str], ...] = ()


def _sentences(sides: Sides) -> tuple[Line, ...]:
    means = plain(sides, lambda layer: layer.mean.mean_cosine)
    firsts = plain(sides, lambda layer: layer.first.mean_cosine, dashed=True)
    return (*means, *firsts)


DECK = (
    Sheet(
        "anisotropy",
        lambda: LayerChart("Anisotropy by layer", "mean cosine", published=True),
        lambda sides: estimated(sides, lambda layer: layer.anisotropy),
        lambda sides: words.by_layer(sides, lambda layer: layer.anisotropy),
        "What two words have in common that have nothing to do with one another: 0 where "
        "directions are spread evenly, 1 where all are the same. Diamonds: published for other "
        "sentences (Ethayarajh 2019), at layer 0 for BERT-base.",
        (ANISOTROPY,),
    ),
    Sheet(
        "itself",
        lambda: LayerChart("Self-similarity by layer", "less the anisotropy"),
        lambda sides: estimated(sides, lambda layer: layer.adjusted_self),
        lambda sides: words.by_layer(sides, lambda layer: layer.adjusted_self, lowest=True),
        "How alike a word stays in other sentences, beyond what any two words are: the lower, "
        "the more its vector is of its context. Words in at least five of the sentences.",
        (SELF,),
    ),
    Sheet(
        "intra",
        lambda: LayerChart("Similarity within a sentence by layer", "less the anisotropy"),
        lambda sides: estimated(sides, lambda layer: layer.adjusted_intra),
        lambda sides: words.by_layer(sides, lambda layer: layer.adjusted_intra),
        "How alike the words of a sentence are, beyond what any two words are. Sentences of at "
        "least two words.",
        (INTRA,),
    ),
    Sheet(
        "sentences",
        lambda: LayerChart("Vectors of sentences by layer", "mean cosine"),
        _sentences,
        words.sentences,
        "Mean cosine over all pairs of sentences. Solid: the mean of all tokens. Dashed: the "
        "first token, [CLS] in BERT, which is the same for all sentences until it has looked at "
        "them.",
    ),
    Sheet(
        "spectrum",
        SpectrumChart,
        lambda sides: sides,
        words.ranks,
        "Solid: the sentences' vectors as the encoder pools them, at length 1. Dashed: whitened "
        "by these same sentences (Su et al. 2021), so that it is nearly flat by construction. "
        "Dotted: the effective rank (Roy & Vetterli 2007).",
        (RANK, WHITENING),
    ),
    Sheet(
        "cosines",
        CosineChart,
        lambda sides: sides,
        words.cosines,
        "Filled: all pairs of sentences, their mean as a line. Dashed: whitened by these same "
        "sentences. A narrow cone is a hill far to the right of 0.",
    ),
)
