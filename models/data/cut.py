"""Documents become passages of about a hundred words, as DPR cuts Wikipedia."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from models.data.records import Document, Passage
from models.errors import InputError

# Chinese and Japanese write no spaces: there each character counts as a word. A run of a hundred
# characters without a space (a link, Thai, encoded data) counts as one, so no passage is endless.
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_IDEOGRAPHS}]|[^\s{_IDEOGRAPHS}]{{1,100}}")


@dataclass(frozen=True, slots=True)
class Cutting:
    """How long text is cut (Karpukhin et al. 2020, §4.1: disjoint blocks of 100 words).

    ``words`` a passage, 0 to keep each document whole; ``overlap`` words that a passage shares
    with the one before it.

    Raises:
        InputError: a number is negative, or the overlap is not shorter than the passage.
    """

    words: int = 100
    overlap: int = 0

    def __post_init__(self) -> None:
        if self.words < 0 or self.overlap < 0:
            raise InputError("The length of passages and their overlap cannot be negative.")
        if self.overlap >= max(self.words, 1):
            raise InputError(
                f"Passages of {self.words} words cannot overlap by {self.overlap} words."
            )


def cut(document: Document, cutting: Cutting) -> Iterator[Passage]:
    """Cuts a document at the spaces between words; white space within a passage stays as it is.

    A tail shorter than a quarter of a passage joins the passage before it. A document that stays
    in one piece gives its id to its passage; otherwise passages are numbered ``id#1``, ``id#2``, ….
    A document without a word gives none.
    """
    text, step = document.text, cutting.words - cutting.overlap
    least = -(-cutting.words // 4)
    spans: list[tuple[int, int]] = []
    number = 0
    if not cutting.words:
        if text.strip():
            yield _passage(document, document.id, text.strip())
        return
    for word in _WORD.finditer(text):
        # Only when enough words follow for a passage of their own is this one complete.
        spans.append(word.span())
        if len(spans) == cutting.words + least:
            number += 1
            piece = text[spans[0][0] : spans[cutting.words - 1][1]]
            yield _passage(document, f"{document.id}#{number}", piece)
            del spans[:step]
    if spans:
        piece = text[spans[0][0] : spans[-1][1]]
        yield _passage(document, f"{document.id}#{number + 1}" if number else document.id, piece)


def _passage(document: Document, name: str, text: str) -> Passage:
    return Passage(name, document.id, document.title, text, document.source, document.fields)
