"""The checksums of a project's files: what an opening looks at, and what is checked behind it.

A project of up to 64 MiB is read whole each time it is opened. Of a larger one the files up to
16 MiB are; the others, which are memory-mapped and may be gigabytes, are glanced at, and
``checking`` reads them whole while the project is in use.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.errors import InputError
from models.events import Progress, Work
from models.files import fingerprint

_SMALL_PROJECT = 64 << 20
_SMALL_FILE = 16 << 20
_BLOCK = 64 << 10
_GLANCES = 16
_READ = 4 << 20

#: Of a file: its bytes and its fingerprint (``models.files.fingerprint``).
Sums = Mapping[str, tuple[int, str]]


@dataclass(frozen=True)
class Large:
    """The checksums of a file that is too large to be read at each opening.

    Attributes:
        glance: SHA-256 of the size and of 16 blocks of 64 KiB spread evenly from the first byte to
            the last.
        whole: SHA-256 of all of it.
    """

    glance: str
    whole: str


def summing(folder: Path) -> Work[tuple[dict[str, tuple[int, str]], dict[str, Large]]]:
    """The checksums of all files under ``folder``, by path; those of large ones apart.

    Raises:
        OSError: a file cannot be read.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    sizes = {path: path.stat().st_size for path in paths}
    total = sum(sizes.values())
    sums, large, done = {}, {}, 0
    for path in paths:
        name = path.relative_to(folder).as_posix()
        sums[name] = sizes[path], fingerprint(path)
        if total > _SMALL_PROJECT and sizes[path] > _SMALL_FILE:
            whole = yield from _whole(path, done, total, "Writing checksums")
            large[name] = Large(glance(path), whole)
        done += sizes[path]
    return sums, large


def verify(folder: Path, data: Path, sums: Sums, large: Mapping[str, Large]) -> None:
    """What an opening checks: every size, every small file, and a glance at each large one.

    Raises:
        InputError: a file in ``data`` is missing, truncated or, as far as was looked, altered.
    """
    for name, (size, expected) in sums.items():
        path = data / name
        if not path.is_file():
            raise InputError(f"The index in {folder} lacks {name}; build it again.")
        whole = path.stat().st_size == size
        if whole and name in large:
            whole = glance(path) == large[name].glance
        elif whole:
            whole = fingerprint(path) == expected
        if not whole:
            raise _damaged(folder, name)


def checking(folder: Path, data: Path, sums: Sums, large: Mapping[str, Large]) -> Work[None]:
    """Reads every file whole, the large ones too, and yields Progress in megabytes.

    Raises:
        InputError: a file is missing or is not as it was written; the sentence names it.
    """
    total, done = sum(size for size, _ in sums.values()), 0
    yield _progress("Checking the files", 0, total)
    for name, (size, expected) in sums.items():
        try:
            if name in large:
                found = yield from _whole(data / name, done, total, "Checking the files")
                same = found == large[name].whole
            else:
                same = fingerprint(data / name) == expected
        except OSError as error:
            raise InputError(
                f"{name} of the index in {folder} cannot be read ({error.strerror or error}); "
                "build it again."
            ) from error
        if not same:
            raise _damaged(folder, name)
        done += size
    yield _progress("Checking the files", total, total)


def glance(path: Path) -> str:
    """A checksum of a megabyte at most, in hexadecimal: see ``Large``."""
    size = path.stat().st_size
    digest = hashlib.sha256(size.to_bytes(8, "little"))
    with path.open("rb") as file:
        for sample in range(_GLANCES):
            file.seek(max(0, size - _BLOCK) * sample // (_GLANCES - 1))
            digest.update(file.read(_BLOCK))
    return digest.hexdigest()


def _whole(path: Path, before: int, total: int, stage: str) -> Work[str]:
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_READ):
            digest.update(block)
            done += len(block)
            yield _progress(stage, before + done, total)
    return digest.hexdigest()


def _progress(stage: str, done: int, total: int) -> Progress:
    return Progress(stage, -(-done // 1_000_000), -(-total // 1_000_000), "MB")


def _damaged(folder: Path, name: str) -> InputError:
    return InputError(
        f"The index in {folder} is damaged: {name} does not match its checksum; build it again."
    )
