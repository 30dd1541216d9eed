"""What is measured, and the work of measuring it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from models.events import Progress, Work
from models.portrait import Portrait, portray
from models.project import Project
from models.training.shelf import RunCard
from models.vector_sets import Drawn, VectorSet, draw, of_file, of_project, of_run

_SAMPLED = 5000

CORPUS = "corpus"


@dataclass(frozen=True, eq=False)
class Source:
    """One entry of the choice.

    Attributes:
        key: the same for the same corpus, run or file.
        title: what the choice calls it.
        stamp: equal as long as there is nothing new to measure.
        open: reads it; slow.
        path: of a run or a file.
    """

    key: str
    title: str
    stamp: object
    open: Callable[[], VectorSet]
    path: Path | None = None


@dataclass(frozen=True, eq=False)
class Measurement:
    """A set of vectors, the rows that were measured, and their figures."""

    what: VectorSet
    drawn: Drawn
    portrait: Portrait


def corpus_source(project: Project) -> Source:
    """The open corpus."""
    stamp = (project.folder, project.vectors_key)
    return Source(CORPUS, f"Corpus: {project.manifest.name}", stamp, lambda: of_project(project))


def run_source(card: RunCard) -> Source:
    """The probe set of a run."""
    title = f"Run: {card.title}"
    folder = card.folder
    return Source(run_key(folder), title, card.step, lambda: of_run(folder), folder)


def run_key(folder: Path) -> str:
    """The key of the run in ``folder``."""
    return f"run {folder}"


def file_source(path: Path, positives: Path | None = None) -> Source:
    """A file of vectors, with or without one of their positives."""
    pairs = "" if positives is None else f" with {positives.name}"
    title = f"File: {path.name}{pairs}"
    return Source(f"file {path}", title, positives, lambda: of_file(path, positives), path)


def measuring(source: Source) -> Work[Measurement]:
    """Reads and measures ``source``."""
    yield Progress("Reading vectors")
    what = source.open()
    drawn = draw(what, _SAMPLED)
    portrait = yield from portray(drawn.vectors, drawn.positives)
    return Measurement(what, drawn, portrait)


def about(found: Measurement) -> str:
    """On what the figures were measured, in a sentence or two."""
    what, drawn = found.what, found.drawn
    count = len(drawn.rows)
    sampled = (
        f"All {drawn.of:,} {what.noun}"
        if count == drawn.of
        else f"{count:,} of {drawn.of:,} {what.noun}, drawn at random with seed 0"
    )
    maker = "" if what.encoder is None else f"embedded by {what.encoder} "
    dimensions = found.portrait.dimensions
    pooling = "" if what.pooling is None else f" ({what.pooling} pooling)"
    at = "" if what.step is None else f" at step {what.step:,}"
    pairs = "" if what.paired is None else f" Positive pairs: each with {_positives(what)}."
    return (
        f"{sampled}, {maker}in {dimensions} dimensions{pooling}{at} and measured at "
        f"length 1.{pairs}"
    )


def _positives(what: VectorSet) -> str:
    if what.positives_path is not None:
        return f"the same row of {what.positives_path.name}"
    return str(what.paired)
