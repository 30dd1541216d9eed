"""An encoder without weights: words hashed into a few dimensions, deterministic and quick."""

import hashlib

import numpy as np

from models.encoders.card import Conventions, EncoderCard


class HashEncoder:
    """Bag of hashed words, L2-normalised; counts the texts it has embedded."""

    def __init__(self, dimensions=32, key="hash-1"):
        self.card = EncoderCard(
            name="hash",
            source="test",
            architecture="BagOfWords",
            dimensions=dimensions,
            conventions=Conventions("mean", True, "cosine", 256),
            key=key,
            notes=(),
        )
        self.embedded = 0
        self.fail_after = None

    def tokenize(self, texts, role):
        return [[_word(w) for w in _plain(text).lower().split()] or [0] for text in texts]

    def forward(self, batch, role):
        self.embedded += len(batch)
        if self.fail_after is not None and self.embedded > self.fail_after:
            raise KeyboardInterrupt
        out = np.zeros((len(batch), self.card.dimensions), np.float32)
        for row, tokens in enumerate(batch):
            for token in tokens:
                out[row, token % self.card.dimensions] += 1 if token % 2 else -1
        out += 1e-3
        return out / np.linalg.norm(out, axis=1, keepdims=True)


def _plain(text):
    return text if isinstance(text, str) else " ".join(text)


def _word(word):
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest(), "little")
