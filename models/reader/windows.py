"""A question and a passage as a reader sees them: tokens that fit it, each with its characters."""

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Encoding, Tokenizer

from models.encoders.tokens import Span

_QUESTION = 64  # tokens of a question that are read
_LEAST = 16  # tokens of a passage without which nothing can be read
#: Windows of one passage that are read; what stands after them is not.
MOST = 4


@dataclass(frozen=True)
class Window:
    """A part of a passage, after the question.

    Attributes:
        passage: which of the passages that were given.
        ids: (T,) tokens of question and passage.
        types: (T,) segment of each, as the tokenizer's template has it.
        first: where in ``ids`` the passage's tokens begin.
        spans: (P,) characters of the passage that each of its tokens is made of.
        words: (P,) characters of the word that each of its tokens belongs to.
    """

    passage: int
    ids: tuple[int, ...]
    types: tuple[int, ...]
    first: int
    spans: tuple[Span, ...]
    words: tuple[Span, ...]


@dataclass(frozen=True)
class Frame:
    """What stands around a passage's tokens: ``[CLS] question [SEP]`` before, ``[SEP]`` after."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    types: tuple[int, int, int]


def frame(tokenizer: Tokenizer, question: str, title: str | None = None) -> Frame:
    """The frame of a question by the tokenizer's own template for pairs.

    Args:
        title: DPR's readers see it between question and text, ``[CLS] question [SEP] title [SEP]
            text``, all in one segment (Karpukhin et al. 2020, §6.1); None for other readers.
    """
    question = shortened(tokenizer, question)
    if title is not None:
        ids = tokenizer.encode(question, shortened(tokenizer, title)).ids
        return Frame(tuple(ids), (), (0, 0, 0))
    pair = tokenizer.encode(question, "a")
    body = [place for place, part in enumerate(pair.sequence_ids) if part == 1]
    first, last = body[0], body[-1] + 1
    after = tuple(pair.ids[last:])
    types = (pair.type_ids[0], pair.type_ids[first], pair.type_ids[-1] if after else 0)
    return Frame(tuple(pair.ids[:first]), after, types)


def shortened(tokenizer: Tokenizer, text: str) -> str:
    """The first tokens of a question, whole words only, so that a passage fits beside it."""
    text = encodable(text)
    offsets = tokenizer.encode(text, add_special_tokens=False).offsets
    if len(offsets) <= _QUESTION:
        return text
    cut = text[: offsets[_QUESTION - 1][1]]
    whole = cut.rpartition(" ")[0]
    return whole or cut


def windows(
    body: Encoding, around: Frame, length: int, stride: int, passage: int = 0
) -> tuple[Window, ...]:
    """The windows that a passage is read in, ``MOST`` at most.

    Args:
        body: the passage's tokens alone, without special tokens.
        length: tokens of a window at most, those around the passage included.
        stride: tokens that a window shares with the one before.
    """
    room = length - len(around.before) - len(around.after)
    if not body.ids or room < _LEAST:
        return ()
    words = _words(body)
    step = max(1, room - stride)
    starts = [0, *range(step, max(0, len(body.ids) - room) + step, step)][:MOST]
    return tuple(
        _window(body, words, around, start, min(start + room, len(body.ids)), passage)
        for start in dict.fromkeys(starts)
    )


def window_at(body: Encoding, around: Frame, length: int, start: int, passage: int = 0) -> Window:
    """The one window whose first token of the passage is number ``start``."""
    room = max(_LEAST, length - len(around.before) - len(around.after))
    end = min(start + room, len(body.ids))
    return _window(body, _words(body), around, start, end, passage)


def read_until(found: Sequence[Window]) -> int:
    """The characters of a passage that its windows cover."""
    return max((window.spans[-1][1] for window in found), default=0)


def encodable(text: str) -> str:
    """Half a surrogate pair, which no tokenizer takes, becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _window(
    body: Encoding, words: Sequence[Span], around: Frame, start: int, end: int, passage: int
) -> Window:
    before, inside, after = around.types
    return Window(
        passage=passage,
        ids=(*around.before, *body.ids[start:end], *around.after),
        types=(
            *[before] * len(around.before),
            *[inside] * (end - start),
            *[after] * len(around.after),
        ),
        first=len(around.before),
        spans=tuple(body.offsets[start:end]),
        words=tuple(words[start:end]),
    )


def _words(body: Encoding) -> list[Span]:
    """For each token the characters of its word, or its own where it is of none."""
    joined: dict[int, Span] = {}
    for word, (start, end) in zip(body.word_ids, body.offsets, strict=True):
        if word is not None:
            first, last = joined.get(word, (start, end))
            joined[word] = (min(first, start), max(last, end))
    return [
        span if word is None else joined[word]
        for word, span in zip(body.word_ids, body.offsets, strict=True)
    ]
