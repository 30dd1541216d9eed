"""Plain text, Markdown and web pages as documents."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from models.data.decode import UnreadableFileError, clean, decode, replaced_notice
from models.data.office import read_docx, read_pdf
from models.data.records import Document
from models.data.web import declared_charset, read_html
from models.events import Progress, Skipped

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n(?:---|\.\.\.)\n", re.S)
_FRONT_TITLE = re.compile(r"^title:\s*(['\"]?)(.+?)\1\s*$", re.M)


def file_documents(path: Path, source: str) -> Iterator[Document | Progress | Skipped]:
    """Reads one file of prose as one document with the id ``source``.

    Yields:
        The document; Skipped for what in it could not be read; Progress while a long one is read.

    Raises:
        UnreadableFileError: the file cannot be opened or understood, or holds no text.
    """
    suffix = path.suffix.lower()
    if suffix in _BINARY:
        title, text = yield from _BINARY[suffix](path, source)
    else:
        declared = declared_charset(path) if suffix in (".html", ".htm") else None
        decoded = decode(path, declared)
        title, text = _PROSE[suffix](decoded.text)
        yield from replaced_notice(source, decoded.replaced)
    if not text.strip():
        raise UnreadableFileError(path, "It holds no text.")
    yield Document(source, clean(title) or readable(path.stem), clean(text).strip(), source)


def readable(stem: str) -> str:
    """A file's name as a title: ``my_field-notes`` becomes ``My field notes``."""
    words = " ".join(re.split(r"[\s_\-]+", stem)).strip() or stem
    return words[:1].upper() + words[1:]


def _plain(text: str) -> tuple[str, str]:
    return "", text


def _markdown(text: str) -> tuple[str, str]:
    """Title and plain text of Markdown; a heading that opens the text is its title alone."""
    from markdown_it import MarkdownIt

    title = ""
    if front := _FRONT_MATTER.match(text):
        text = text[front.end() :]
        if named := _FRONT_TITLE.search(front[1]):
            title = named[2]
    blocks: list[str] = []
    opener = ""
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type in ("heading_open", "tr_open"):
            opener = token.type
        elif token.type in ("heading_close", "tr_close"):
            opener = ""
        elif token.type == "inline":
            block = _inline(token)
            if opener == "heading_open" and not title:
                title = block
                if not blocks:
                    continue
            if opener == "cells":
                blocks[-1] += f" | {block}"
            else:
                blocks.append(block)
            if opener == "tr_open":
                opener = "cells"
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content.rstrip())
        elif token.type == "html_block":
            blocks.append(read_html(token.content)[1])
    return title, "\n\n".join(block for block in blocks if block.strip()) or title


def _inline(token: "Token") -> str:
    parts = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type != "html_inline":
            parts.append(child.content)
    return "".join(parts).strip()


_PROSE: dict[str, Callable[[str], tuple[str, str]]] = {
    ".txt": _plain,
    ".text": _plain,
    ".md": _markdown,
    ".markdown": _markdown,
    ".html": read_html,
    ".htm": read_html,
}
_BINARY = {".pdf": read_pdf, ".docx": read_docx}
#: Endings of the files that are read as one document.
DOCUMENT_SUFFIXES = (*_PROSE, *_BINARY)
