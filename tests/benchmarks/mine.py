"""Hard negatives a second over a large corpus, against a search of bm25s by its own batches.

    python tests/benchmarks/mine.py SENTENCES [passages] [questions]

SENTENCES is a text file with one sentence a line. Passages are four of them drawn at random, and
questions a few words of a passage, so that every question has one that it was made from.
"""

import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import bm25s
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from models.data.records import Passage, Passages
from models.events import finish
from models.retrieval.lexical import LexicalIndex
from models.retrieval.mining import mine

_COUNT = 30


def made(path, count, asked):
    """Passages, and questions with an answer and the row that each was made from."""
    rng = random.Random(0)
    lines = [line for line in path.read_text("utf-8").splitlines() if len(line.split()) > 5]
    texts = [" ".join(rng.sample(lines, 4)) for _ in range(count)]
    rows = [rng.randrange(count) for _ in range(asked)]
    questions = [" ".join(rng.sample(texts[row].split(), 8)) for row in rows]
    answers = [[max(texts[row].split(), key=len)] for row in rows]
    passages = Passages.of(Passage(str(n), str(n), "", text, "") for n, text in enumerate(texts))
    return passages, questions, answers, rows


def main(sentences, passages=100_000, questions=2_000):
    """Prints the seconds of both, and what 50,000 questions would take."""
    corpus, asked, answers, rows = made(Path(sentences), int(passages), int(questions))
    started = time.perf_counter()
    index = LexicalIndex.build(corpus.column("text"))
    print(f"index of {len(corpus):,} passages: {time.perf_counter() - started:.1f} s")
    started = time.perf_counter()
    mined = finish(mine(asked, answers, [[row] for row in rows], corpus, _COUNT, index))
    own = time.perf_counter() - started
    assert all(row not in ranked.rows for row, ranked in zip(rows, mined, strict=True))
    with TemporaryDirectory() as folder:
        index.save(Path(folder) / "bm25")
        bm25 = bm25s.BM25.load(Path(folder) / "bm25", show_progress=False)
    started = time.perf_counter()
    for question in asked:
        scores = bm25.get_scores_from_ids(bm25.get_tokens_ids(question.lower().split()))
        np.argpartition(-scores, _COUNT)[:_COUNT]
    plain = time.perf_counter() - started
    for name, seconds in (("mining, answers left out", own), ("bare scores, no answers", plain)):
        whole = seconds * 50_000 / len(asked)
        print(f"{name}: {len(asked) / seconds:,.0f} questions/s, 50,000 in {whole / 60:.1f} min")


if __name__ == "__main__":
    main(*sys.argv[1:])
