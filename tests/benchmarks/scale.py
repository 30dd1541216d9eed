"""A large project opened and searched, and every kind of index over its vectors; run by hand.

    python tests/benchmarks/scale.py PROJECT [--kinds sq8 ivf ivfpq:rerank=1 ivfpq hnsw:links=16]

Each figure comes from a process of its own, so that memory is that of one thing. The peer is the
exact search over the same vectors in the same process: ratios are to it. Times of questions are
given as they pass and as one thread's own (CPU), which others at work on the machine hardly
change. Memory is that of Linux's ``smaps_rollup``: what is resident, and the part of it that is
not merely mapped from files, which the system could drop at any time. The first opening finds its
files out of the page cache.
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


def timed(ask, questions):
    """Milliseconds of one question: median, 95th percentile, and the median of the thread's own."""
    passed, own = [], []
    for question in questions:
        began, busy = time.perf_counter(), time.thread_time()
        ask(question)
        passed.append(time.perf_counter() - began)
        own.append(time.thread_time() - busy)
    return [1000 * float(v) for v in (*np.percentile(passed, (50, 95)), np.median(own))]


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
        told[method] = timed(lambda text, by=method: searcher.search(text, 10, (by,)), questions)
    told["asked"] = memory()
    started = time.perf_counter()
    finish(project.checking())
    told["checking"] = time.perf_counter() - started
    told["checked"] = memory()
    return told


def spec_of(kind):
    """``ivfpq:rerank=1,probes=16`` as a specification."""
    from models.retrieval.dense import IndexSpec

    name, _, settings = kind.partition(":")
    return IndexSpec(
        name, **{k: int(v) for k, v in (s.split("=") for s in settings.split(",") if s)}
    )


def building(folder, kind, place, patience):
    """Builds one kind into ``place``, unless its progress says that it would take too long."""
    from models.events import Progress
    from models.project import Project
    from models.retrieval.dense import build_dense
    from models.retrieval.measure import Forecast

    project = Project.open(folder)
    similarity = project.manifest.encoder.conventions.similarity
    work = build_dense(project.vectors.array, spec_of(kind), similarity)
    began, busy, most, forecast = time.perf_counter(), time.process_time(), 0.0, Forecast()
    while True:
        try:
            event = next(work)
        except StopIteration as stop:
            stop.value.save(place)
            break
        most = max(most, memory()[1])
        if isinstance(event, Progress) and (whole := forecast.after(event)) > patience:
            return {"skipped": f"would take {whole / 60:.0f} minutes at least"}
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "busy": time.process_time() - busy, "anonymous": most}


def asking(folder, kind, place):
    """Reads the index from ``place`` and asks it and the exact search the same questions."""
    import faiss  # noqa: F401

    from models.project import Project
    from models.retrieval.dense import DenseIndex

    project = Project.open(folder)
    vectors, similarity = project.vectors.array, project.manifest.encoder.conventions.similarity
    own = np.sort(np.random.default_rng(_SEED).permutation(len(vectors))[:_ASKED])
    questions = vectors[own]
    before, began = memory(), time.perf_counter()
    index = DenseIndex.load(place, spec_of(kind), similarity, vectors)
    told = {"read": time.perf_counter() - began, "memory": memory()[1] - before[1]}
    index.search(questions[:1], 10)
    told["own"] = timed(lambda question: index.search(question[None], 10), questions)
    exact = DenseIndex.over(vectors, similarity)
    exact.search(questions[:1], 10)
    told["exact"] = timed(lambda question: exact.search(question[None], 10), questions)
    shares = []
    for row, one, other in zip(
        own, index.search(questions, 11), exact.search(questions, 11), strict=True
    ):
        found, truth = (set(r.rows[r.rows != row][:10].tolist()) for r in (one, other))
        shares.append(len(found & truth) / len(truth))
    told["recall"] = float(np.mean(shares))
    return told


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
    return asking(Path(arguments[0]), arguments[1], Path(arguments[2]))


def pair(values):
    """Two figures of memory."""
    return f"{values[0]:6,.0f} MB resident, {values[1]:6,.0f} MB of it not of files"


def milliseconds(values):
    """Latencies as ``timed`` gives them."""
    return f"p50 {values[0]:.1f}, p95 {values[1]:.1f}, CPU {values[2]:.2f} ms"


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
            print(f"  {method:7} {milliseconds(told[method])}, the question's encoding included")
        print(f"  asked     {pair(told['asked'])}")
        print(f"  every file checked in {told['checking']:.1f} s; {pair(told['checked'])}")
    print("one question on one thread; ratios of CPU time to the exact search")
    for kind in arguments.kinds:
        with tempfile.TemporaryDirectory(dir=arguments.project.parent) as folder:
            place = Path(folder) / "index.faiss"
            made = child("building", arguments.project, kind, place, arguments.patience)
            if "skipped" in made:
                print(f"{kind:16} {made['skipped']}", flush=True)
                continue
            size = place.stat().st_size
            told = child("asking", arguments.project, kind, place)
        own, exact = told["own"], told["exact"]
        print(
            f"{kind:16} recall@10 {told['recall']:.3f}  {milliseconds(own)} "
            f"(ratio {own[2] / exact[2]:.3f}; exact {milliseconds(exact)})\n"
            f"{'':16} file {size / 1e6:,.0f} MB, read in {told['read']:.2f} s into "
            f"{told['memory']:,.0f} MB; built in {made['seconds']:.0f} s ({made['busy']:.0f} s "
            f"of CPU) with {made['anonymous']:,.0f} MB at most",
            flush=True,
        )


if __name__ == "__main__":
    main()
