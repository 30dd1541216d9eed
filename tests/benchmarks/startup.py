"""Seconds from the start of the process to a painted window, a full sphere and a first answer.

    python tests/benchmarks/startup.py [RUNS]

Each run is a fresh process with a fresh home folder; the question is typed while the encoder still
loads. The peers, in the same turns: Python importing PySide6.QtWidgets alone, and
sentence-transformers answering one question with the same weights.
"""

import os
import subprocess
import sys
import tempfile
import time

import numpy as np

_QT = "import PySide6.QtWidgets"
_PEER = """
from sentence_transformers import SentenceTransformer
from models.encoders.catalog import bundled_folder
SentenceTransformer(str(bundled_folder()), device="cpu").encode("why?")
"""
_OURS = """
import sys, time
began = float(sys.argv[1])
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from explorer.app import Explorer
app = QApplication([])
explorer = Explorer(app)
explorer.window.show()
app.processEvents()
print("window", time.time() - began)
explorer.begin()
explorer.session.ask("Why does dropout work as an augmentation?")
until = time.time() + 120
while explorer.session.answer is None and time.time() < until:
    app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
print("answer", time.time() - began)
explorer.window.close()
explorer.close()
"""


def _timed(code: str) -> dict[str, float]:
    began = time.time()
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "CONTRASTIVE_EXPLORER_HOME": home,
            "QT_QPA_PLATFORM": "offscreen",
        }
        command = [sys.executable, "-c", code, str(began)]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    times = {"exit": time.time() - began}
    for line in run.stdout.splitlines():
        name, value = line.split()
        times[name] = float(value)
    return times


def main(runs: int) -> None:
    """Turns of all three, and the medians."""
    seen: dict[str, list[float]] = {}
    for _ in range(runs):
        for name, value in _timed(_OURS).items():
            seen.setdefault(name, []).append(value)
        seen.setdefault("peer: import QtWidgets", []).append(_timed(_QT)["exit"])
        seen.setdefault("peer: sentence-transformers", []).append(_timed(_PEER)["exit"])
    for name in ("window", "answer", "peer: import QtWidgets", "peer: sentence-transformers"):
        values = seen[name]
        print(f"{name:30} median {np.median(values):5.2f} s  max {max(values):5.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
