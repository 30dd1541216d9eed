"""From a question to its hits over 100,000 passages; run by hand.

    python tests/benchmarks/search.py [--passages 100000] [--questions 200] [--index flat]

Texts are 100 words each, drawn from a vocabulary of 50,000 by Zipf's law; vectors are clustered at
random; questions are embedded by the bundled encoder. The aim is a total whose p95 is under 30 ms.
"""

import argparse
import time

import numpy as np

from models.data.records import Passage, Passages
from models.encoders.catalog import load
from models.events import finish
from models.retrieval.dense import IndexSpec, build_dense
from models.retrieval.lexical import LexicalIndex
from models.retrieval.searcher import Searcher
from models.vectors import Vectors


def clustered(count, dimensions=384, clusters=200, seed=0):
    """Random unit vectors (count, dimensions) around random centres."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(clusters, dimensions)).astype(np.float32)
    points = centres[rng.integers(clusters, size=count)]
    points += 0.7 * rng.standard_normal((count, dimensions), np.float32)
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def words(count, seed=0):
    """``count`` texts of 100 words whose frequencies fall as those of a language do."""
    rng = np.random.default_rng(seed)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    vocabulary = np.array(["".join(rng.choice(letters, 3 + n % 8)) for n in range(50_000)])
    weights = 1 / np.arange(10, len(vocabulary) + 10)
    drawn = rng.choice(vocabulary, (count, 100), p=weights / weights.sum())
    return [" ".join(row) for row in drawn]


def measured(run, items):
    """Milliseconds of ``run`` for each item, after one that does not count."""
    run(items[0])
    times = []
    for item in items:
        started = time.perf_counter()
        run(item)
        times.append(1000 * (time.perf_counter() - started))
    return np.array(times)


def main():
    """Builds everything, then prints p50 and p95 of each part."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--index", default="flat")
    arguments = parser.parse_args()
    encoder = load("bundled")
    texts = words(arguments.passages)
    started = time.perf_counter()
    lexical = LexicalIndex.build(texts)
    print(f"BM25 index of {len(texts):,} passages: {time.perf_counter() - started:.1f} s")
    array = clustered(len(texts), encoder.card.dimensions)
    started = time.perf_counter()
    dense = finish(build_dense(array, IndexSpec(arguments.index), "cosine"))
    print(f"{arguments.index} index: {time.perf_counter() - started:.1f} s")
    passages = Passages.of(Passage(str(i), str(i), "", t, "") for i, t in enumerate(texts))
    vectors = Vectors(array, encoder.card.key, normalized=True)
    searcher = Searcher(passages, vectors, encoder, dense, lexical)
    rng = np.random.default_rng(1)
    questions = [
        f"what is the {' '.join(rng.choice(texts[row].split(), 5))} of it?"
        for row in rng.integers(len(texts), size=arguments.questions)
    ]
    near = clustered(len(questions), encoder.card.dimensions, seed=2)
    parts = {
        "encode": (
            lambda q: encoder.forward(encoder.tokenize([q], "question"), "question"),
            questions,
        ),
        "dense": (lambda v: dense.search(v[None], 10), near),
        "bm25": (lambda q: lexical.search(q, 10), questions),
        "total, dense": (lambda q: searcher.search(q, 10, ("dense",)), questions),
        "total, hybrid": (lambda q: searcher.search(q, 10, ("hybrid",)), questions),
        "total, all three": (lambda q: searcher.search(q, 10), questions),
    }
    for name, (run, items) in parts.items():
        p50, p95 = np.percentile(measured(run, items), (50, 95))
        print(f"{name:18} p50 {p50:7.2f} ms   p95 {p95:7.2f} ms")


if __name__ == "__main__":
    main()
