"""Sentences to begin with, and others out of the open corpus."""

import random

from models.data.records import Passages
from models.events import Progress, Work
from models.retrieval.sentences import sentences

#: Written for this place: plain, negated, technical, a question, with names, and in other scripts.
EXAMPLES = (
    "The quick train to the coast leaves early on Sunday mornings.",
    "She did not say that the old bridge was safe.",
    "Contrastive learning pulls similar sentences together and pushes different ones apart.",
    "How many children were born in this small village last year?",
    "Dr Amara Okafor moved from Lagos to Oslo in 2019 to study sea ice.",
    "I love this film 😍 but the ending made me cry!",
    "Der alte Hafen ist im Winter still und voller Möwen.",
    "今天下午我们在公园里看到了一只白色的小狗。",
    "قرأت الطالبة كتابا قديما عن تاريخ المدينة.",
    "Wait!",
)
_SHORTEST, _LONGEST = 6, 30  # words of a sentence that is worth a look
_TRIES, _LETTERS = 40, 4000


def corpus_sentence(passages: Passages, seed: int) -> Work[str]:
    """A random sentence of the corpus; empty where none of middling length turned up."""
    yield Progress("Looking for a sentence")
    found = _some(passages, 1, random.Random(seed))
    return found[0] if found else ""


def other_sentences(passages: Passages | None, count: int = 16) -> tuple[str, ...]:
    """Sentences that have nothing to do with the one that is looked at: always the same ones."""
    found = () if passages is None else _some(passages, count, random.Random(0))
    return found or EXAMPLES[:6]


def _some(passages: Passages, count: int, rng: random.Random) -> tuple[str, ...]:
    """At most one sentence of each of as many random passages as it takes."""
    found: dict[str, None] = {}
    rows = len(passages)
    for row in rng.sample(range(rows), min(rows, _TRIES * count)):
        if len(found) == count:
            break
        text = passages[row].text[:_LETTERS]
        pieces = [" ".join(text[start:end].split()) for start, end in sentences(text)]
        fitting = [piece for piece in pieces if _SHORTEST <= len(piece.split()) <= _LONGEST]
        if fitting:
            found[rng.choice(fitting)] = None
    return tuple(found)
