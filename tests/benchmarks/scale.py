"""A large project opened and searched, and every kind of index over its vectors; run by hand.

    python tests/benchmarks/scale.py PROJECT [--kinds sq8 ivf ivfpq hnsw] [--patience 900]

Each figure comes from a process of its own, so that memory is that of one thing. The peer is the
exact search over the same vectors in the same process: ratios are to it. Memory is that of Linux's
``smaps_rollup``: what is resident, and the part of it that is not merely mapped from files, which
the system could drop at any time. The first opening finds its files out of the page cache.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

_ASKED = 100
_SEED = 0


def memory():
    """Megabytes resident, and those of them that no file backs."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    return kilobytes["Rss"] / 1e3, kilobytes["Anonymous"] / 1e3


def forget(folder):
    """Asks the system to drop the folder's files from its cache."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def opening(folder, cold):
    """Opens the project part by part, asks 100 questions by each method, and checks its files."""
    from models.events import finish
    from models.opening import encoder_of, searcher_of
    from models.project import Project
    from models.retrieval.searcher import METHODS

    import bm25s  # noqa: F401  isort: skip
    import faiss  # noqa: F401  isort: skip
    import torch

    torch.set_num_threads(1)
    encoder = encoder_of(Project.open(folder).manifest.recipe)
    if cold:
        forget(folder)
    before = memory()
    started = time.perf_counter()
    project = Project.open(folder)
    told = {"project": time.perf_counter() - started}
    searcher = searcher_of(project, encoder)
    told["searcher"] = time.perf_counter() - started
    told["added"] = [after - base for after, base in zip(memory(), before, strict=True)]
    told["opened"] = memory()
    rows = np.random.default_rng(_SEED).permutation(len(project.passages))[:_ASKED]
    questions = [" ".join(project.passages[row].text.split()[:8]) for row in rows.tolist()]
    searcher.search(questions[0])
    for method in METHODS:
        times = []
        for question in questions:
            times.append(searcher.search(question, 10, (method,)).seconds)
        told[method] = [1000 * value for value in np.percentile(times, (50, 95))]
    told["asked"] = memory()
    started = time.perf_counter()
    finish(project.checking())
    told["checking"] = time.perf_counter() - started
    told["checked"] = memory()
    return told


def building(folder, kind, place, patience):
    """Measures one kind against the exact search, and leaves the index in ``place``."""
    from models.events import Skipped, finish
    from models.project import Project
    from models.retrieval.dense import DenseIndex, IndexSpec
    from models.retrieval.measure import compare_indexes

    project = Project.open(folder)
    similarity = project.manifest.encoder.conventions.similarity
    kept, save = [], DenseIndex.write

    def write(self, file):
        """Keeps the index that the measure writes to find its size."""
        with place.open("wb") as target:
            save(self, target)
        file.size = place.stat().st_size

    DenseIndex.write = write
    name, _, settings = kind.partition(":")
    fields = {key: int(value) for key, value in (s.split("=") for s in settings.split(",") if s)}
    work = compare_indexes(
        project.vectors.array,
        [IndexSpec(), IndexSpec(name, **fields)],
        similarity=similarity,
        patience=patience,
    )
    measures = finish(work, kept.append)
    skipped = [event.why for event in kept if isinstance(event, Skipped)]
    return {
        "skipped": skipped,
        "measures": [
            [m.recall, m.p50, m.p95, m.bytes, m.seconds, list(vars(m.spec).values())]
            for m in measures
        ],
    }


def loading(folder, kind, place):
    """What reading the index from ``place`` takes and adds to memory, before any question."""
    from models.project import Project
    from models.retrieval.dense import DenseIndex, IndexSpec

    import faiss  # noqa: F401  isort: skip

    project = Project.open(folder)
    similarity = project.manifest.encoder.conventions.similarity
    before, started = memory(), time.perf_counter()
    spec = IndexSpec(kind.partition(":")[0])
    index = DenseIndex.load(place, spec, similarity, project.vectors.array)
    seconds, after = time.perf_counter() - started, memory()
    assert len(index) == len(project.passages)
    return {"seconds": seconds, "added": after[1] - before[1]}


def child(step, *arguments):
    """The result of one step in a process of its own."""
    command = [sys.executable, __file__, "--step", json.dumps([step, *map(str, arguments)])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def run(step, *arguments):
    """One step, in this process."""
    if step == "opening":
        return opening(Path(arguments[0]), arguments[1] == "True")
    if step == "building":
        folder, kind, place, patience = arguments
        return building(Path(folder), kind, Path(place), float(patience))
    return loading(Path(arguments[0]), arguments[1], Path(arguments[2]))


def pair(values):
    """Two figures of memory."""
    return f"{values[0]:6,.0f} MB resident, {values[1]:6,.0f} MB of it not of files"


def main():
    """Prints the openings, then a line a kind."""
    parser = argparse.ArgumentParser()
    parser.add_argument("project", nargs="?", type=Path)
    parser.add_argument("--kinds", nargs="*", default=["sq8", "ivf", "ivfpq:rerank=1", "ivfpq"])
    parser.add_argument("--patience", type=float, default=900, help="seconds to build a kind")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        print(json.dumps(run(*json.loads(arguments.step))))
        return
    for cold in (True, False):
        told = child("opening", arguments.project, cold)
        print(f"{'files not cached' if cold else 'files cached'}:")
        print(f"  opened in {told['project']:.2f} s, ready to search {told['searcher']:.2f} s")
        print(f"  with it   {pair(told['opened'])}; of the project {pair(told['added'])}")
        for method in ("dense", "bm25", "hybrid"):
            print(f"  {method:7} p50 {told[method][0]:7.1f} ms   p95 {told[method][1]:7.1f} ms")
        print(f"  asked     {pair(told['asked'])}")
        print(f"  every file checked in {told['checking']:.1f} s; {pair(told['checked'])}")
    print("kind, one question on one thread; ratios to the exact search in the same process")
    for kind in arguments.kinds:
        with tempfile.TemporaryDirectory(dir=arguments.project.parent) as folder:
            place = Path(folder) / "index.faiss"
            made = child("building", arguments.project, kind, place, arguments.patience)
            if made["skipped"]:
                print(f"{kind:16} {made['skipped'][0]}")
                continue
            flat, own = made["measures"]
            read = child("loading", arguments.project, kind, place)
        print(
            f"{kind:16} recall@10 {own[0]:.3f}  p50 {own[1]:7.2f} ms ({own[1] / flat[1]:.3f})  "
            f"p95 {own[2]:7.2f} ms ({own[2] / flat[2]:.3f})  disk {own[3] / 1e6:7,.0f} MB "
            f"({own[3] / flat[3]:.3f})  memory {read['added']:7,.0f} MB  "
            f"built {own[4]:6.1f} s  read {read['seconds']:.2f} s  "
            f"exact p50 {flat[1]:.1f} ms",
            flush=True,
        )


if __name__ == "__main__":
    main()
