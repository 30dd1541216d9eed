"""What is looked at in a set of sentences: pairs of words, words in many contexts, sentences."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.encoders.layers import Worded
from models.errors import InputError
from models.geometry import sampled_rows

#: Pairs of random words whose mean cosine is anisotropy (Ethayarajh 2019, §4.1).
PAIRS = 1000
#: A word is of interest from so many contexts on (Ethayarajh 2019, §3.2).
CONTEXTS = 5
#: Bounds the memory, whatever the number of sentences is.
WORDS, POOLED = 1000, 1000


@dataclass(frozen=True, eq=False)
class Plan:
    """Places in N sentences; a place is (sentence, word of it).

    Attributes:
        pairs: (2P, 2) places of the words of P pairs, of pair p at 2p and 2p + 1.
        frequent: words that occur in at least 5 sentences, all or 1,000 of them at random.
        of: how many there are.
        occurrences: (K, 3) places of all occurrences of ``frequent``, one a sentence, each with
            the word's number.
        counts: (len(frequent),) of each word's occurrences.
        inner: sentences of at least two words.
        pooled: sentences whose vectors are kept.
    """

    pairs: NDArray[np.int64]
    frequent: tuple[str, ...]
    of: int
    occurrences: NDArray[np.int64]
    counts: NDArray[np.int64]
    inner: NDArray[np.int64]
    pooled: NDArray[np.int64]


def make_plan(texts: Sequence[Worded], seed: int) -> Plan:
    """Draws what is looked at; the same for the same texts and seed.

    Raises:
        InputError: fewer than two sentences have a word.
    """
    lengths = np.array([len(text.words) for text in texts])
    some = np.flatnonzero(lengths)
    if len(some) < 2 or lengths.max() < 2:
        raise InputError("It takes two sentences, one of them of two words, to compare words.")
    generator = np.random.default_rng(seed)
    first = generator.integers(len(some), size=PAIRS)
    other = (first + generator.integers(1, len(some), size=PAIRS)) % len(some)  # never the first
    sentences = some[np.stack([first, other], 1).ravel()]
    words = (generator.random(len(sentences)) * lengths[sentences]).astype(np.int64)
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row, text in enumerate(texts):
        for word, at in _first_places(text.words).items():
            places[word].append((row, at))
    known = [word for word, found in places.items() if len(found) >= CONTEXTS]
    chosen = [known[at] for at in sampled_rows(len(known), WORDS, seed)]
    rows = [(*place, number) for number, word in enumerate(chosen) for place in places[word]]
    return Plan(
        pairs=np.stack([sentences, words], 1),
        frequent=tuple(chosen),
        of=len(known),
        occurrences=np.array(rows, np.int64).reshape(-1, 3),
        counts=np.array([len(places[word]) for word in chosen], np.int64),
        inner=np.flatnonzero(lengths >= 2),
        pooled=sampled_rows(len(texts), POOLED, seed),
    )


def _first_places(words: Sequence[str]) -> dict[str, int]:
    """Where each word stands first: a context counts once."""
    found: dict[str, int] = {}
    for at, word in enumerate(words):
        found.setdefault(word, at)
    return found
