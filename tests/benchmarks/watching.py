"""What it costs to watch a run, and how late the event loop is meanwhile.

    python tests/benchmarks/watching.py [steps] [turns]

The same run of the laptop preset is trained without a window (the command's own loop, in a child
process) and in the Training workspace, with the sphere and the curves in sight. They take turns;
the first step of each, which waits for memory and kernels, does not count. The event loop's delay
is that of a 5 ms timer; its peer is the same window with nothing running.
"""

import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from responsiveness import Pulse

sys.path.insert(0, str(Path(__file__).parents[2]))

from models.remote import remote
from models.training.events import StepDone
from models.training.recipes.simclr import PRESETS

TRAIN = "models.training.recipes.catalog:train_images"


def rate(stamps: list[float]) -> float:
    """Steps a second after the first few."""
    return (len(stamps) - 4) / (stamps[-1] - stamps[3])


def main(steps: int = 150, turns: int = 3) -> None:
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from explorer.app import Explorer
    from explorer.folders import runs_folder

    app = QApplication(sys.argv[:1])
    explorer = Explorer(app)
    window = explorer.window
    window.resize(1280, 800)
    window.show()
    explorer.begin()

    def run_until(done, seconds: float = 1e9) -> None:
        """The event loop as the program has it: a loop of ``processEvents`` takes a core."""
        began, loop, timer = time.monotonic(), QEventLoop(), QTimer(interval=50)
        timer.timeout.connect(
            lambda: loop.quit() if done() or time.monotonic() - began > seconds else None
        )
        timer.start()
        loop.exec()

    run_until(lambda: explorer.session.searcher is not None)
    window.show_workspace("training")
    view = window.view("training")
    view.panel.form.numbers.length.setValue(steps)
    run_until(lambda: False, 2)
    pulse = Pulse()
    pulse.start()
    run_until(lambda: False, 10)
    pulse.report("idle")

    plain = PRESETS["laptop"]
    recipe = replace(plain, settings=replace(plain.settings, steps=steps))

    def alone(number: int) -> float:
        folder = runs_folder().parent / f"alone-{number}"
        work = remote(TRAIN, "The training", recipe=recipe, source="shapes", folder=folder)
        return rate([time.perf_counter() for event in work if isinstance(event, StepDone)])

    def watched(number: int) -> float:
        stamps: list[float] = []

        def note(event: object) -> None:
            if isinstance(event, StepDone):
                stamps.append(time.perf_counter())

        view.runs.event.connect(note)
        pulse.start()
        view._start()
        run_until(lambda: not view.runs.running)
        pulse.report(f"training {number + 1}")
        view.runs.event.disconnect(note)
        frames = len(view.film.frames)
        print(f"   {frames} frames kept in {stamps[-1] - stamps[0]:.0f} s")
        run_until(lambda: False, 1)  # the list of runs is read again
        return rate(stamps)

    ratios = []
    for turn in range(turns):
        order = (alone, watched) if turn % 2 else (watched, alone)
        rates = {work.__name__: work(turn) for work in order}
        ratios.append(rates["watched"] / rates["alone"])
        print(", ".join(f"{name} {value:.2f} steps/s" for name, value in rates.items()))
    print(f"watched / alone: {np.median(ratios):.3f} ({', '.join(f'{r:.3f}' for r in ratios)})")
    window.close()
    explorer.close()


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        os.environ["CONTRASTIVE_EXPLORER_HOME"] = home
        main(*map(int, sys.argv[1:3]))
