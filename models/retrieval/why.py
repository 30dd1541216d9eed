"""Why a passage was found: what each of its words adds to its score.

*By vector.* With mean pooling a passage's vector is a sum over its tokens, and so is its inner
product with the question's vector: each token's part of the score is exact, though every state
has seen the whole passage. Other poolings are no sum; there each word is left out in turn, and
what the score loses is the word's part (occlusion; Zeiler & Fergus 2014).

*By words.* BM25 is a sum over the question's words as it stands (Robertson & Zaragoza 2009).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.encoders.base import Encoder, Text
from models.encoders.text_encoder import TextEncoder
from models.events import Progress, Work
from models.retrieval.dense import as_compared
from models.retrieval.lexical import LexicalIndex, words
from models.retrieval.sentences import Span, sentences

_WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
_MOST = 400  # words that are left out in turn; an encoder reads hardly more
_BATCH = 16


@dataclass(frozen=True, slots=True)
class Part:
    """What some characters of a passage's text add to its score."""

    span: Span
    weight: float


@dataclass(frozen=True)
class DenseWhy:
    """A dense score taken apart.

    Attributes:
        score: of the passage, as it is ranked by.
        method: "sum" if the parts and ``rest`` add up to the score; "occlusion" if each part is
            what the score loses without it.
        words: of the text, in order. Words that the encoder does not read are not among them.
        sentences: of the text, each with the sum of its words' parts.
        rest: of a sum, what special tokens, title and prompt add.
        read: characters of the text up to which the encoder reads, or the words were tried.
    """

    score: float
    method: Literal["sum", "occlusion"]
    words: tuple[Part, ...]
    sentences: tuple[Part, ...]
    rest: float
    read: int


@dataclass(frozen=True)
class Term:
    """A word of the question in a passage.

    Attributes:
        word: lower-cased.
        idf: its inverse document frequency in the corpus.
        spans: where it stands in the passage's text; empty where it stands in the title only.
        weight: what it adds to the BM25 score, occurrences in the question counted.
    """

    word: str
    idf: float
    spans: tuple[Span, ...]
    weight: float


@dataclass(frozen=True)
class LexicalWhy:
    """A BM25 score taken apart: the terms' weights add up to ``score``.

    Attributes:
        missing: words of the question that the passage lacks, with their idf; None is a word that
            no passage holds.
    """

    score: float
    terms: tuple[Term, ...]
    missing: tuple[tuple[str, float | None], ...]


def why_dense(encoder: Encoder, question: str, passage: Text) -> Work[DenseWhy]:
    """What each word of ``passage`` adds to its similarity with ``question``.

    Args:
        passage: as it was embedded, with its title where titles are.
    """
    yield Progress("Taking the score apart", 0, None, "words")
    similarity = encoder.card.conventions.similarity
    (asked,) = as_compared(
        encoder.forward(encoder.tokenize([question], "question"), "question"), similarity
    )
    text = passage if isinstance(passage, str) else passage[1]
    shares = encoder.shares(passage, "passage") if isinstance(encoder, TextEncoder) else None
    if shares is None:
        return (yield from _occlusion(encoder, asked, passage, text))
    length = float(np.linalg.norm(shares.vectors.sum(0))) if similarity == "cosine" else 1.0
    values = shares.vectors @ asked / (length or 1.0)  # (T,)
    by_word: dict[Span, float] = {}
    rest = 0.0
    for span, value in zip(shares.spans, values.tolist(), strict=True):
        if span is None:
            rest += value
        else:
            by_word[span] = by_word.get(span, 0.0) + value
    found = tuple(Part(span, weight) for span, weight in sorted(by_word.items()))
    read = max((part.span[1] for part in found), default=0)
    return DenseWhy(float(values.sum()), "sum", found, _sentences(text, found), rest, read)


def why_lexical(index: LexicalIndex, question: str, row: int, text: str) -> LexicalWhy:
    """What each word of ``question`` adds to the BM25 score of passage ``row``, whose text is
    ``text``."""
    known = index.terms(question)
    weights = index.weights(question, row)
    places: dict[str, list[Span]] = {}
    for found in re.finditer(r"\b\w\w+\b", text):
        places.setdefault(found[0].lower(), []).append(found.span())
    terms = [
        Term(word, known[word], tuple(places.get(word, ())), weight)
        for word, weight in weights.items()
        if weight > 0
    ]
    terms.sort(key=lambda term: -term.weight)
    missing = [
        (word, known.get(word))
        for word in dict.fromkeys(words(question))
        if not weights.get(word, 0.0) > 0
    ]
    return LexicalWhy(sum(term.weight for term in terms), tuple(terms), tuple(missing))


def _occlusion(encoder: Encoder, asked: np.ndarray, passage: Text, text: str) -> Work[DenseWhy]:
    def scores(texts: Sequence[Text]) -> np.ndarray:
        vectors = encoder.forward(encoder.tokenize(texts, "passage"), "passage")
        values: np.ndarray = as_compared(vectors, encoder.card.conventions.similarity) @ asked
        return values

    def without(span: Span) -> Text:
        left = f"{text[: span[0]]} {text[span[1] :]}"
        return left if isinstance(passage, str) else (passage[0], left)

    score = float(scores([passage])[0])
    spans = [found.span() for found in _WORD.finditer(text)][:_MOST]
    parts: list[Part] = []
    for start in range(0, len(spans), _BATCH):
        yield Progress("Leaving out each word", start, len(spans), "words")
        batch = spans[start : start + _BATCH]
        lost = score - scores([without(span) for span in batch])
        parts += [Part(span, float(loss)) for span, loss in zip(batch, lost, strict=True)]
    read = spans[-1][1] if spans else 0
    return DenseWhy(score, "occlusion", tuple(parts), _sentences(text, parts), 0.0, read)


def _sentences(text: str, parts: Sequence[Part]) -> tuple[Part, ...]:
    return tuple(
        Part((start, end), sum(part.weight for part in parts if start <= part.span[0] < end))
        for start, end in sentences(text)
    )
