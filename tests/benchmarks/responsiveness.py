"""How late the event loop is while the program indexes, and while UMAP runs.

    python tests/benchmarks/responsiveness.py CORPUS

A timer is due every 5 ms; its delay is what a key press would have waited. The peer is the same
window with nothing running, in the same process. CORPUS is indexed with the bundled encoder, then
projected by UMAP, while the sphere turns and a question is retyped now and then.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


class Pulse:
    """Records how late a 5 ms timer fires."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.delays: list[float] = []
        self._due = 0.0
        self._timer = QTimer(interval=5, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self.delays = []
        self._due = time.perf_counter() + 0.005
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.delays.append(max(0.0, 1000 * (now - self._due)))
        self._due = now + 0.005

    def report(self, what: str) -> None:
        self._timer.stop()
        p50, p99, worst = np.percentile(self.delays, (50, 99, 100))
        print(
            f"{what:12} p50 {p50:5.1f}  p99 {p99:6.1f}  max {worst:7.1f} ms  ({len(self.delays)})"
        )


def main(corpus: Path) -> None:
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    from explorer.app import Explorer
    from models.project import Recipe

    app = QApplication(sys.argv[:1])
    explorer = Explorer(app)
    session, window = explorer.session, explorer.window
    window.resize(1280, 800)
    window.show()
    explorer.begin()

    def run_until(done, typing: bool = False, seconds: float = 1e9) -> None:
        began, words = time.monotonic(), 0
        while not done() and time.monotonic() - began < seconds:
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
            if typing and time.monotonic() - began > 0.4 * words:
                words += 1
                session.ask("what is the largest " + "abcdefghijklmnopqrstuvwxyz"[words % 26])

    run_until(lambda: session.searcher is not None)
    window.show_workspace("sphere")
    sphere = window.view("sphere")
    run_until(lambda: sphere.canvas.is_ready and sphere.layout_shown is not None)
    pulse = Pulse()

    pulse.start()
    run_until(lambda: False, typing=True, seconds=10)
    pulse.report("idle")

    before = session.project
    explorer.opener.build(Recipe((str(corpus),)), explorer.opener.projects / "bench", "bench")
    pulse.start()
    run_until(lambda: session.project is not before, typing=True)
    pulse.report("indexing")

    run_until(lambda: session.searcher is not None and sphere.layout_shown is not None)
    pulse.start()
    explorer.commands.run("sphere.projection.umap")
    run_until(lambda: sphere.layout_shown.technique == "umap", typing=True)
    pulse.report("UMAP")
    window.close()
    explorer.close()


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        os.environ["CONTRASTIVE_EXPLORER_HOME"] = home
        main(Path(sys.argv[1]).absolute())
