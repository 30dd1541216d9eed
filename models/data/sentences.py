"""What the published sets of sentences have in common: a folder a task, and plain lines."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from models.data.decode import UnreadableFileError, clean, decode
from models.errors import InputError
from models.events import Progress, Skipped, Work

T = TypeVar("T")
#: Where SentEval's own folder keeps its tasks, from the folder that a user may name.
_BELOW = ("", "downstream", "data/downstream", "senteval")
_KNOWN = ("STS", "SICK", "MR", "CR", "SUBJ", "MPQA", "SST", "TREC", "MRPC")


class MissingFileError(InputError):
    """A task cannot be measured because a file of it is not there."""

    def __init__(self, task: str, path: Path) -> None:
        super().__init__(f"{task} cannot be measured: there is no file {path}.")
        self.why = f"There is no file {path}."


def task_home(folder: Path) -> Path:
    """The folder that holds STS, SICK, MR, …: ``folder`` itself or the one within SentEval's.

    Raises:
        InputError: it is no folder, or holds none of the tasks.
    """
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}.")
    for below in _BELOW:
        home = folder / below
        if any((home / name).is_dir() for name in _KNOWN):
            return home
    raise InputError(
        f"{folder} holds no task of SentEval; give the folder that holds {', '.join(_KNOWN[:3])} …"
    )


def task_name(given: str, known: Sequence[str]) -> str:
    """The task that a user means: "STS-B" and "stsb" are STSB.

    Raises:
        InputError: there is no such task.
    """
    bare = given.strip().upper().replace("-", "").replace(" ", "")
    if bare in known:
        return bare
    raise InputError(f"There is no task {given}; there are {', '.join(known)}.")


def task_lines(task: str, path: Path, declared: str | None = None) -> list[str]:
    """Every line of a task's file without white space around it, empty ones included.

    Empty lines stay because rows of two files belong together by their number, and because the
    published sets have sentences without a word. Only a line feed ends a line: in Latin-1 other
    characters look like line ends.

    Args:
        task: to name where the file is missing.
        path: the file.
        declared: its encoding where it is not UTF-8.

    Raises:
        MissingFileError: there is no such file.
        InputError: it is empty, or cannot be read.
    """
    if not path.is_file():
        raise MissingFileError(task, path)
    text = decode(path, declared).text
    if not text.strip():
        raise UnreadableFileError(path, "It is empty.")
    return [clean(line).strip(" \v\f") for line in text.removesuffix("\n").split("\n")]


def task_rows(
    task: str, path: Path, columns: int, declared: str | None = None
) -> list[tuple[int, list[str]]]:
    """Line number and cells of each line that is not empty; quotation marks mean nothing here.

    Args:
        task: to name where the file is missing.
        path: the file.
        columns: the fewest that a line must have; more are kept.
        declared: its encoding where it is not UTF-8.

    Raises:
        InputError: as ``task_lines``, or a line has fewer columns. A set with holes would measure
            something else than its name says.
    """
    rows = []
    for number, line in enumerate(task_lines(task, path, declared), 1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) < columns:
            raise UnreadableFileError(
                path, f"Line {number} has {len(cells)} columns instead of {columns}."
            )
        rows.append((number, cells))
    return rows


def read_tasks(
    folder: Path, tasks: Sequence[str] | None, known: Sequence[str], read: Callable[[Path, str], T]
) -> Work[list[tuple[str, T]]]:
    """Reads tasks by name before any long work begins, so that a bad file shows at once.

    Args:
        folder: that ``read`` takes.
        tasks: some of ``known``; None means all whose files are there.
        known: names, in the order in which they are read.
        read: one task.

    Yields:
        Skipped for a task that was not asked for by name and lacks a file.

    Raises:
        InputError: a task that was asked for lacks a file, a file is damaged, or there is no task.
    """
    names = known if tasks is None else [task_name(task, known) for task in tasks]
    found: list[tuple[str, T]] = []
    for name in dict.fromkeys(names):
        yield Progress(f"{name}: reading")
        try:
            found.append((name, read(folder, name)))
        except MissingFileError as error:
            if tasks is not None:
                raise
            yield Skipped(name, error.why)
    if not found:
        raise InputError(f"{folder} has the files of none of {', '.join(known)}.")
    return found
