"""Passages a second against sentence-transformers, in the same run.

    python tests/benchmarks/encode.py [passages] [repetitions]

Both encode the same passages of 100 words (Python's own documentation) with all-MiniLM-L6-v2,
in turns, so that a busy machine disturbs both alike; the best repetition of each counts.
"""

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from models.data.cut import Cutting, cut
from models.data.pydocs import read_python_docs
from models.data.records import Document
from models.encoders import catalog
from models.vectors import encode

QUESTIONS = [f"how do I sort a list of {n} numbers?" for n in range(60)]


def passages(count: int) -> list[str]:
    """Passages of exactly 100 words, spread over the documentation."""
    documents = (item for item in read_python_docs() if isinstance(item, Document))
    texts = [p.text for d in documents for p in cut(d, Cutting()) if len(p.text.split()) == 100]
    return texts[:: max(1, len(texts) // count)][:count]


def seconds(work, *arguments) -> float:
    """Wall-clock time of one call."""
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def main(count: int = 64, repetitions: int = 4) -> None:
    """Prints one line for passages and one for single questions."""
    import torch
    from sentence_transformers import SentenceTransformer

    started = time.perf_counter()
    ours = catalog.load("bundled")
    print(f"loaded in {time.perf_counter() - started:.2f} s, {torch.get_num_threads()} threads")
    theirs = SentenceTransformer(str(catalog.bundled_folder()), device="cpu")
    texts = passages(count)
    tokens = np.mean([len(ids) for ids in ours.tokenize(texts, "passage")])

    cosine = (encode(texts, ours).array * theirs.encode(texts)).sum(1).min()
    runs = [
        (seconds(encode, texts, ours), seconds(theirs.encode, texts)) for _ in range(repetitions)
    ]
    fast, slow = (min(column) for column in zip(*runs, strict=True))
    print(
        f"{len(texts)} passages of {tokens:.0f} tokens: {len(texts) / fast:.1f}/s against "
        f"{len(texts) / slow:.1f}/s, ratio {slow / fast:.2f} "
        f"(median of turns {np.median([b / a for a, b in runs]):.2f}), min cosine {cosine:.6f}"
    )
    asked = [
        (
            seconds(encode, [question], ours, "question"),
            seconds(theirs.encode, question),
        )
        for question in QUESTIONS
    ]
    for name, column in zip(
        ("here", "sentence-transformers"), zip(*asked, strict=True), strict=True
    ):
        p50, p95 = np.percentile(np.array(column) * 1000, [50, 95])
        print(f"one question, {name}: p50 {p50:.1f} ms, p95 {p95:.1f} ms")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
