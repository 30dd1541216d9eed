"""What the workspace reads in the background, and what it says of a run that has ended."""

from pathlib import Path

from explorer.views.training.film import Film
from models.data.tables import preview
from models.events import Progress, Work
from models.reader.watched import read_watched
from models.training.devices import Device, devices
from models.training.history import run_classes, run_pixels, run_texts
from models.training.loop import RunResult


def finding() -> Work[tuple[Device, ...]]:
    """The devices of this machine."""
    yield Progress("Looking for devices")
    return devices()


def columns_of(path: str) -> Work[tuple[str, ...]]:
    """The columns of a table."""
    yield Progress("Reading columns")
    return preview(Path(path)).columns


def picturing(folder: Path, count: int) -> Work[tuple[object, ...]]:
    """What the ``count`` points of a run stand for, as ``Stage.set_things`` takes it."""
    yield Progress("Reading what is watched")
    watched = read_watched(folder, count)
    return run_pixels(folder, count), run_texts(folder, count), run_classes(folder), watched


def finished_text(result: RunResult, film: Film) -> str:
    """How long a run took, what it reached, and which of its weights serve."""
    first, last = result.first, result.last
    if last.f1 is None:
        name = "top-1" if film.asked else "kNN"
        knn = f", {name} {first.knn:.1f} → {last.knn:.1f}%" if last.knn is not None else ""
        figures = (
            f"alignment {first.alignment:.3f} → {last.alignment:.3f}, uniformity "
            f"{first.uniformity:.3f} → {last.uniformity:.3f}{knn}"
        )
    else:
        exact = f"exact answers {first.knn or 0:.1f} → {last.knn or 0:.1f}%"
        figures = f"{exact}, F1 {first.f1 or 0:.1f} → {last.f1:.1f}%"
    best = ""
    if result.best is not None:
        step, score = result.best
        what = "encoder" if last.f1 is None else "reader"
        best = f"; its {what} is that of step {step:,}, which scored best ({score:.2f})"
    return f"Trained {result.steps:,} steps in {result.seconds:.0f} s: {figures}{best}."
