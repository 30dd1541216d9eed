"""The sentence of a passage that matters most to a question, by its words or by its vector."""

from collections import OrderedDict
from collections.abc import Generator, Mapping, Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from models.encoders.base import Encoder
from models.events import Progress
from models.retrieval.dense import as_compared
from models.retrieval.lexical import words
from models.retrieval.sentences import Span, sentences
from models.vectors import text_key

_BATCH = 8


def best_by_terms(text: str, terms: Mapping[str, float]) -> Span | None:
    """The first sentence with the largest summed weight of distinct ``terms`` that it holds.

    ``terms`` maps a word to its inverse document frequency, as ``LexicalIndex.terms`` gives it.
    None where no sentence holds any.
    """
    best, most = None, 0.0
    for start, end in sentences(text):
        weight = sum(terms.get(word, 0.0) for word in dict.fromkeys(words(text[start:end])))
        if weight > most:
            best, most = (start, end), weight
    return best


class SentenceVectors:
    """The sentence nearest to a question, by one encoder; the latest vectors are remembered."""

    def __init__(self, encoder: Encoder, capacity: int = 4096) -> None:
        self.encoder = encoder
        self.capacity = capacity
        self._known: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()
        self._lock = Lock()

    def best(
        self, texts: Sequence[str], vector: NDArray[np.float32]
    ) -> Generator[Progress, None, tuple[Span | None, ...]]:
        """For each text the first sentence whose vector is nearest to ``vector`` (D,) by cosine.

        None for a text without sentences. Yields Progress between small batches of sentences.
        """
        spans = [sentences(text) for text in texts]
        pieces = {
            text[start:end]
            for text, found in zip(texts, spans, strict=True)
            for start, end in found
        }
        vectors = yield from self._vectors(sorted(pieces))
        question = as_compared(vector, "cosine")
        best: list[Span | None] = []
        for text, found in zip(texts, spans, strict=True):
            scores = [float(vectors[text[start:end]] @ question) for start, end in found]
            best.append(found[int(np.argmax(scores))] if scores else None)
        return tuple(best)

    def _vectors(
        self, pieces: Sequence[str]
    ) -> Generator[Progress, None, dict[str, NDArray[np.float32]]]:
        vectors: dict[str, NDArray[np.float32]] = {}
        missing = []
        for piece in pieces:
            known = self._recall(piece)
            if known is None:
                missing.append(piece)
            else:
                vectors[piece] = known
        missing.sort(key=len)  # a batch of equal lengths wastes no padding
        for start in range(0, len(missing), _BATCH):
            yield Progress("Comparing sentences", start, len(missing), "sentences")
            batch = missing[start : start + _BATCH]
            made = self.encoder.forward(self.encoder.tokenize(batch, "passage"), "passage")
            for piece, row in zip(batch, as_compared(made, "cosine"), strict=True):
                vectors[piece] = row
                self._remember(piece, row)
        return vectors

    def _recall(self, piece: str) -> NDArray[np.float32] | None:
        key = text_key(piece, self.encoder.card.key, "passage")
        with self._lock:
            if key not in self._known:
                return None
            self._known.move_to_end(key)
            return self._known[key]

    def _remember(self, piece: str, vector: NDArray[np.float32]) -> None:
        key = text_key(piece, self.encoder.card.key, "passage")
        with self._lock:
            self._known[key] = vector
            while len(self._known) > self.capacity:
                self._known.popitem(last=False)
