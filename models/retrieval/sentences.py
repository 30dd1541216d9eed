"""Where a plain text's sentences begin and end, by rule: no model, no language but punctuation."""

import re

Span = tuple[int, int]

_BREAK = re.compile(
    r"""
    (?P<latin>  [.!?…]+ [\"'”’»)\]]* (?=\s) )      # a stop, its closing quotes, then space
    | (?P<cjk>  [。！？]+ [」』”’）]* )              # needs no space
    | (?P<block> \n[^\S\n]*\n | \n(?=[^\S\n]*(?:[-*•‣–]|\d{1,3}[.)])\s) )  # blank line, list item
    """,
    re.VERBOSE,
)
_WORD_BEFORE = re.compile(r"[^\s\"'“”‘’«»()\[\]]+$")
_WORD_AFTER = re.compile(r"[\s\"'“‘«(\[¿¡]*([^\s.,;:!?…\"'”’»)\]]*)(.?)", re.DOTALL)
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")


def _list(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: Always followed by the rest of their sentence: titles before names, words before numbers.
_LEADING = _list(
    """adm al approx brig ca capt cf cmdr col dr e.g eq eqs fig figs gen gov hon i.e lt maj messrs
    mlle mme mr mrs ms mt nos pp prof pt rep rev sen sgt st supt viz vol vols vs"""
)
#: May end a sentence or stand inside one, which the next word decides; so may initials ("U.S.").
_EITHER = _list(
    """apr aug ave bros co corp dec dept ed eds est etc feb inc jan jr ltd mar nov oct op ph.d plc
    sep sept sr univ"""
)
#: Abbreviations only before a number ("No. 5", "p. 12"), ordinary words otherwise.
_NUMBERED = _list("art ch chap no p para sec")
#: Words that begin sentences far more often than they continue one with a capital.
_OPENERS = _list(
    """a after all also although an and another as at because before both but by despite during
    each even every for from he her here his how however i if in it its many more most much my no
    not on once one or other our she since so some such that the their then there these they this
    those though through thus to today under until we what when where which while who why with
    you your"""
)


def sentences(text: str) -> tuple[Span, ...]:
    """Spans (start, end) of the sentences of ``text``, in order.

    Spans never overlap, are never empty, begin and end with something other than space, and
    together cover everything that is not space. Abbreviations, initials, decimals, ellipses and
    closing quotes are taken into account; blank lines and list items also divide.
    """
    cuts = [found.end() for found in _BREAK.finditer(text) if _ends(text, found)]
    spans = []
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        piece = text[start:end]
        if stripped := piece.strip():
            start += len(piece) - len(piece.lstrip())
            spans.append((start, start + len(stripped)))
    return tuple(spans)


def _ends(text: str, found: re.Match[str]) -> bool:
    """Whether a stop ends its sentence."""
    if found["latin"] is None:
        return True
    after = _WORD_AFTER.match(text, found.end())
    following, then = after.group(1, 2) if after else ("", "")
    if following[:1].islower():
        return False
    stop = found["latin"].rstrip("\"'”’»)]")
    if stop != ".":
        return True
    before = _WORD_BEFORE.search(text, max(0, found.start() - 40), found.start())
    if before is None:
        return True
    word = before[0].lower()
    if word in _LEADING:
        return False
    if word in _NUMBERED:
        return not following[:1].isdigit()
    if word in _EITHER or _INITIALS.fullmatch(word):
        another = len(following) == 1 and then == "."  # "J. A. Hobson"
        return following.lower() in _OPENERS and not another
    if word.isdigit() and len(word) <= 3:  # the number of a list item is no sentence
        return bool(text[: before.start()].rpartition("\n")[2].strip())
    return True
