"""Recall, latency, size and build time of every kind of index; run by hand.

    python tests/benchmarks/indexes.py [--vectors file.npy] [--count 100000]

Without a file the vectors are clustered at random, which flatters or wrongs the inverted lists:
measure your own.
"""

import argparse

import numpy as np
from search import clustered

from models.events import finish
from models.retrieval.dense import IndexSpec
from models.retrieval.measure import compare_indexes

SPECS = (
    IndexSpec(),
    IndexSpec("sq8"),
    IndexSpec("hnsw", ef_search=64),
    IndexSpec("hnsw", ef_search=128),
    IndexSpec("ivf", probes=8),
    IndexSpec("ivf", probes=32),
    IndexSpec("ivfpq", probes=32),
)


def main():
    """Prints one line a kind."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--vectors")
    parser.add_argument("--count", type=int, default=100_000)
    arguments = parser.parse_args()
    if arguments.vectors:
        vectors = np.load(arguments.vectors, allow_pickle=False)
    else:
        vectors = clustered(arguments.count)
    print(f"{len(vectors):,} × {vectors.shape[1]}, recall@10 against flat, one question at a time")
    for measure in finish(compare_indexes(vectors, SPECS)):
        spec = measure.spec
        parameter = {"hnsw": spec.ef_search, "ivf": spec.probes, "ivfpq": spec.probes}
        print(
            f"{spec.kind:6}{parameter.get(spec.kind, ''):>5}  recall {measure.recall:.3f}  "
            f"p50 {measure.p50:6.2f} ms  p95 {measure.p95:6.2f} ms  "
            f"{measure.bytes / 1e6:7.1f} MB  built in {measure.seconds:5.1f} s"
        )


if __name__ == "__main__":
    main()
