"""Vectors of many texts: made in batches that can be cancelled, kept in .npy files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.encoders.base import Encoder, Role, Text
from models.errors import InputError
from models.events import Progress, Work, finish
from models.files import atomic_path

_WINDOW = 4096  # texts tokenised at once: bounds memory, and progress begins soon


@dataclass(frozen=True, eq=False)
class Vectors:
    """Vectors of N texts in their order.

    Attributes:
        array: (N, D) float32, read-only; memory-mapped where it came from a file.
        encoder_key: the key of the encoder that made them.
        normalized: whether every vector has length 1.
    """

    array: NDArray[np.float32]
    encoder_key: str
    normalized: bool

    def __post_init__(self) -> None:
        if self.array.ndim != 2 or self.array.dtype != np.float32:
            raise ValueError(f"Vectors are (N, D) float32, not {self.array.shape}.")
        view = self.array.view()
        view.setflags(write=False)
        object.__setattr__(self, "array", view)

    def __len__(self) -> int:
        return len(self.array)

    def save(self, path: Path) -> None:
        """Writes the array alone to a .npy file, by atomic rename.

        Raises:
            InputError: the disk is full or the folder cannot be written.
        """
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            np.save(file, self.array, allow_pickle=False)

    @classmethod
    def load(cls, path: Path, *, encoder_key: str, normalized: bool) -> "Vectors":
        """Maps a .npy file into memory without reading it.

        Raises:
            InputError: it is missing, cut short, or holds something else.
        """
        try:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
        except FileNotFoundError as error:
            raise InputError(f"The vectors {path} are missing.") from error
        except (OSError, ValueError, EOFError) as error:
            raise InputError(f"{path} is cut short or holds no vectors.") from error
        if not isinstance(array, np.ndarray) or array.ndim != 2 or array.dtype != np.float32:
            raise InputError(f"{path} is cut short or holds no vectors.")
        return cls(array, encoder_key, normalized)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Encoded(Progress):
    """Progress that carries what was just finished, for those who keep partial results.

    Attributes:
        rows: positions, in the sequence of texts, of the n texts just embedded; not consecutive,
            since texts of similar length share a batch.
        vectors: (n, D) float32, read-only.
    """

    rows: tuple[int, ...] = field(repr=False)
    vectors: NDArray[np.float32] = field(repr=False)


def encode(texts: Sequence[Text], encoder: Encoder | str, role: Role = "passage") -> Vectors:
    """Vectors of ``texts``, all at once; an encoder's name is loaded first.

    Raises:
        InputError: there is no such encoder.
    """
    if isinstance(encoder, str):
        from models.encoders.catalog import load

        encoder = load(encoder)
    return finish(encoding(texts, encoder, role))


def encoding(
    texts: Sequence[Text], encoder: Encoder, role: Role = "passage", *, batch_tokens: int = 2048
) -> Work[Vectors]:
    """Embeds ``texts`` in batches of similar length.

    Yields an ``Encoded`` (a ``Progress`` "Embedding") after each batch; may be closed at any.

    Args:
        texts: N texts, or (title, text) pairs.
        encoder: what makes the vectors.
        role: whether they are questions or passages.
        batch_tokens: the most tokens in a batch, padding included; a longer text goes alone.

    Returns:
        (N, D) vectors in the order of ``texts``; (0, D) for none.
    """
    total = len(texts)
    array = np.empty((total, encoder.card.dimensions), np.float32)
    done = 0
    for start in range(0, total, _WINDOW):
        tokens = encoder.tokenize(texts[start : start + _WINDOW], role)
        for places in batches(tokens, batch_tokens):
            vectors = encoder.forward([tokens[place] for place in places], role)
            vectors.setflags(write=False)
            rows = tuple(start + place for place in places)
            array[list(rows)] = vectors
            done += len(rows)
            yield Encoded("Embedding", done, total, f"{role}s", rows=rows, vectors=vectors)
    return Vectors(array, encoder.card.key, encoder.card.conventions.normalize)


def batches(tokens: Sequence[Sequence[int]], most: int) -> Iterator[list[int]]:
    """Positions of texts, longest first, so that memory peaks and fails at once if at all."""
    batch: list[int] = []
    for place in sorted(range(len(tokens)), key=lambda place: -len(tokens[place])):
        if batch and len(tokens[batch[0]]) * (len(batch) + 1) > most:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def text_key(text: Text, encoder_key: str, role: Role) -> bytes:
    """16 bytes that stand for a text as one encoder embeds it (BLAKE2b).

    The same text without a title and with an empty one has the same key.
    """
    title, body = ("", text) if isinstance(text, str) else text
    digest = blake2b(digest_size=16)
    for part in (encoder_key, role, title, body):
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.digest()
