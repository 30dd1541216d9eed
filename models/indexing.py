"""From a recipe to a project folder: read, cut, embed what is new, index, land whole.

Each step is a ``yield`` away from being cancelled. What was embedded so far stays in the
folder's ``embedding`` store, and the next build of any recipe with the same encoder goes on from
there.
"""

import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
from filelock import FileLock, Timeout

from models.data.cut import cut
from models.data.read import read_corpus
from models.data.records import Document, Passage, Passages
from models.encoders.base import Encoder, Text
from models.errors import InputError
from models.events import Progress, Skipped, Work
from models.files import fingerprint, write_error
from models.project import MANIFEST, Manifest, Project, Recipe, plain, text_of
from models.retrieval.dense import build_dense
from models.retrieval.lexical import LexicalIndex
from models.samples import SAMPLES
from models.store import VectorStore
from models.unfinished import NAME, Unfinished
from models.vectors import Encoded, Vectors, encoding, text_key

_WINDOW = 4096  # texts tokenised at once: bounds memory, and progress begins soon
_LOCK = ".lock"
_SHOWN = 200  # skipped records listed in the manifest; all are counted


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
        tally = _Tally()
        passages = yield from _read(recipe, tally)
        titles = recipe.with_titles(encoder.card)
        pairs = zip(passages.column("title"), passages.column("text"), strict=True)
        texts = [text_of(title, text, titles) for title, text in pairs]
        workspace = folder / f".building-{time.time_ns():x}"
        try:
            workspace.mkdir()
            yield from _embed(texts, encoder, folder, previous, workspace)
            yield from _index(recipe, texts, encoder, workspace)
            passages.save(workspace / "passages.arrow")
            manifest = Manifest(
                name=name or Path(recipe.sources[0]).stem or folder.name,
                data=f"data-{workspace.name.removeprefix('.building-')}",
                recipe=recipe,
                titles=titles,
                encoder=encoder.card,
                passages=len(passages),
                documents=tally.documents,
                skipped=tally.skipped,
                skipped_shown=tuple(tally.shown),
                seconds=round(time.monotonic() - started, 3),
                files=_checksums(workspace),
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


@dataclass
class _Tally:
    documents: int = 0
    skipped: int = 0
    shown: list[tuple[str, str]] = field(default_factory=list)

    def skip(self, event: Skipped) -> None:
        self.skipped += 1
        if len(self.shown) < _SHOWN:
            self.shown.append((event.where, event.why))


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


def _documents(recipe: Recipe) -> Iterator[Document | Skipped | Progress]:
    if len(recipe.sources) == 1 and recipe.sources[0] in SAMPLES:
        return SAMPLES[recipe.sources[0]].documents()
    return read_corpus([Path(source) for source in recipe.sources], recipe.reading)


def _read(recipe: Recipe, tally: _Tally) -> Work[Passages]:
    """Documents to passages, held as Arrow chunks so that a million fit in memory."""
    chunks: list[pa.Table] = []
    batch: list[Passage] = []
    seen: set[str] = set()
    for item in _documents(recipe):
        if isinstance(item, Progress):
            yield item
            continue
        if isinstance(item, Skipped):
            tally.skip(item)
            yield item
            continue
        tally.documents += 1
        for passage in cut(item, recipe.cutting):
            if passage.id in seen:
                skipped = Skipped(item.source, f"A second record has the id {passage.id}.")
                tally.skip(skipped)
                yield skipped
                continue
            seen.add(passage.id)
            batch.append(passage)
        if len(batch) >= 8192:
            chunks.append(Passages.of(batch).table)
            batch = []
            yield Progress("Reading", len(seen), None, "passages")
    if batch:
        chunks.append(Passages.of(batch).table)
    if not chunks:
        raise InputError(f"No text was found in {', '.join(recipe.sources)}.")
    return Passages(_joined(chunks))


def _joined(chunks: list[pa.Table]) -> pa.Table:
    """One table of all chunks; a field that some files lack is empty there."""
    import pyarrow.compute as pc

    table = pa.concat_tables(chunks, promote_options="default")
    for position, name in enumerate(table.column_names):
        if table.column(name).null_count:
            table = table.set_column(position, name, pc.fill_null(table.column(name), ""))
    return table.combine_chunks()


def _embed(
    texts: Sequence[Text], encoder: Encoder, folder: Path, previous: Project | None, workspace: Path
) -> Work[None]:
    """Embeds the texts that no earlier build has, and writes vectors.npy and keys.npy."""
    card = encoder.card
    store = VectorStore(folder / "embedding" / card.key, card.dimensions)
    if previous is not None and previous.manifest.encoder.key == card.key:
        store.know(np.load(previous.data / "keys.npy"), previous.vectors.array)
    total = len(texts)
    keys = [text_key(text, card.key, "passage") for text in texts]
    first = {key: row for row, key in reversed(list(enumerate(keys))) if key not in store}
    todo = sorted(first.values())  # texts that occur twice are embedded once
    known = total - len(todo)
    yield Progress("Embedding", known, total, "passages")
    rows = iter(todo)
    try:
        while window := list(islice(rows, _WINDOW)):
            for event in encoding([texts[row] for row in window], encoder, "passage"):
                if isinstance(event, Encoded):
                    store.add([keys[window[i]] for i in event.rows], event.vectors)
                    known += len(event.rows)
                    yield Progress("Embedding", known, total, "passages")
    finally:
        store.flush()
    # Written, not memory-mapped: a disk that fills up then is an error, not a bus error.
    with (workspace / "vectors.npy").open("wb") as file:
        shape = {"descr": "<f4", "fortran_order": False, "shape": (total, card.dimensions)}
        np.lib.format.write_array_header_1_0(file, shape)
        for start in range(0, total, _WINDOW):
            file.write(store.rows(keys[start : start + _WINDOW]).tobytes())
    np.save(workspace / "keys.npy", np.frombuffer(b"".join(keys), np.uint8).reshape(-1, 16))


def _index(recipe: Recipe, texts: Sequence[Text], encoder: Encoder, workspace: Path) -> Work[None]:
    """Writes bm25/ and, unless the vectors themselves are the index, index.faiss."""
    lexical = yield from LexicalIndex.building([plain(text) for text in texts])
    lexical.save(workspace / "bm25")
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


def _checksums(folder: Path) -> dict[str, tuple[int, str]]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_size, fingerprint(path))
        for path in files
    }
