"""The samples that come with the program: its own passages, and Python's documentation."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from models.data.pydocs import read_python_docs
from models.data.records import Document
from models.errors import InputError
from models.events import Progress, Skipped
from models.files import write_error
from models.project import Manifest


def assets() -> Path:
    """The folder of the files that ship with the program."""
    return Path(str(files("assets")))


@dataclass(frozen=True)
class Sample:
    """A corpus that needs no file of the user's."""

    title: str
    about: str
    documents: Callable[[], Iterator[Document | Skipped | Progress]]


def _bundled() -> Iterator[Document]:
    path = assets() / "sample" / "passages.jsonl"
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        yield Document(row["id"], row["title"], row["text"], path.name, {"topic": row["topic"]})


def copy_bundled(folder: Path) -> None:
    """Puts the bundled sample, vectors and all, where a project may live; a kept one is left.

    Raises:
        InputError: the folder cannot be written.
    """
    shipped = assets() / "sample" / "project"
    if _passages(folder) == _passages(shipped):
        return  # whatever index or encoder it has been given since
    temporary = folder.with_name(f".{folder.name}.new")
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(shipped, temporary)
        shutil.rmtree(folder, ignore_errors=True)
        temporary.rename(folder)
    except OSError as error:
        raise write_error(folder, error) from error


def copy_bundled_runs(folder: Path) -> None:
    """Puts the bundled training runs among the user's, where they are not yet.

    Raises:
        InputError: the folder cannot be written.
    """
    for shipped in sorted((assets() / "sample" / "runs").glob("*/run.json")):
        place = folder / shipped.parent.name
        if (place / shipped.name).exists():
            continue
        temporary = folder / f".{place.name}.new"
        try:
            shutil.rmtree(temporary, ignore_errors=True)
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copytree(shipped.parent, temporary)
            temporary.rename(place)
        except OSError as error:
            raise write_error(place, error) from error


def _passages(folder: Path) -> object:
    """The checksum of the passages in a whole project, or None where there is none."""
    try:
        manifest = Manifest.read(folder)
        manifest.verify(folder)
        return manifest.files["passages.arrow"]
    except InputError:
        return None


def bundled_questions() -> Path:
    """The questions over the bundled sample, as a file that ``read_questions`` takes."""
    return assets() / "sample" / "questions.jsonl"


SAMPLES: Mapping[str, Sample] = {
    "bundled": Sample(
        "Bundled sample",
        "Twelve topics in short passages, one of them contrastive learning itself.",
        _bundled,
    ),
    "python-docs": Sample(
        "Python documentation on this machine",
        "Topics and docstrings of the standard library, gathered where Python is installed.",
        read_python_docs,
    ),
}
