"""A text in any script as words and what stands between them, to be put together again.

Letters, digits and their marks make words, with apostrophes, hyphens and points inside; each
character of Chinese and of Hiragana is one, as BERT splits Chinese; so is each emoji. A run of a
script that is written without spaces, such as Thai, is one word: dividing it takes a dictionary.
"""

from dataclasses import dataclass

import regex  # type: ignore[import-untyped]

Span = tuple[int, int]

_LETTER = r"[[\p{L}\p{N}] -- [\p{Han}\p{Hiragana}]] \p{M}*"
_WORD = regex.compile(
    rf"""
    (?= \p{{Emoji_Presentation}} | \p{{Extended_Pictographic}}\uFE0F | [0-9\#*]\uFE0F?\u20E3 ) \X
    | [\p{{Han}}\p{{Hiragana}}] \p{{M}}*
    | [\p{{Sc}}\#@]? {_LETTER}
      (?: ['’ʼ׳״\-‐‑·&_.@\u200C\u200D]? {_LETTER} | (?<=\p{{N}}) [,:] (?=\p{{N}}) {_LETTER} )*+ %?
    """,
    regex.VERBOSE | regex.VERSION1,
)
_GAP = regex.compile(
    r"(?P<closing>[^\s\p{Ps}\p{Pi}]*)(?P<space>\s(?:.*\s)?)?(?P<opening>.*)", regex.DOTALL
)
_STOP = regex.compile(r"[.,;:!?…،؛؟。，、；：！？]$")
_CLOSERS = regex.compile(r"^[\p{Pe}\p{Pf}\p{Pi}\"']+")
_CONNECTORS = regex.compile(r"[\p{Pd}/\\&+=~_@]+")


@dataclass(frozen=True, slots=True)
class Words:
    """gaps[0] words[0] gaps[1] … words[n−1] gaps[n] is the text.

    Attributes:
        words: n words; 0 where the text has none.
        gaps: n + 1 pieces of spaces and punctuation, any of them may be empty.
        spans: n pairs (start, end), where each word stands in the text.
    """

    words: tuple[str, ...]
    gaps: tuple[str, ...]
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The words and gaps put together."""
        pairs = zip(self.gaps, (*self.words, ""), strict=True)
        return "".join(gap + word for gap, word in pairs)


def split_words(text: str) -> Words:
    """The words of ``text``."""
    spans = tuple(found.span() for found in _WORD.finditer(text))
    bounds = [0, *(place for span in spans for place in span), len(text)]
    gaps = (text[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True))
    return Words(tuple(text[a:b] for a, b in spans), tuple(gaps), spans)


def joined(left: str, right: str, *, first: bool = False, last: bool = False) -> str:
    """The gap that is left where a word between two gaps goes.

    Spaces and stops are not doubled, brackets and quotes around the word go with it, and so does
    a dash or stroke that tied it to its neighbour.

    Args:
        left: the gap before the word.
        right: the gap behind it.
        first: no word comes before.
        last: no word comes after.
    """
    closing, space, opening = _parts(left)
    closing2, space2, opening2 = _parts(right)
    if first:
        opening, closing = closing + opening, ""
    if opening and _CLOSERS.match(closing2):
        opening, closing2 = "", _CLOSERS.sub("", closing2)
    if first:
        return space + opening + opening2
    if not space and (space2 or last):
        closing = _CONNECTORS.sub("", closing)
    if not space2 and not last:
        closing2 = _CONNECTORS.sub("", closing2)
    if _STOP.search(closing) and _STOP.search(closing2):
        closing = closing[:-1]
    if last:
        return closing + closing2 + space2 + opening2
    return closing + closing2 + max(space, space2, key=len) + opening + opening2


def _parts(gap: str) -> tuple[str, str, str]:
    """What closes the word before, the space, and what opens the word behind."""
    found = _GAP.match(gap)
    assert found is not None  # every part may be empty
    return found["closing"], found["space"] or "", found["opening"]
