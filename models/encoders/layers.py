"""Inside a text encoder: the states of its tokens after every layer, and which word each is of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.encoders.base import Encoder
from models.encoders.text_encoder import Side, TextEncoder
from models.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class Worded:
    """A text as an encoder reads it.

    Attributes:
        ids: of its T tokens.
        words: its W words that were read, in lower case and in order.
        owner: (T,) the word, 0 … W − 1, that a token is a piece of; −1 for special tokens,
            punctuation and a prompt.
    """

    ids: tuple[int, ...]
    words: tuple[str, ...]
    owner: NDArray[np.int64]


def word_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of each word: a run of letters, marks and digits, or one East Asian character.

    They do not depend on a tokenizer, so that two encoders are measured on the same words.
    """
    return [found.span() for found in _pattern().finditer(text)]


def worded(encoder: Encoder, texts: Sequence[str]) -> list[Worded]:
    """The tokens of each text with the words that they are pieces of.

    Raises:
        InputError: the encoder does not let one look inside.
    """
    tokens = _side(encoder).tokens
    shift = len(tokens.prompt)
    found = []
    for text, encoding in zip(texts, tokens.encodings(texts), strict=True):
        spans = word_spans(text)
        starts = np.array([start + shift for start, _ in spans], np.int64)
        ends = np.array([end + shift for _, end in spans], np.int64)
        ids = encoding.ids or [0]
        owner = np.full(len(ids), -1, np.int64)
        places = zip(encoding.offsets, encoding.special_tokens_mask, strict=True)
        for at, ((begin, end), special) in enumerate(places):
            word = int(np.searchsorted(ends, begin, "right"))  # the first that ends beyond begin
            if not special and word < len(spans) and starts[word] < end:
                owner[at] = word
        read = np.unique(owner[owner >= 0])  # of a long text the last words are cut off
        names = tuple(text[slice(*spans[word])].lower() for word in read)
        owner[owner >= 0] = np.searchsorted(read, owner[owner >= 0])
        owner.setflags(write=False)
        found.append(Worded(tuple(ids), names, owner))
    return found


def layer_states(encoder: Encoder, batch: Sequence[Sequence[int]]) -> "Iterator[Tensor]":
    """States (T, H) of all tokens of a batch, text after text: the embeddings, then each layer.

    Raises:
        InputError: the encoder does not let one look inside.
    """
    return _side(encoder).backbone.layers(batch)


def _side(encoder: Encoder) -> Side:
    if not isinstance(encoder, TextEncoder):
        raise InputError(f"{encoder.card.name} does not show the states of its layers.")
    return encoder.side("passage")


@cache
def _pattern() -> Any:
    import regex  # type: ignore[import-untyped]

    single = r"\p{Han}\p{Hiragana}\p{Katakana}"  # written without spaces between words
    return regex.compile(rf"(?V1)[{single}]|[[\p{{L}}\p{{M}}\p{{N}}]--[{single}]]+")
