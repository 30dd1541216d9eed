"""The encoder that all sources become: tokenizer, transformer, pooling, what follows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from models.encoders.base import Role, Text
from models.encoders.card import EncoderCard
from models.encoders.folder import first_line
from models.encoders.pooling import Step, normalized, pool
from models.encoders.tokens import Span, Tokens
from models.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor


class Backbone(Protocol):
    """A transformer: token ids in, last hidden states out."""

    vocabulary: int

    def __call__(self, batch: Sequence[Sequence[int]]) -> "Tensor":
        """(T, H) states of the T tokens of all texts, text after text."""
        ...

    def layers(self, batch: Sequence[Sequence[int]]) -> "Iterator[Tensor]":
        """(T, H) of the same tokens after the embeddings, and then after each layer."""
        ...


@dataclass(frozen=True)
class Side:
    """What one role needs; both roles of most models share their transformer and tail."""

    tokens: Tokens
    backbone: Backbone
    tail: tuple[Step, ...] = ()


@dataclass(frozen=True, eq=False)
class Shares:
    """A vector as a sum over the T tokens of its text.

    Attributes:
        vectors: (T, D) float32; their sum is the text's vector.
        spans: for each token the characters of its word, None for tokens outside the text.
    """

    vectors: NDArray[np.float32]
    spans: tuple[Span | None, ...]


class TextEncoder:
    """An ``Encoder`` of one or two transformers. It holds no state that a call changes.

    Raises:
        InputError: tokenizer and transformer do not belong together, or it encodes no text.
    """

    def __init__(self, card: EncoderCard, sides: Mapping[Role, Side]) -> None:
        self._sides = dict(sides)
        self.card = card
        for side in self._sides.values():
            if side.tokens.tokenizer.get_vocab_size() > side.backbone.vocabulary:
                raise InputError(
                    f"The tokenizer of {card.source} knows "
                    f"{side.tokens.tokenizer.get_vocab_size()} tokens and its model only "
                    f"{side.backbone.vocabulary}: they do not belong together."
                )
        widths = {self._width(role) for role in self._sides}
        if len(widths) > 1:
            raise InputError(
                f"The two encoders of {card.source} make vectors of different sizes "
                f"({' and '.join(map(str, sorted(widths)))})."
            )
        self.card = replace(card, dimensions=widths.pop())

    def _width(self, role: Role) -> int:
        try:
            return int(self.forward(self.tokenize(["text"], role), role).shape[1])
        except (RuntimeError, ValueError, TypeError, AttributeError, IndexError) as error:
            raise InputError(
                f"The model {self.card.source} makes no vector of a text ({first_line(error)})."
            ) from error

    def side(self, role: Role) -> Side:
        """What encodes one role, for those who look inside."""
        return self._sides[role]

    def tokenize(self, texts: Sequence[Text], role: Role) -> list[list[int]]:
        """Token ids of each text, at least one, cut to max_length; a final [SEP] survives."""
        return self._sides[role].tokens(texts)

    def shares(self, text: Text, role: Role) -> Shares | None:
        """What each token adds to the vector of ``text``; None where a vector is no such sum.

        It is one with mean pooling and nothing but a normalisation after it.
        """
        import torch

        side, conventions = self._sides[role], self.card.conventions
        if conventions.pooling != "mean" or any(step is not normalized for step in side.tail):
            return None
        ids, spans = side.tokens.words(text)
        with torch.inference_mode():
            parts = side.backbone([ids]) / len(ids)  # (T, D)
            if conventions.normalize or side.tail:
                parts = parts / parts.sum(0).norm().clamp_min(1e-12)
            return Shares(parts.numpy(), spans)

    def forward(self, batch: Sequence[Sequence[int]], role: Role) -> NDArray[np.float32]:
        """(B, D) vectors of B tokenised texts, pooled and normalised by the card's conventions."""
        if not batch:
            return np.zeros((0, self.card.dimensions), np.float32)
        import torch

        side, conventions = self._sides[role], self.card.conventions
        with torch.inference_mode():
            states = side.backbone(batch)  # (T, H)
            vectors = pool(states, [len(ids) for ids in batch], conventions.pooling)  # (B, H)
            for step in side.tail:
                vectors = step(vectors)
            if conventions.normalize:
                vectors = normalized(vectors)
            result: NDArray[np.float32] = vectors.numpy()
        return result
