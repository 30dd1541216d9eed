"""Augmentations of text by name: one text and a source of random numbers in, a marked text out."""

import random

from models.augment.edited import Edited, assemble
from models.augment.edits import (
    Synonyms,
    crop_words,
    delete_one,
    delete_words,
    insert_synonyms,
    replace_synonyms,
    swap_words,
)
from models.augment.text_spec import TEXT_METHODS, TextAugment, TextMethod
from models.augment.words import split_words
from models.errors import InputError

__all__ = ["TEXT_METHODS", "Edited", "TextAugment", "TextMethod", "augment_text"]

_EDITS = ("synonym", "insertion", "swap", "deletion")


def augment_text(
    text: str, spec: TextAugment, rng: random.Random, synonyms: Synonyms | None = None
) -> Edited:
    """One random view of ``text``.

    The same text, spec and state of ``rng`` give the same view. A text without words comes back
    as it is.

    Args:
        text: in any script, of any length.
        spec: what is done and how strongly. Back-translation takes models and whole batches, and
            has a place of its own: ``models.augment.back_translation``.
        rng: where every random number comes from.
        synonyms: the synonyms of a lower-case word; None takes those of the installed WordNet,
            where they are needed.

    Raises:
        InputError: synonyms are needed and not installed, or back-translation was asked for.
    """
    needs = TEXT_METHODS[spec.method].needs
    if needs == "translators":
        raise InputError("Back-translation needs two translation models.")
    if needs == "synonyms" and synonyms is None:
        from models.augment.wordnet import open_wordnet

        synonyms = open_wordnet().synonyms
    words = split_words(text)
    count = len(words.words)
    n = max(1, int(spec.alpha * count)) if spec.alpha else 0
    # EDA makes several views of a text, a quarter of them by each edit; one view takes its chance.
    method = rng.choice(_EDITS) if spec.method == "eda" else spec.method
    if method == "swap":
        slots = swap_words(words, n, rng)
    elif method == "deletion":
        slots = delete_words(words, spec.alpha, rng)
    elif method == "delete-one":
        slots = delete_one(words, rng)
    elif method == "crop":
        slots = crop_words(words, n, rng)
    else:
        assert synonyms is not None
        edit = replace_synonyms if method == "synonym" else insert_synonyms
        slots = edit(words, n, rng, synonyms)
    return assemble(words, slots)
