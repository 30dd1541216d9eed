"""Web pages: their title, and their text without navigation and scripts."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?([\w.:-]+)""", re.I)
_DROPPED = re.compile(
    "script|style|noscript|template|head|nav|footer|svg|iframe|object|button|select"
)
_LINES = re.compile("li|tr|dt|dd|br")
_PARAGRAPHS = re.compile(
    "p|div|section|article|main|header|aside|h[1-6]|[uod]l|table|blockquote|figure|figcaption|"
    "form|fieldset|hr|body|address|details|summary"
)
_LINE, _PARAGRAPH = 1, 2


def declared_charset(path: Path) -> str | None:
    """The encoding that a web page names in its first bytes, where HTML requires it."""
    try:
        with path.open("rb") as file:
            found = _CHARSET.search(file.read(4096))
    except OSError:
        return None  # opening it to read says why
    return found[1].decode("ascii") if found else None


def read_html(text: str) -> tuple[str, str]:
    """Title and text of a web page; blocks are paragraphs, navigation and scripts are dropped."""
    from bs4 import BeautifulSoup

    page = BeautifulSoup(text, "html.parser")
    blocks: list[str] = []
    run: list[str] = []
    gap = _PARAGRAPH
    for piece in _pieces(page):
        if isinstance(piece, str):
            run.append(piece)
            continue
        block = "".join(run)
        block = block.strip("\n") if "\n" in block else " ".join(block.split())
        run.clear()
        if block.strip():
            blocks.append(("\n" * gap if blocks else "") + block)
            gap = 0
        gap = max(gap, piece)
    heading = page.title or page.h1
    return " ".join(heading.get_text(" ").split()) if heading else "", "".join(blocks)


def _pieces(page: "BeautifulSoup") -> Iterator[str | int]:
    """Text in reading order with marks between its blocks; ``pre`` alone keeps line ends."""
    from bs4.element import NavigableString, Tag

    # A stack and not a recursion: pages nest deeper than Python may.
    stack = [(page.name, iter(page.children))]
    while stack:
        name, children = stack[-1]
        node = next(children, None)
        if node is None:
            stack.pop()
            yield from _mark(name)
        elif isinstance(node, Tag):
            if _DROPPED.fullmatch(node.name) or node.get("role") == "navigation":
                continue
            if node.name == "pre":
                yield _PARAGRAPH
                yield node.get_text()
                yield _PARAGRAPH
                continue
            yield from _mark(node.name)
            stack.append((node.name, iter(node.children)))
        elif type(node) is NavigableString:  # its subclasses are comments, scripts and the like
            yield re.sub(r"\s+", " ", node)
    yield _PARAGRAPH


def _mark(name: str) -> Iterator[str | int]:
    if _PARAGRAPHS.fullmatch(name):
        yield _PARAGRAPH
    elif _LINES.fullmatch(name):
        yield _LINE
    elif name in ("td", "th"):
        yield " "
