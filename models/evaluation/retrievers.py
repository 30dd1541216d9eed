"""What each kind of retriever finds for the questions: BM25, any encoder, both together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.encoders.base import Encoder
from models.encoders.card import Similarity
from models.evaluation.embedding import SentenceVectors
from models.evaluation.fusing import Pool
from models.evaluation.judged import Judged, Marks, mark
from models.evaluation.ranking_shelf import RankingShelf
from models.evaluation.rankings import DEPTH, Outcome, Rankings, outcome
from models.events import Progress, Work
from models.files import content_key
from models.project import Project, text_of
from models.retrieval.dense import DenseIndex, as_compared
from models.retrieval.hybrid import candidates, scaled
from models.retrieval.lexical import LexicalIndex, positive
from models.retrieval.ranked import Ranked
from models.retrieval.searcher import Searcher
from models.vectors import encoding

_BATCH = 64
_FORMAT = "1"


@dataclass(frozen=True, eq=False)
class Found:
    """What one retriever finds.

    Attributes:
        rankings: its passages.
        outcome: how the questions come out.
        pool, pooled: of a dense retriever, its candidates together with BM25's, and their marks.
    """

    rankings: Rankings
    outcome: Outcome
    pool: Pool | None = field(default=None, repr=False)
    pooled: Marks | None = field(default=None, repr=False)


def corpus_key(project: Project) -> str:
    """A key of all that is searched: passages, vectors and word index."""
    files = sorted(project.manifest.files.items())
    return content_key(*(f"{name} {print_}" for name, (_, print_) in files))


def found_by_words(
    project: Project, judged: Judged, shelf: RankingShelf | None = None
) -> Work[Found]:
    """BM25's passages, from the shelf where they are known."""
    key = content_key(_FORMAT, "bm25", corpus_key(project), judged.key)
    known: dict[str, NDArray[Any]] | None = shelf.recall(key) if shelf else None
    if known is None:
        yield Progress("Reading the word index")
        lexical = project.lexical()
        found = []
        for at, text in enumerate(judged.texts):
            if at % _BATCH == 0:
                yield Progress("Searching by words", at, len(judged), "questions")
            found.append(lexical.search(text, DEPTH))
        known = _padded(found)
        known |= yield from _marked(judged, known["rows"])
        if shelf:
            shelf.keep(key, known)
    return _found(known, judged)


def found_by_vectors(
    project: Project,
    encoder: Encoder,
    judged: Judged,
    shelf: RankingShelf | None = None,
    vectors: Path | None = None,
) -> Work[Found]:
    """The passages nearest by the vectors of ``encoder``.

    Where it is the project's encoder, the project's vectors and index serve, whatever the index
    approximates; another one embeds the corpus once and is searched exactly.

    Args:
        shelf: where what was found is kept.
        vectors: where the vectors of the corpus are kept; None keeps none.
    """
    card = encoder.card
    own = card.key == project.manifest.encoder.key
    titles = project.manifest.titles if own else project.manifest.recipe.with_titles(card)
    key = content_key(_FORMAT, card.key, str(titles), corpus_key(project), judged.key)
    known = shelf.recall(key) if shelf else None
    if known is None:
        if own:
            array, index = project.vectors.array, project.dense()
        else:
            pairs = zip(
                judged.passages.column("title"), judged.passages.column("text"), strict=True
            )
            texts = [text_of(title, text, titles) for title, text in pairs]
            made = SentenceVectors(encoder, vectors)
            array = yield from made.of(texts, f"Embedding passages by {card.name}")
            index = DenseIndex.flat(array, card.conventions.similarity)
        known = yield from _searched(project.lexical, encoder, array, index, judged)
        if shelf:
            shelf.keep(key, known)
    return _found(known, judged)


def of_rankings(rankings: Rankings, judged: Judged) -> Work[Found]:
    """What comes of passages that something else has found."""
    marks = yield from mark(judged, rankings.rows)
    return Found(rankings, outcome(marks, judged))


