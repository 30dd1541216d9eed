"""From a recipe to a project folder: read, cut, embed what is new, index, land whole.

Each step is a ``yield`` away from being cancelled. What was embedded so far stays in the
folder's ``embedding`` store, and the next build of any recipe with the same encoder goes on from
there.
"""

import shutil
import time
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from models.checksums import summing
from models.corpus import Tally, plain_of, read_passages, texts_of
from models.corpus_vectors import embed
from models.data.lazy import Lazy
from models.data.records import Passages
from models.encoders.base import Encoder, Text
from models.errors import InputError
from models.events import Shortened, Work
from models.files import write_error
from models.project import MANIFEST, Manifest, Project, Recipe
from models.retrieval.dense import build_dense
from models.retrieval.lexical import LexicalIndex
from models.unfinished import NAME, Unfinished
from models.vectors import Vectors

_LOCK = ".lock"


def build(recipe: Recipe, folder: Path, encoder: Encoder, name: str = "") -> Work[Project]:
    """Builds or brings up to date the project in ``folder`` and returns it opened.

    Yields Progress for every stage and Skipped for every record that could not be used. Closing
    the generator cancels: the folder keeps the project it had, if any, and a mark by which the
    build can go on (``models.unfinished``).

    Raises:
        InputError: nothing readable in the sources, a full disk, a folder of something else, or
            another build running in the same folder.
    """
    started = time.monotonic()
    recipe = replace(recipe, encoder=encoder.card.source)  # a relative path is no use tomorrow
    _claim(folder)
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise InputError(f"Another process is building the index in {folder}.") from error
    unfinished = Unfinished(folder, name or folder.name, recipe)
    try:
        unfinished.write()
        previous = _previous(folder)
        tally = Tally()
        titles = recipe.with_titles(encoder.card)
        workspace = folder / f".building-{time.time_ns():x}"
        try:
            workspace.mkdir()
            passages = yield from read_passages(recipe, workspace / "passages.arrow", tally)
            yield from _compared(recipe, passages, previous)
            texts, count = texts_of(passages, titles), len(passages)
            yield from embed(texts, encoder, folder, previous, workspace)
            yield from _index(recipe, texts, encoder, workspace)
            sums, large = yield from summing(workspace)
            del passages, texts  # mapped files cannot be moved everywhere
            manifest = Manifest(
                name=name or Path(recipe.sources[0]).stem or folder.name,
                data=f"data-{workspace.name.removeprefix('.building-')}",
                recipe=recipe,
                titles=titles,
                encoder=encoder.card,
                passages=count,
                documents=tally.documents,
                skipped=tally.skipped,
                skipped_shown=tuple(tally.shown),
                seconds=round(time.monotonic() - started, 3),
                files=sums,
                large=large,
            )
            workspace.rename(folder / manifest.data)
            manifest.write(folder)
            unfinished.forget()
        except OSError as error:
            raise write_error(folder, error) from error
        finally:
            shutil.rmtree(workspace, ignore_errors=True)
        _sweep(folder, manifest.data)
        return Project.open(folder)
    except InputError:
        unfinished.forget()  # it failed for a reason that was told; going on would fail again
        raise
    finally:
        lock.release()
        _leave(folder)


def _claim(folder: Path) -> None:
    """Makes the folder, and refuses one that holds something other than a project."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        strangers = [p.name for p in folder.iterdir() if not _ours(p)]
    except OSError as error:
        raise write_error(folder, error) from error
    if strangers and not (folder / MANIFEST).is_file():
        raise InputError(
            f"{folder} already holds other files ({sorted(strangers)[0]}); choose an empty folder."
        )


def _ours(path: Path) -> bool:
    return path.name in (MANIFEST, _LOCK, NAME, "embedding", "layouts") or path.name.startswith(
        ("data-", ".building-", ".project.json.")
    )


def _previous(folder: Path) -> Project | None:
    """The project there, whose vectors serve again; a damaged one is simply built anew."""
    try:
        return Project.open(folder)
    except InputError:
        return None


def _sweep(folder: Path, keep: str) -> None:
    """Removes what earlier generations and broken-off builds left."""
    for path in folder.iterdir():
        stale = path.name.startswith((".building-", "data-")) and path.name != keep
        if stale or path.name == "embedding":
            shutil.rmtree(path, ignore_errors=True)


def _leave(folder: Path) -> None:
    """Takes back a folder in which nothing came to stand."""
    if {path.name for path in folder.iterdir()} <= {_LOCK}:
        (folder / _LOCK).unlink(missing_ok=True)
        folder.rmdir()


def _compared(recipe: Recipe, passages: Passages, previous: Project | None) -> Work[None]:
    """Tells of sources that hold less than when they were last indexed; what is gone is gone."""
    before = None if previous is None else previous.manifest
    if before is None or (before.recipe.sources, before.recipe.cutting) != (
        recipe.sources,
        recipe.cutting,
    ):
        return
    if len(passages) < before.passages:
        yield Shortened(
            ", ".join(recipe.sources),
            f"There were {before.passages:,} passages when this was last indexed and there are "
            f"{len(passages):,} now; the others leave the index.",
        )


def _index(recipe: Recipe, texts: Lazy[Text], encoder: Encoder, workspace: Path) -> Work[None]:
    """Writes bm25/ and, unless the vectors themselves are the index, index.faiss."""
    lexical = yield from LexicalIndex.building(plain_of(texts))
    lexical.save(workspace / "bm25")
    del lexical
    if recipe.index.kind == "flat":
        return
    conventions = encoder.card.conventions
    vectors = Vectors.load(
        workspace / "vectors.npy",
        encoder_key=encoder.card.key,
        normalized=conventions.normalize,
    )
    index = yield from build_dense(vectors.array, recipe.index, conventions.similarity)
    index.save(workspace / "index.faiss")
