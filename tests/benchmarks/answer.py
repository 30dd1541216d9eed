"""From a question to its answer by the small reader: the bundled sample, and SQuAD's paragraphs.

    python tests/benchmarks/answer.py [SQUAD ...] [--questions 200] [--reader R] [-k 5]

SQUAD are files of SQuAD's, of which the first has the questions; their paragraphs are indexed in a
temporary folder first. Times run by the clock from the question's text to the answers of the first
k hits of the hybrid search; the peer, in the same run, is that search alone. The aim is a p95 below
300 ms on two cores.
"""

import argparse
import random
import tempfile
import time
from pathlib import Path

import numpy as np

from models.__main__ import main as command
from models.data.questions import read_questions
from models.events import finish
from models.opening import open_searcher
from models.reader.answering import READ, answering
from models.reader.load import default_reader, load_reader
from models.samples import assets, bundled_questions
from models.training.devices import share_cores

LIMIT = 300.0  # milliseconds
_WARM = 5


def measured(run, questions: list[str]) -> np.ndarray:
    """Milliseconds of each question, after a few that do not count."""
    for question in questions[:_WARM]:
        run(question)
    times = []
    for question in questions:
        started = time.perf_counter()
        run(question)
        times.append(1000 * (time.perf_counter() - started))
    return np.array(times)


def report(name: str, folder: Path, questions: list[str], reader, k: int) -> None:
    """p50 and p95 of the search alone and of all, over one corpus."""
    project, searcher = open_searcher(folder)
    search = measured(lambda question: searcher.search(question, k, ("hybrid",)), questions)
    whole = measured(lambda q: finish(answering(searcher, reader, q, k)), questions)
    words = np.mean([len(text.split()) for text in project.passages.column("text")])
    print(
        f"{name}: {len(project.passages):,} passages of {words:.0f} words, {len(questions)} asked"
    )
    for part, times in (("hits", search), ("hits and answer", whole)):
        p50, p95 = np.percentile(times, (50, 95))
        print(f"  {part:16} p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   max {times.max():7.1f} ms")
    p95 = float(np.percentile(whole, 95))
    ratio = np.median(whole) / np.median(search)
    verdict = "within" if p95 < LIMIT else "BEYOND"
    print(f"  reading {k} hits: {ratio:.1f} times the search; p95 {verdict} {LIMIT:.0f} ms")


def drawn(path: Path, count: int) -> list[str]:
    """Questions with an answer, the same ones each time."""
    asked = [question.text for question in read_questions(path) if question.answers]
    return random.Random(0).sample(asked, min(count, len(asked)))


def main() -> None:
    """Reports both corpora."""
    parser = argparse.ArgumentParser()
    parser.add_argument("squad", nargs="*", type=Path)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--reader")
    parser.add_argument("-k", type=int, default=READ)
    arguments = parser.parse_args()
    share_cores()
    reader = load_reader(arguments.reader) if arguments.reader else default_reader()
    asked = drawn(bundled_questions(), arguments.questions)
    report("Bundled sample", assets() / "sample" / "project", asked, reader, arguments.k)
    if not arguments.squad:
        return
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "project"
        files = [str(file) for file in arguments.squad]
        if command(["index", *files, "--out", str(folder), "--passage-words", "0"]):
            raise SystemExit("The paragraphs could not be indexed.")
        asked = drawn(arguments.squad[0], arguments.questions)
        report("SQuAD", folder, asked, reader, arguments.k)


if __name__ == "__main__":
    main()
