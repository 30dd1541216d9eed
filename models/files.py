"""Files written whole or not at all, and the keys by which content is recognised."""

import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from models.errors import InputError

_WHOLE = 64 << 20
_BLOCK = 1 << 20
_SAMPLES = 64


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """Yields a temporary path beside ``target``; on success it is flushed and renamed over it.

    On any failure the temporary file is removed and ``target`` stays as it was.

    Raises:
        InputError: the disk is full or the folder cannot be written.
    """
    temporary: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(target)
    except OSError as error:
        raise write_error(target, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write_error(target: Path, error: OSError) -> InputError:
    """The sentence for a file that could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return InputError(
            f"The disk is full: {target} could not be written, and what was there is unchanged."
        )
    reason = error.strerror or str(error)
    return InputError(f"{target} could not be written ({reason}); what was there is unchanged.")


def write_bytes(target: Path, data: bytes) -> None:
    """Writes ``data`` to ``target`` by atomic rename."""
    with atomic_path(target) as temporary:
        temporary.write_bytes(data)


def write_text(target: Path, text: str) -> None:
    """Writes ``text`` as UTF-8 to ``target`` by atomic rename."""
    write_bytes(target, text.encode("utf-8"))


def write_json(target: Path, value: Any) -> None:
    """Writes ``value`` as indented UTF-8 JSON to ``target`` by atomic rename."""
    write_text(target, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def content_key(*parts: str | bytes) -> str:
    """A short hexadecimal key of ``parts``; different parts never run together."""
    return content_key_of(parts)


def content_key_of(parts: Iterable[str | bytes]) -> str:
    """The same of parts that are too many to be held at once."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()


def sha256(path: Path) -> str:
    """The SHA-256 of a whole file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(path: Path) -> str:
    """A checksum fast enough to run each time a file is opened.

    SHA-256 over the size and all bytes of a file up to 64 MiB; of a larger file, over its size
    and 64 blocks of 1 MiB spread evenly from the first byte to the last. Truncation always shows.
    """
    size = path.stat().st_size
    digest = hashlib.sha256(size.to_bytes(8, "little"))
    with path.open("rb") as file:
        if size <= _WHOLE:
            while block := file.read(_BLOCK):
                digest.update(block)
        else:
            for sample in range(_SAMPLES):
                file.seek((size - _BLOCK) * sample // (_SAMPLES - 1))
                digest.update(file.read(_BLOCK))
    return digest.hexdigest()