def found_together(searcher: Searcher, judged: Judged) -> Work[Found]:
    """The passages nearest by the vectors of a searcher, with its candidates by both methods."""
    array, dense = searcher.vectors.array, searcher.dense
    known = yield from _searched(lambda: searcher.lexical, searcher.encoder, array, dense, judged)
    return _found(known, judged)


def _searched(
    words: Callable[[], LexicalIndex],
    encoder: Encoder,
    array: NDArray[np.float32],
    index: DenseIndex,
    judged: Judged,
) -> Work[dict[str, NDArray[Any]]]:
    similarity = encoder.card.conventions.similarity
    asked = yield from encoding(judged.texts, encoder, "question")
    yield Progress("Reading the word index")
    lexical = words()
    compared = as_compared(asked.array, similarity)
    least = -1.0 if similarity == "cosine" else None
    nearest: list[Ranked] = []
    pools: list[tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]] = []
    for start in range(0, len(judged), _BATCH):
        yield Progress("Searching by vectors", start, len(judged), "questions")
        part = slice(start, start + _BATCH)
        near = index.search(asked.array[part], DEPTH)
        nearest += near
        for text, vector, dense in zip(judged.texts[part], compared[part], near, strict=True):
            pools.append(_pool(array, lexical, text, vector, dense, least, similarity))
    rankings = _padded(nearest)
    pool = _pooled(pools)
    marks = yield from _marked(judged, rankings["rows"])
    pooled = yield from _marked(judged, pool["pool"], "pool_")
    return {**rankings, **marks, **pool, **pooled}


def _pool(
    array: NDArray[np.float32],
    lexical: LexicalIndex,
    text: str,
    vector: NDArray[np.float32],
    dense: Ranked,
    least: float | None,
    similarity: Similarity,
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
    """The candidates of one question with both scaled scores, each (C,)."""
    words = lexical.scores(text)
    rows = candidates(dense, positive(words, DEPTH))
    if not len(rows):
        return rows, np.empty(0, np.float32), np.empty(0, np.float32)
    exact: NDArray[np.float32] = as_compared(array[rows], similarity) @ vector
    floor = float(exact.min()) if least is None else least
    return rows, scaled(exact, floor), scaled(words[rows], 0.0)


def _pooled(
    pools: list[tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]],
) -> dict[str, NDArray[Any]]:
    wide = max((len(rows) for rows, _, _ in pools), default=0)
    rows = np.full((len(pools), wide), -1, np.int32)
    dense = np.full(rows.shape, -1, np.float32)
    words = np.full(rows.shape, -1, np.float32)
    for at, (found, by_vector, by_word) in enumerate(pools):
        rows[at, : len(found)] = found
        dense[at, : len(found)] = by_vector
        words[at, : len(found)] = by_word
    return {"pool": rows, "pool_dense": dense, "pool_words": words}


def _padded(found: list[Ranked]) -> dict[str, NDArray[Any]]:
    wide = max((len(ranked.rows) for ranked in found), default=0)
    rows = np.full((len(found), wide), -1, np.int32)
    scores = np.full(rows.shape, -np.inf, np.float32)
    for at, ranked in enumerate(found):
        rows[at, : len(ranked.rows)] = ranked.rows
        scores[at, : len(ranked.rows)] = ranked.scores
    return {"rows": rows, "scores": scores}


def _marked(
    judged: Judged, rows: NDArray[np.int32], prefix: str = ""
) -> Work[dict[str, NDArray[Any]]]:
    marks = yield from mark(judged, rows)
    return {f"{prefix}grades": marks.grades, f"{prefix}holds": marks.holds}


def _found(known: Mapping[str, NDArray[Any]], judged: Judged) -> Found:
    rankings = Rankings(known["rows"], known["scores"])
    seen = outcome(Marks(known["grades"], known["holds"]), judged)
    if "pool" not in known:
        return Found(rankings, seen)
    pool = Pool(known["pool"], known["pool_dense"], known["pool_words"])
    return Found(rankings, seen, pool, Marks(known["pool_grades"], known["pool_holds"]))
