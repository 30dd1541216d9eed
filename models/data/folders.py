"""Which files a corpus on disk consists of."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.data.documents import DOCUMENT_SUFFIXES
from models.data.formats import is_beir
from models.data.tables import TABLE_SUFFIXES
from models.errors import InputError
from models.events import Skipped

#: Endings of all files that are read.
SUFFIXES = (*DOCUMENT_SUFFIXES, *TABLE_SUFFIXES)


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read; ``source`` is its path below what was opened, with ``/``."""

    path: Path
    source: str


def find_files(paths: Sequence[Path]) -> Iterator[Found | Skipped]:
    """Lists the readable files among ``paths`` and in their folders, sorted by name.

    Hidden files are passed over, each file and folder is taken once, and links that lead back are
    not followed. Of a BEIR folder only the corpus is taken.

    Raises:
        InputError: one of ``paths`` does not exist.
    """
    seen: set[tuple[int, int]] = set()
    others: Counter[str] = Counter()
    for path in paths:
        try:
            exists = path.exists()
        except OSError as error:
            raise InputError(f"{path} could not be opened ({error.strerror}).") from error
        if not exists:
            raise InputError(f"There is no file or folder {path}.")
        if path.is_dir():
            yield from _folder(path, path, seen, others)
        else:
            yield from _file(path, path.name, seen, others)
    if others:
        count = sum(others.values())
        kinds = ", ".join(f"{suffix} ({n:,})" for suffix, n in others.most_common(8))
        noun, verb = ("file", "is") if count == 1 else ("files", "are")
        yield Skipped(
            ", ".join(str(path) for path in paths[:3]),
            f"{count:,} {noun} of formats that are not read {verb} left aside: {kinds}.",
        )


def _folder(
    root: Path, folder: Path, seen: set[tuple[int, int]], others: Counter[str]
) -> Iterator[Found | Skipped]:
    source = root.name if folder == root else _source(root, folder)
    try:
        if not _first_time(folder, seen):
            yield Skipped(source, "This is the same folder as one that is read already.")
            return
        entries = sorted(folder.iterdir())
    except OSError as error:
        yield Skipped(source, f"It could not be opened ({error.strerror}).")
        return
    if is_beir(folder):
        entries = [folder / "corpus.jsonl"]
    for entry in entries:
        if entry.name.startswith((".", "~$", "__MACOSX")):
            continue
        try:
            is_folder = entry.is_dir()
        except OSError as error:
            yield Skipped(_source(root, entry), f"It could not be opened ({error.strerror}).")
            continue
        if is_folder:
            yield from _folder(root, entry, seen, others)
        else:
            yield from _file(entry, _source(root, entry), seen, others)


def _file(
    path: Path, source: str, seen: set[tuple[int, int]], others: Counter[str]
) -> Iterator[Found | Skipped]:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        others[suffix or "no ending"] += 1
    elif not path.is_file():
        yield Skipped(source, "It is a link to nowhere, or no file.")
    elif _first_time(path, seen):
        yield Found(path, source)
    else:
        yield Skipped(source, "This is the same file as one that is read already.")


def _first_time(path: Path, seen: set[tuple[int, int]]) -> bool:
    status = path.stat()
    key = (status.st_dev, status.st_ino)
    if key in seen:
        return False
    seen.add(key)
    return True


def _source(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
