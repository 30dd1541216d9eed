"""Bytes of unknown origin become text: encoding found, damage counted, lines bounded."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from models.errors import InputError
from models.events import Skipped

#: Characters of one line beyond which it is skipped rather than held in memory.
LINE_LIMIT = 16 << 20
#: Bytes of a file that can only be read whole (a page, a document, a JSON array).
WHOLE_LIMIT = 256 << 20

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEAD = 256 << 10
_BLOCK = 16 << 10
_BLOCKS = 16
_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b")) + b"\x7f"
_HANDLER = "contrastive-explorer-mark"
# A lone surrogate: no strict decoder ever returns one, so each marks one unreadable place.
_MARK = "\udcff"
_SURROGATE = re.compile("[\ud800-\udfff]")


class UnreadableFileError(InputError):
    """A file that cannot be used; ``why`` is the sentence without the file's name ("It …")."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} cannot be read: {why[:1].lower()}{why[1:]}")
        self.why = why


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text; ``replaced`` places of it were unreadable and hold U+FFFD instead."""

    text: str
    encoding: str
    replaced: int


def decode(path: Path, declared: str | None = None, limit: int = WHOLE_LIMIT) -> Decoded:
    """Reads a whole text file; line ends become ``\\n``.

    Args:
        path: the file.
        declared: an encoding that the format itself names, tried after UTF-8 and before guessing.
        limit: the most bytes that are held in memory.

    Raises:
        UnreadableFileError: it cannot be opened, is binary, or is larger than ``limit``.
    """
    try:
        size = path.stat().st_size
        if size > limit:
            raise UnreadableFileError(
                path,
                f"It is {size >> 20:,} MiB large, and at most {limit >> 20:,} MiB can be read "
                "whole; split it, or store it as JSON Lines.",
            )
        encoding = find_encoding(path, declared)
        data = path.read_bytes()
    except OSError as error:
        raise _unopened(path, error) from error
    codecs.register_error(_HANDLER, _mark)
    text, replaced = _mend(data.decode(encoding, _HANDLER))
    return Decoded(text.replace("\r\n", "\n").replace("\r", "\n"), encoding, replaced)


class TextLines:
    """The lines of a text file, one at a time; None stands for a line over the limit.

    ``number`` is the number of the last line read, ``replaced`` how many places were unreadable
    so far. A line over the limit is passed over in pieces, never held whole.

    Raises:
        UnreadableFileError: the file cannot be opened or is binary.
    """

    def __init__(self, path: Path, limit: int = LINE_LIMIT, newline: str = "\n") -> None:
        codecs.register_error(_HANDLER, _mark)
        try:
            self.encoding = find_encoding(path)
            self._file = path.open(encoding=self.encoding, errors=_HANDLER, newline=newline)
        except OSError as error:
            raise _unopened(path, error) from error
        self.number = 0
        self.replaced = 0
        self._limit = limit
        self._ends = ("\n", "\r") if newline == "" else ("\n",)

    def __enter__(self) -> "TextLines":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[str | None]:
        return self

    def __next__(self) -> str | None:
        line = self._file.readline(self._limit)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) == self._limit and not line.endswith(self._ends):
            while (piece := self._file.readline(1 << 20)) and not piece.endswith(self._ends):
                pass
            return None
        mended, replaced = _mend(line)
        self.replaced += replaced
        return mended


def replaced_notice(source: str, replaced: int) -> Iterator[Skipped]:
    """The notice for a file that was read although places in it were unreadable; or nothing."""
    if replaced:
        noun = "character" if replaced == 1 else "characters"
        verb = "was" if replaced == 1 else "were"
        yield Skipped(
            source, f"{replaced:,} {noun} could not be read in {source} and {verb} replaced."
        )


def clean(text: str) -> str:
    """``text`` with ``\\n`` at line ends and no lone surrogates, which no file can store."""
    text = text.replace("\r\n", "\n")
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def find_encoding(path: Path, declared: str | None = None) -> str:
    """Names the encoding of a text file from its head and from blocks spread over it.

    Raises:
        UnreadableFileError: the file is binary.
        OSError: it cannot be opened.
    """
    blocks = _sample(path)
    for mark, name in _MARKS:
        if blocks[0].startswith(mark):
            return name
    data = b"".join(blocks)
    # UTF-16 without a mark shows as a NUL in every other byte of Latin text.
    even, odd = blocks[0][0::2].count(0), blocks[0][1::2].count(0)
    if max(even, odd) > len(blocks[0]) // 5 and min(even, odd) * 20 < max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    if len(data) - len(data.translate(None, _CONTROL)) > len(data) // 100 + 2:
        raise UnreadableFileError(path, "It holds binary data, not text.")
    broken, sound = _utf8_evidence(blocks)
    if not broken or sound > broken:  # some damage does not make a UTF-8 file a Latin-1 file
        return "utf-8"
    if declared is not None and _fits(blocks[0], declared):
        return declared
    return _guess(data) or "utf-8"


def _sample(path: Path) -> list[bytes]:
    """The head of a file and, of a large one, blocks spread evenly over the rest."""
    with path.open("rb") as file:
        blocks = [file.read(_HEAD)]
        size = path.stat().st_size
        if size > _HEAD:
            for n in range(1, _BLOCKS + 1):
                file.seek(max(_HEAD, (size - _BLOCK) * n // _BLOCKS))
                blocks.append(file.read(_BLOCK))
    return blocks


def _utf8_evidence(blocks: list[bytes]) -> tuple[int, int]:
    """How many bytes are no UTF-8, and how many characters are UTF-8 beyond ASCII."""
    broken = sound = 0
    for n, block in enumerate(blocks):
        if block.isascii():
            continue
        start = 0
        while n and start < 3 and start < len(block) and block[start] & 0xC0 == 0x80:
            start += 1  # the rest of a character that began before this block
        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        text = decoder.decode(block[start:])
        bad = len(_SURROGATE.findall(text))
        broken += bad
        sound += sum(not character.isascii() for character in text) - bad
    return broken, sound


def _fits(head: bytes, encoding: str) -> bool:
    try:
        b"?".decode(encoding)  # refuses codecs that are not of text, such as hex
        codecs.getincrementaldecoder(encoding)().decode(head)
    except (LookupError, ValueError):
        return False
    return True


def _guess(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    # Only what surrounds bytes beyond ASCII tells one code page from another.
    telling = next(re.finditer(rb"[\x80-\xff]", data)).start()
    matches = from_bytes(data[max(0, telling - _BLOCK) : telling + 3 * _BLOCK])
    best = matches.best()
    if best is None:
        return None
    # Short texts fit many code pages equally well; then the most common of them is meant.
    for match in matches:
        equal = (match.chaos, match.coherence) == (best.chaos, best.coherence)
        if equal and "cp1252" in (match.encoding, *match.could_be_from_charset):
            return "cp1252"
    return best.encoding


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _MARK, error.end


def _mend(text: str) -> tuple[str, int]:
    """Puts U+FFFD where bytes were unreadable or NUL, and counts these places."""
    replaced = text.count("\0")
    if replaced:
        text = text.replace("\0", "\ufffd")
    if not text.isascii() and _MARK in text:
        replaced += text.count(_MARK)
        text = text.replace(_MARK, "\ufffd")
    return text, replaced


def _unopened(path: Path, error: OSError) -> UnreadableFileError:
    return UnreadableFileError(path, f"It could not be opened ({error.strerror or error}).")
