"""From a key to painted hits among 100,000 passages, in the real window.

    python tests/benchmarks/keystroke.py [PASSAGES]

The passages are made of random words and their vectors are random clusters (embedding them for real
would take long and change nothing here); the question is embedded by the bundled encoder. The time
runs from the key press to the end of the painting of its hits; the peer, in the same run, is the
same key in a window over the bundled sample.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import models.indexing
from models.data.cut import Cutting
from models.encoders import catalog
from models.events import finish
from models.project import Recipe
from models.vectors import Encoded

_QUESTION = "what is the largest river that crosses the desert in the north of the country"


def make(folder: Path, count: int) -> Path:
    """A project of ``count`` passages."""
    rng = np.random.default_rng(0)
    words = np.array([f"w{n:05d}" for n in range(20_000)] + _QUESTION.split())
    weights = 1.0 / np.arange(1, len(words) + 1)
    corpus = folder / "corpus.tsv"
    with corpus.open("w") as file:
        file.write("id\ttext\ttitle\n")
        for row in range(count):
            text = " ".join(rng.choice(words, 60, p=weights / weights.sum()))
            file.write(f"{row}\t{text}\tTitle {row}\n")
    centres = rng.normal(size=(200, 384)).astype(np.float32)

    def encoding(texts, encoder, role):
        vectors = centres[rng.integers(0, 200, len(texts))]
        vectors = vectors + rng.normal(scale=0.6, size=vectors.shape).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        rows = tuple(range(len(texts)))
        yield Encoded(stage="Embedding", rows=rows, vectors=vectors)

    models.indexing.encoding = encoding
    recipe = Recipe((str(corpus),), cutting=Cutting(0))
    finish(models.indexing.build(recipe, folder / "project", catalog.load("bundled")))
    return folder / "project"


def type_in(app, explorer, what: str) -> None:
    """Types the question twice, letter by letter, and prints the times."""
    from PySide6.QtCore import QEventLoop, Qt
    from PySide6.QtTest import QTest

    session, view = explorer.session, explorer.window.view("retrieval")
    answered: list[str] = []
    session.answer_changed.connect(lambda answer: answered.append(answer and answer.question))
    times = []
    for turn in range(2):
        view.box.clear()
        session.ask("")
        for letter in _QUESTION:
            began = time.perf_counter()
            QTest.keyClick(view.box, letter)
            wanted = view.box.text()
            while wanted.strip() and (not answered or answered[-1] != wanted):
                app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 5)
            app.processEvents()  # lays the new hits out and paints them
            if turn and wanted.strip():
                times.append(1000 * (time.perf_counter() - began))
            pause = time.perf_counter() + 0.08
            while time.perf_counter() < pause:
                app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
    QTest.keyClick(view.box, Qt.Key.Key_End)
    p50, p95, worst = np.percentile(times, (50, 95, 100))
    count = len(session.project.passages)
    print(f"{what}: {count:,} passages  p50 {p50:.1f}  p95 {p95:.1f}  max {worst:.1f} ms")


def main(count: int) -> None:
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    from explorer.app import Explorer

    with tempfile.TemporaryDirectory() as home:
        os.environ["CONTRASTIVE_EXPLORER_HOME"] = home
        project = make(Path(home), count)
        app = QApplication(sys.argv[:1])
        explorer = Explorer(app)
        explorer.window.resize(1280, 800)
        explorer.window.show()
        for folder, what in ((None, "peer"), (project, "here")):
            explorer.begin(folder)
            before = explorer.session.project
            while explorer.session.project is before or explorer.session.searcher is None:
                app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
            type_in(app, explorer, what)
        explorer.window.close()
        explorer.close()


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
