"""PDF and Word files: their title and their text."""

import logging
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.data.decode import UnreadableFileError
from models.events import Progress, Skipped, Work

#: Bytes that a Word file may unfold to; a file that claims more is an attack or an accident.
UNFOLDED_LIMIT = 256 << 20
_ENCRYPTED = b"\xd0\xcf\x11\xe0"  # Word wraps a document with a password in this older container
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad]\n(?=[^\W\d_A-Z])")
_WRAP = re.compile(r"[ \t]*\n(?=[^\W\d_A-Z])")
_NO_TITLE = re.compile(
    r"^(untitled|document\s*\d*|microsoft \w+ - .*|.*\.(docx?|pdf|tex|dvi|indd|qxd|rtf|odt))$", re.I
)


def read_pdf(path: Path, source: str) -> Work[tuple[str, str]]:
    """Title and text of a PDF; a page that cannot be read is skipped.

    Lines that a page broke within a sentence are joined again.

    Raises:
        UnreadableFileError: it is damaged, needs a password, or holds no text.
    """
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it is said in our own words
    # A damaged file raises whatever the parser stumbles over, KeyError and TypeError included.
    try:
        reader = pypdf.PdfReader(path)
        locked = reader.is_encrypted and not reader.decrypt("")
        count = 0 if locked else len(reader.pages)
        title = None if locked or reader.metadata is None else reader.metadata.title
    except pypdf.errors.DependencyError as error:
        raise UnreadableFileError(
            path, "It is encrypted; save a copy without encryption."
        ) from error
    except OSError as error:
        raise UnreadableFileError(path, f"It could not be opened ({error}).") from error
    except Exception as error:
        raise UnreadableFileError(path, "It is not a whole PDF.") from error
    if locked:
        raise UnreadableFileError(path, "It needs a password.")
    pages: list[str] = []
    for n in range(count):
        if n % 10 == 0:
            yield Progress(f"Reading {path.name}", n, count, "pages")
        try:
            text = reader.pages[n].extract_text()
        except Exception:
            yield Skipped(f"{source}, page {n + 1}", "This page of the PDF is damaged.")
            continue
        pages.append(_WRAP.sub(" ", _HYPHEN.sub("", text)).strip())
    if not any(pages):
        raise UnreadableFileError(path, "It holds no text; pages that are pictures need OCR first.")
    return sensible_title(title), "\n\n".join(page for page in pages if page)


def read_docx(path: Path, source: str) -> Work[tuple[str, str]]:
    """Title and text of a Word file, tables included; each row of a table is a line.

    Raises:
        UnreadableFileError: it is damaged, has a password, or unfolds beyond ``UNFOLDED_LIMIT``.
    """
    import docx

    yield Progress(f"Reading {path.name}")
    try:
        with path.open("rb") as file:
            locked = file.read(4) == _ENCRYPTED
        if locked:
            raise UnreadableFileError(
                path, "It needs a password, or is a .doc with the wrong ending."
            )
        with zipfile.ZipFile(path) as parts:
            unfolded = sum(part.file_size for part in parts.infolist())
        if unfolded > UNFOLDED_LIMIT:
            raise UnreadableFileError(path, f"It would unfold to {unfolded >> 20:,} MiB.")
        document = docx.Document(str(path))
        blocks = list(_blocks(document))
        title = sensible_title(document.core_properties.title)
    except UnreadableFileError:
        raise
    except OSError as error:
        raise UnreadableFileError(path, f"It could not be opened ({error}).") from error
    except Exception as error:  # a damaged file raises whatever the parser stumbles over
        raise UnreadableFileError(path, "It is not a whole Word document.") from error
    if not title and blocks and blocks[0][0] == "Title":
        title = blocks[0][1]
    return title, "\n\n".join(text for _, text in blocks)


def sensible_title(title: object) -> str:
    """A file's own title, or "" if it is a placeholder, a file name, or no words at all."""
    if not isinstance(title, str):
        return ""
    folded = " ".join(title.split())
    worded = any(character.isalpha() for character in folded)
    fits = 3 <= len(folded) <= 200 and worded and not _NO_TITLE.match(folded)
    return folded if fits else ""


def _blocks(container: Any) -> Iterator[tuple[str, str]]:
    """Style and text of each paragraph and table, in reading order."""
    for block in container.iter_inner_content():
        if hasattr(block, "rows"):
            lines = "\n".join(_table_lines(block))
            if lines:
                yield "Table", lines
        elif text := block.text.strip():
            yield block.style.name if block.style is not None else "", text


def _table_lines(table: Any) -> Iterator[str]:
    seen: set[Any] = set()  # a merged cell stands in every row and column that it spans
    for row in table.rows:
        cells = []
        for cell in row.cells:
            if cell._tc not in seen:
                seen.add(cell._tc)
                cells.append(" ".join(text for _, text in _blocks(cell)))
        line = " | ".join(cell for cell in cells if cell)
        if line:
            yield line
