"""What DPR's paper prints (Karpukhin et al. 2020), to stand beside what is measured here and to be
marked as published: top-k accuracy by answer match over 21 million passages of Wikipedia."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from models.training.negatives import Negatives

PAPER = "Karpukhin et al. 2020"

#: The test sets, as the paper has them.
DATASETS = ("Natural Questions", "TriviaQA", "WebQuestions", "TREC", "SQuAD")


@dataclass(frozen=True, slots=True)
class PublishedRetriever:
    """A printed row of table 2; retrievers trained on one data set each.

    Attributes:
        top20, top100: accuracy in percent by data set.
    """

    name: str
    top20: Mapping[str, float]
    top100: Mapping[str, float]


def _row(name: str, *figures: tuple[float, float]) -> PublishedRetriever:
    top20, top100 = zip(*figures, strict=True)
    return PublishedRetriever(
        name,
        MappingProxyType(dict(zip(DATASETS, top20, strict=True))),
        MappingProxyType(dict(zip(DATASETS, top100, strict=True))),
    )


RETRIEVERS = (
    _row("BM25", (59.1, 73.7), (66.9, 76.7), (55.0, 71.1), (70.9, 84.1), (68.8, 80.0)),
    _row("DPR", (78.4, 85.4), (79.4, 85.0), (73.2, 81.4), (79.8, 89.1), (63.2, 77.2)),
    _row("BM25 + DPR", (76.6, 83.8), (79.8, 84.5), (71.0, 80.5), (85.2, 92.7), (71.5, 81.3)),
)

#: The kinds of negatives in the order of the paper's table.
Kind = Literal["random", "bm25", "gold", "in-batch", "in-batch + bm25", "other"]


@dataclass(frozen=True, slots=True)
class PublishedNegatives:
    """A printed row of table 3, on the development questions of Natural Questions.

    Attributes:
        title: of the kind of negatives.
        count: negatives of a question; with "+ 1", each question of the batch brings one more.
        top: accuracy in percent by k.
    """

    kind: Kind
    title: str
    count: str
    top: Mapping[int, float]


def _negatives(kind: Kind, title: str, count: str, *figures: float) -> PublishedNegatives:
    return PublishedNegatives(
        kind, title, count, MappingProxyType(dict(zip((5, 20, 100), figures, strict=True)))
    )


NEGATIVES = (
    _negatives("random", "Random", "7", 47.0, 64.3, 77.8),
    _negatives("bm25", "BM25", "7", 50.0, 63.3, 74.8),
    _negatives("gold", "Gold", "7", 42.6, 63.1, 78.3),
    _negatives("in-batch", "In-batch", "127", 55.8, 73.0, 83.1),
    _negatives("in-batch + bm25", "In-batch + BM25", "127 + 1", 65.8, 78.0, 84.9),
)


def kind_of(negatives: Negatives) -> Kind:
    """The row of the table that a run belongs to; "other" for mixes that the paper lacks."""
    own = (negatives.random > 0, negatives.hard > 0, negatives.gold > 0)
    kinds: dict[tuple[bool, bool, bool], tuple[Kind, Kind]] = {
        (True, False, False): ("random", "other"),
        (False, True, False): ("bm25", "in-batch + bm25"),
        (False, False, True): ("gold", "other"),
        (False, False, False): ("other", "in-batch"),
    }
    return kinds.get(own, ("other", "other"))[negatives.in_batch]
