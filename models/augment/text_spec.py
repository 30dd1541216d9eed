"""The augmentations of text: their names, what each does, and their parameters."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.errors import InputError


@dataclass(frozen=True, slots=True)
class TextMethod:
    """One way of making a view of a text.

    Attributes:
        title: its name for people.
        about: what it does, in one sentence.
        share: what α is a share of; empty where α has no meaning.
        needs: "synonyms" for WordNet, "translators" for two translation models, or nothing.
    """

    title: str
    about: str
    share: str = ""
    needs: str = ""


#: By the name under which each is asked for. The first five are EDA's, the next two SimCSE's.
TEXT_METHODS: Mapping[str, TextMethod] = {
    "synonym": TextMethod(
        "Synonym replacement",
        "Words other than stop words become a synonym, each wherever it stands.",
        "words replaced",
        "synonyms",
    ),
    "insertion": TextMethod(
        "Random insertion",
        "Synonyms of the text's own words are put in anywhere but at the end.",
        "words inserted",
        "synonyms",
    ),
    "swap": TextMethod("Random swap", "Two words change places, again and again.", "swaps"),
    "deletion": TextMethod(
        "Random deletion",
        "Each word is dropped by chance; one stays at least.",
        "words dropped, on average",
    ),
    "eda": TextMethod(
        "EDA", "One of the four edits, each with equal chance.", "words changed", "synonyms"
    ),
    "delete-one": TextMethod("Delete one word", "A single word is dropped."),
    "crop": TextMethod("Crop", "A part of the text in one piece is kept.", "words cut off"),
    "back-translation": TextMethod(
        "Back-translation",
        "The text is translated into another language and back.",
        needs="translators",
    ),
}


@dataclass(frozen=True, slots=True)
class TextAugment:
    """An augmentation of text and how strong it is.

    Attributes:
        method: a name in ``TEXT_METHODS``.
        alpha: α, the share of the words that is changed, with n = max(1, int(α · words)); for
            ``deletion`` the probability of each word. 0 changes nothing. .1 is Wei & Zou's
            default and the mildest crop of SimCSE's ablation.

    Raises:
        InputError: an unknown method, or an α that is not from 0 to 1.
    """

    method: str
    alpha: float = 0.1

    def __post_init__(self) -> None:
        if self.method not in TEXT_METHODS:
            raise InputError(
                f"There is no augmentation of text called {self.method}; there are "
                f"{', '.join(TEXT_METHODS)}."
            )
        if not 0 <= self.alpha <= 1:
            raise InputError("The augmentation's α must lie between 0 and 1.")
