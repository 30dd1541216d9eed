"""Which sentence of each hit matters most, worked out after the hits themselves are shown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.events import Progress
from models.retrieval.highlight import SentenceVectors, best_by_terms
from models.retrieval.searcher import Answer, Method, Searcher
from models.retrieval.sentences import Span

_FIRST = 6  # hits that are on the screen before anybody scrolls


@dataclass(frozen=True)
class Marks:
    """The span of the sentence that matters most, by passage row, for one method's hits."""

    method: Method
    spans: Mapping[int, Span]


def mark(
    searcher: Searcher, answer: Answer, vectors: SentenceVectors
) -> Iterator[Marks | Progress]:
    """Marks BM25's hits by their matched words at once, then the others' by vector.

    The visible hits come first. Every ``yield`` is a place to stop.
    """
    passages = searcher.passages
    if worded := answer.hits.get("bm25"):
        terms = searcher.lexical.terms(answer.question)
        spans = {hit.row: best_by_terms(passages[hit.row].text, terms) for hit in worded}
        yield Marks("bm25", {row: span for row, span in spans.items() if span is not None})
    methods: tuple[Method, ...] = ("dense", "hybrid")
    for part in (slice(0, _FIRST), slice(_FIRST, None)):
        rows = {hit.row for method in methods for hit in answer.hits.get(method, ())[part]}
        ordered = sorted(rows)
        found = yield from vectors.best([passages[row].text for row in ordered], answer.vector)
        best = {row: span for row, span in zip(ordered, found, strict=True) if span is not None}
        for method in methods:
            if method in answer.hits:
                yield Marks(method, best)
