"""``contrastive-models train``: an encoder learns, in a folder that can be resumed."""

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from models.cli.console import Console, put
from models.cli.options import positive, whole
from models.cli.recipes import chosen_task, recipe_options
from models.events import Event, finish
from models.training.devices import share_cores
from models.training.estimate import estimate
from models.training.events import Measured, Scored, StepDone, TrainingEvent
from models.training.loop import RunResult, train
from models.training.recipes.families import Kind, family_of

#: What ``Measured.knn`` is called, of each kind of run.
_NEAREST: Mapping[Kind, tuple[str, str]] = {
    "image": ("knn", "kNN"),
    "text": ("knn", "kNN"),
    "question": ("top1", "top-1"),
    "reader": ("exact", "exact answers"),
}


def add(commands: Any) -> None:
    """Declares the command."""
    parser = commands.add_parser("train", help="train an encoder, or a reader of answers")
    recipe_options(parser)
    parser.add_argument("--out", required=True, type=Path, metavar="RUN")
    parser.add_argument("--resume", action="store_true", help="go on with the run in RUN")
    parser.add_argument("--device", metavar="D", help="cpu, cuda, cuda:1, mps")
    parser.add_argument("--seed", type=whole, metavar="S")
    parser.add_argument("--frames", type=positive, metavar="N", help="kept for the replay")
    parser.add_argument("--estimate", action="store_true", help="say how long it will take, only")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Trains, and prints a line for each measurement and one for the end."""
    share_cores()
    console = Console()
    task = console.run(chosen_task(arguments))
    settings = task.recipe.settings
    if arguments.estimate:
        guess = console.run(estimate(task, settings))
        said = {"steps": guess.steps, "seconds": guess.seconds, "memory": guess.memory}
        minutes, size = guess.seconds / 60, guess.memory / 2**20
        text = f"{guess.steps:,} steps, about {minutes:.1f} minutes and {size:,.0f} MiB."
        put(said, arguments.json, text)
        return
    nearest = _NEAREST[family_of(arguments.method).kind]
    report = _Report(console, arguments.json, nearest)
    training = train(task, settings, arguments.out, arguments.resume, live=0)
    with _interruptible() as interrupted, closing(training):

        def listen(event: Event) -> None:
            report.tell(event)
            if interrupted():
                raise KeyboardInterrupt

        report.end(finish(training, listen))


class _Report:
    """Events as lines: of each measurement, with the loss of the step beside it."""

    def __init__(self, console: Console, as_json: bool, nearest: tuple[str, str]) -> None:
        self._console, self._json = console, as_json
        self._key, self._word = nearest
        self._first: Measured | None = None
        self._step: StepDone | None = None
        self._seconds = 0.0

    def tell(self, event: Event) -> None:
        if isinstance(event, Measured):
            if self._step is None:  # before the first step there is no loss yet
                self._first = event
            else:
                self._line(event, self._step)
        elif isinstance(event, StepDone):
            if self._first is not None:
                self._line(self._first, event)
                self._first = None
            self._step = event
            self._seconds += event.seconds
            self._console.tell(event)
        elif isinstance(event, Scored):
            said = {"step": event.step, "score": event.score, "best": event.best}
            best = ", the best so far" if event.best else ""
            put(said, self._json, f"Step {event.step:,}: score {event.score:.2f}{best}.")
            sys.stdout.flush()
        elif not isinstance(event, TrainingEvent):
            self._console.tell(event)

    def _line(self, measured: Measured, step: StepDone) -> None:
        values = {
            "step": measured.step,
            "steps": measured.steps,
            "epoch": step.epoch,
            "loss": step.loss,
            "rate": step.rate,
            **self._figures(measured),
            "seconds": round(self._seconds, 3),
        }
        text = f"Step {measured.step:,}: loss {step.loss:.4f}, {self._text(measured)}."
        put(values, self._json, text)
        sys.stdout.flush()

    def end(self, result: RunResult) -> None:
        values = {
            "step": result.steps,
            "loss": result.loss,
            **self._figures(result.last),
            "before": self._figures(result.first),
            "seconds": round(result.seconds, 3),
            "out": str(result.folder),
            "done": True,
        }
        best = ""
        if result.best is not None:
            values["best"] = {"step": result.best[0], "score": result.best[1]}
            best = f" Its encoder is that of step {result.best[0]:,}, score {result.best[1]:.2f}."
        text = (
            f"{result.folder}: {result.steps:,} steps in {result.seconds:.0f} s; before: "
            f"{self._text(result.first)}; after: {self._text(result.last)}.{best}"
        )
        put(values, self._json, text)

    def _figures(self, measured: Measured) -> dict[str, float | None]:
        figures = {
            "alignment": measured.alignment,
            "uniformity": measured.uniformity,
            self._key: measured.knn,
        }
        return figures if measured.f1 is None else {**figures, "f1": measured.f1}

    def _text(self, measured: Measured) -> str:
        knn = "" if measured.knn is None else f", {self._word} {measured.knn:.1f}%"
        knn += "" if measured.f1 is None else f", F1 {measured.f1:.1f}%"
        return f"alignment {measured.alignment:.3f}, uniformity {measured.uniformity:.3f}{knn}"


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Lets Ctrl+C wait for the end of a step, where the run can be saved."""
    asked: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before = signal.signal(signal.SIGINT, lambda number, frame: asked.append(number))
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)
