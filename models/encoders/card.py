"""What is known about an encoder: the conventions behind its vectors, and its key."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Pooling = Literal["mean", "cls", "max", "lasttoken"]
Similarity = Literal["cosine", "dot"]


@dataclass(frozen=True, slots=True)
class Conventions:
    """How token states become a vector, and how two vectors are compared.

    Attributes:
        pooling: ``mean`` and ``max`` run over all tokens, special ones included; ``cls`` is the
            first token's state, ``lasttoken`` the last one's.
        normalize: whether vectors have length 1.
        similarity: what the model was trained with.
        max_length: tokens read of a text, special tokens included.
    """

    pooling: Pooling
    normalize: bool
    similarity: Similarity
    max_length: int


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """An encoder's description.

    Attributes:
        name: short, for people.
        source: what ``catalog.load`` takes to load it again.
        architecture: as in the model's own configuration.
        dimensions: of a vector.
        key: content key of weights, tokenizer and everything else that changes a vector.
        notes: sentences about what was assumed or overridden.
    """

    name: str
    source: str
    architecture: str
    dimensions: int
    conventions: Conventions
    key: str
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """A form that JSON keeps."""
        return {**asdict(self), "notes": list(self.notes)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "EncoderCard":
        """The inverse of ``as_dict``."""
        return cls(
            **{
                **values,
                "conventions": Conventions(**values["conventions"]),
                "notes": tuple(values["notes"]),
            }
        )
