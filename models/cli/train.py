"""``contrastive-models train``: an encoder learns from images, in a folder that can be resumed."""

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from models.cli.console import Console, put
from models.cli.options import positive, whole
from models.encoders.image import Backbone
from models.errors import InputError
from models.events import Event, Work, finish
from models.training.devices import share_cores
from models.training.estimate import estimate
from models.training.events import Measured, StepDone, TrainingEvent
from models.training.loop import RunResult, train
from models.training.optimisers import Kind
from models.training.recipes.catalog import METHODS, load_task, reopen
from models.training.recipes.images import ImageRecipe, ImageTask


def add(commands: Any) -> None:
    """Declares the command."""
    parser = commands.add_parser("train", help="train an encoder on images")
    parser.add_argument("method", choices=METHODS)
    parser.add_argument("--data", metavar="D", help="'shapes', 'digits', a file or a folder")
    parser.add_argument("--preset", choices=["laptop", "paper"], default="laptop")
    parser.add_argument("--out", required=True, type=Path, metavar="RUN")
    parser.add_argument("--resume", action="store_true", help="go on with the run in RUN")
    parser.add_argument("--epochs", type=positive, metavar="N")
    parser.add_argument("--steps", type=positive, metavar="N", help="instead of epochs")
    parser.add_argument("--batch", type=positive, metavar="B")
    parser.add_argument("--rate", type=float, metavar="R", help="peak learning rate")
    parser.add_argument("--optimiser", choices=get_args(Kind))
    parser.add_argument("--temperature", type=float, metavar="T")
    parser.add_argument("--backbone", choices=get_args(Backbone))
    parser.add_argument("--dimensions", type=positive, metavar="D", help="of the head's output")
    parser.add_argument("--device", metavar="D", help="cpu, cuda, cuda:1, mps")
    parser.add_argument("--seed", type=whole, metavar="S")
    parser.add_argument("--limit", type=positive, metavar="N", help="at most so many images")
    parser.add_argument("--probe", type=positive, metavar="N", help="images watched on the sphere")
    parser.add_argument("--frames", type=positive, metavar="N", help="kept for the replay")
    parser.add_argument("--estimate", action="store_true", help="say how long it will take, only")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Trains, and prints a line for each measurement and one for the end."""
    share_cores()
    console = Console()
    task = console.run(_task(arguments))
    settings = task.recipe.settings
    if arguments.estimate:
        guess = console.run(estimate(task, settings))
        said = {"steps": guess.steps, "seconds": guess.seconds, "memory": guess.memory}
        minutes, size = guess.seconds / 60, guess.memory / 2**20
        text = f"{guess.steps:,} steps, about {minutes:.1f} minutes and {size:,.0f} MiB."
        put(said, arguments.json, text)
        return
    report = _Report(console, arguments.json)
    work = train(task, settings, arguments.out, arguments.resume, live=0)
    with _interruptible() as interrupted, closing(work):

        def listen(event: Event) -> None:
            report.tell(event)
            if interrupted():
                raise KeyboardInterrupt

        report.end(finish(work, listen))


def _task(arguments: argparse.Namespace) -> Work[ImageTask]:
    """The task that the options describe; of a run that goes on, what it was started with."""
    source, limit = arguments.data, arguments.limit
    if arguments.resume:
        recipe, known, known_limit = reopen(arguments.out)
        source, limit = source or known, limit or known_limit
        recipe = replace(recipe, method=arguments.method)
    else:
        recipe = METHODS[arguments.method].PRESETS[arguments.preset]
        if source is None:
            raise InputError("Say with --data what to train on: shapes, digits, or a path.")
    if source not in ("shapes", "digits"):
        source = str(Path(source).absolute())
    return load_task(_chosen(recipe, arguments), source, limit, fit=not arguments.resume)


def _chosen(recipe: ImageRecipe, arguments: argparse.Namespace) -> ImageRecipe:
    """``recipe`` with what was set by hand."""
    if arguments.epochs and arguments.steps:
        raise InputError("A run is so many epochs or so many steps long; choose one of the two.")
    settings = recipe.settings
    if arguments.epochs or arguments.steps:
        settings = replace(settings, epochs=arguments.epochs, steps=arguments.steps)
    settings = replace(
        settings, **_given(arguments, "batch", "rate", "optimiser", "device", "seed", "frames")
    )
    net = replace(recipe.net, **_given(arguments, "backbone"))
    if arguments.dimensions:
        net = replace(net, head=(net.head[0], arguments.dimensions))
    return replace(recipe, settings=settings, net=net, **_given(arguments, "temperature", "probe"))


def _given(arguments: argparse.Namespace, *names: str) -> dict[str, Any]:
    values = {name: getattr(arguments, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}


class _Report:
    """Events as lines: of each measurement, with the loss of the step beside it."""

    def __init__(self, console: Console, as_json: bool) -> None:
        self._console, self._json = console, as_json
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
        elif not isinstance(event, TrainingEvent):
            self._console.tell(event)

    def _line(self, measured: Measured, step: StepDone) -> None:
        values = {
            "step": measured.step,
            "steps": measured.steps,
            "epoch": step.epoch,
            "loss": step.loss,
            "rate": step.rate,
            **_figures(measured),
            "seconds": round(self._seconds, 3),
        }
        put(values, self._json, f"Step {measured.step:,}: loss {step.loss:.4f}, {_text(measured)}.")
        sys.stdout.flush()

    def end(self, result: RunResult) -> None:
        values = {
            "step": result.steps,
            "loss": result.loss,
            **_figures(result.last),
            "before": _figures(result.first),
            "seconds": round(result.seconds, 3),
            "out": str(result.folder),
            "done": True,
        }
        text = (
            f"{result.folder}: {result.steps:,} steps in {result.seconds:.0f} s; before: "
            f"{_text(result.first)}; after: {_text(result.last)}."
        )
        put(values, self._json, text)


def _figures(measured: Measured) -> dict[str, float | None]:
    return {
        "alignment": measured.alignment,
        "uniformity": measured.uniformity,
        "knn": measured.knn,
    }


def _text(measured: Measured) -> str:
    knn = "" if measured.knn is None else f", kNN {measured.knn:.1f}%"
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
