"""EDA's four edits, and SimCSE's deletion of one word and crop: words in, marked words out.

Wei & Zou 2019, "EDA: Easy Data Augmentation Techniques for Boosting Performance on Text
Classification Tasks", §2; Gao et al. 2021 (SimCSE), table 1. Each takes the words of a text, how
many of them to change and where random numbers come from. Unlike EDA's code they leave case and
punctuation as they are.
"""

import random
from collections.abc import Callable, Iterable, Sequence

from models.augment.edited import Slot, slots_of
from models.augment.stop_words import STOP_WORDS
from models.augment.words import Words

Synonyms = Callable[[str], Sequence[str]]


def replace_synonyms(words: Words, n: int, rng: random.Random, synonyms: Synonyms) -> list[Slot]:
    """Replaces n different words, each by one synonym in every place where it occurs.

    Stop words are left, and so are words without synonyms: others are taken in their place as
    long as there are any.
    """
    chosen: dict[str, str] = {}
    for word in _shuffled(words.words, rng):
        if len(chosen) == n:
            break
        if found := synonyms(word):
            chosen[word] = rng.choice(found)
    return [
        Slot(_cased(chosen[plain], slot.word), slot.origin, "replaced")
        if (plain := slot.word.casefold()) in chosen
        else slot
        for slot in slots_of(words)
    ]


def insert_synonyms(words: Words, n: int, rng: random.Random, synonyms: Synonyms) -> list[Slot]:
    """Puts a synonym of a random word, no stop word, at a random place; n times.

    As in the authors' code the place is before one of the words, so never at the end.
    """
    slots = slots_of(words)
    candidates = [found for word in _shuffled(words.words, rng) if (found := synonyms(word))]
    for _ in range(n if candidates else 0):
        word = rng.choice(rng.choice(candidates))
        slots.insert(rng.randrange(len(slots)), Slot(word, None, "inserted"))
    return slots


def swap_words(words: Words, n: int, rng: random.Random) -> list[Slot]:
    """Lets two random words change places; n times, so that a word may move on or come back."""
    slots = slots_of(words)
    for _ in range(n if len(slots) > 1 else 0):
        a, b = rng.sample(range(len(slots)), 2)
        slots[a], slots[b] = slots[b], slots[a]
    return [
        slot if slot.word == word else Slot(slot.word, slot.origin, "moved")
        for slot, word in zip(slots, words.words, strict=True)
    ]


def delete_words(words: Words, probability: float, rng: random.Random) -> list[Slot]:
    """Deletes each word with a probability; where all would go, a random one stays."""
    count = len(words.words)
    gone = {number for number in range(count) if rng.random() < probability}
    if len(gone) == count and gone:
        gone.remove(rng.randrange(count))
    return _without(words, gone)


def delete_one(words: Words, rng: random.Random) -> list[Slot]:
    """Deletes one random word, unless it is the only one."""
    count = len(words.words)
    return _without(words, {rng.randrange(count)} if count > 1 else set())


def crop_words(words: Words, n: int, rng: random.Random) -> list[Slot]:
    """Keeps all but n words, in one piece that starts anywhere; one word stays at least."""
    count = len(words.words)
    kept = max(count - n, min(1, count))
    start = rng.randint(0, count - kept)
    return _without(words, {*range(start), *range(start + kept, count)})


def _without(words: Words, gone: Iterable[int]) -> list[Slot]:
    slots = slots_of(words)
    for number in gone:
        slots[number] = Slot(words.words[number], number, "deleted")
    return slots


def _shuffled(words: Iterable[str], rng: random.Random) -> list[str]:
    """The different words without stop words in random order; capitals make no difference."""
    plain = [word.casefold() for word in words]
    candidates = list(dict.fromkeys(word for word in plain if word not in STOP_WORDS))
    rng.shuffle(candidates)
    return candidates


def _cased(synonym: str, word: str) -> str:
    """The synonym with the capitals of the word it stands for."""
    if word.isupper() and len(word) > 1:
        return synonym.upper()
    return synonym[:1].upper() + synonym[1:] if word[:1].isupper() else synonym
