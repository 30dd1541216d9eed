"""Triplets of one source, ready to be looked through."""

import heapq
import random
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.augment.words import split_words
from models.data.nli import BUNDLED, Triplet, read_triplets, triplets_file
from models.events import Progress, Skipped, Work

#: Triplets looked at between two events, few enough to let others have the interpreter.
_STEP = 2048
_ASCII = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*")
_TOLD = 200  # skipped rows whose reasons are kept


@dataclass(frozen=True, eq=False)
class TripletSet:
    """N triplets.

    Attributes:
        source: what loads them again.
        triplets: N, in the order of the file.
        of: how many the file holds; where that is more, these are drawn at random with seed 0.
        skipped: the first rows that were passed over, and why.
        skips: how many rows were.
        shared: (N,) whether the contradiction shares more words with the premise than the
            entailment does.
        texts: N texts in which words are looked for, folded to one case.
        kinds: what the triplets are examples of, in the order of the file.
    """

    source: str
    triplets: tuple[Triplet, ...]
    of: int
    skipped: tuple[Skipped, ...]
    skips: int
    shared: NDArray[np.bool_]
    texts: tuple[str, ...]
    kinds: tuple[str, ...]
    _ranks: dict[str, NDArray[np.int64]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.triplets)

    @property
    def name(self) -> str:
        """What to call it."""
        return "Bundled triplets" if self.source == BUNDLED else Path(self.source).name

    def rank(self, column: str) -> Work[NDArray[np.int64]]:
        """(N,) the place of each triplet by its text in ``column``, an attribute of ``Triplet``;
        the same for equal texts.

        Sorted in short pieces that are then merged: one long sort would keep the interpreter from
        everybody else.
        """
        if column not in self._ranks:
            keys = [getattr(triplet, column).casefold() for triplet in self.triplets]
            pieces = []
            for start in range(0, len(keys), _STEP):
                yield Progress("Sorting", start, len(keys), "triplets")
                rows = range(start, min(start + _STEP, len(keys)))
                pieces.append(sorted((keys[row], row) for row in rows))
            places = np.empty(len(keys), np.int64)
            last, first = None, 0  # the text before, and the place of the first like it
            for place, (key, row) in enumerate(heapq.merge(*pieces)):
                if place % _STEP == 0:
                    yield Progress("Merging", place, len(keys), "triplets")
                first = first if key == last else place
                last, places[row] = key, first
            places.setflags(write=False)
            self._ranks[column] = places
        return self._ranks[column]


def load_triplets(source: str, most: int | None = None) -> Work[TripletSet]:
    """Reads ``source``, as ``read_triplets`` does, and draws ``most`` of its triplets.

    Raises:
        InputError: it cannot be read.
    """
    skipped: list[Skipped] = []
    skips = 0
    with closing(read_triplets(source)) as reading:
        while True:
            try:
                event = next(reading)
            except StopIteration as stop:
                found: tuple[Triplet, ...] = stop.value
                break
            if isinstance(event, Skipped):
                skips += 1
                if len(skipped) < _TOLD:
                    skipped.append(event)
            else:
                yield event
    drawn = found
    if most is not None and len(found) > most:
        rows = sorted(random.Random(0).sample(range(len(found)), most))
        drawn = tuple(found[row] for row in rows)
    shared = np.zeros(len(drawn), np.bool_)
    texts: list[str] = []
    for row, triplet in enumerate(drawn):
        if row % _STEP == 0:
            yield Progress("Comparing words", row, len(drawn), "triplets")
        premise, entailment, contradiction = _words(triplet)
        shared[row] = len(premise & contradiction) > len(premise & entailment)
        texts.append(f"{triplet.premise}\n{triplet.entailment}\n{triplet.contradiction}".casefold())
    shared.setflags(write=False)
    kinds = tuple(dict.fromkeys(triplet.kind for triplet in drawn if triplet.kind))
    place = source if source == BUNDLED else str(triplets_file(source))
    return TripletSet(place, drawn, len(found), tuple(skipped), skips, shared, tuple(texts), kinds)


def _words(triplet: Triplet) -> Iterator[set[str]]:
    """The different words of each sentence, in one case."""
    for text in (triplet.premise, triplet.entailment, triplet.contradiction):
        folded = text.casefold()
        # The words of every script take ten times as long, and most triplets are English.
        yield set(_ASCII.findall(folded) if folded.isascii() else split_words(folded).words)
