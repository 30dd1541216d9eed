"""The methods by what they are trained on; each family has its recipe, its task and its catalog."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["image", "text", "question", "reader"]


@dataclass(frozen=True)
class Family:
    """Methods that share everything but their loss.

    Attributes:
        kind: of the data.
        titles: what people call each method.
        noun: what one point of the probe set is, in the plural.
    """

    kind: Kind
    titles: Mapping[str, str]
    noun: str


IMAGES = Family("image", MappingProxyType({"simclr": "SimCLR", "supcon": "SupCon"}), "images")
TEXTS = Family(
    "text",
    MappingProxyType(
        {
            "simcse": "SimCSE",
            "simcse-nli": "Supervised SimCSE",
            "diffcse": "DiffCSE",
            "mlm": "Masked language model",
        }
    ),
    "sentences",
)
QUESTIONS = Family("question", MappingProxyType({"dpr": "DPR"}), "questions")
READERS = Family("reader", MappingProxyType({"reader": "Reader"}), "questions")
_FAMILIES = (IMAGES, TEXTS, QUESTIONS, READERS)
#: What people call each method of all families.
TITLES: Mapping[str, str] = MappingProxyType({n: t for f in _FAMILIES for n, t in f.titles.items()})


def family_of(method: str) -> Family:
    """The family of a method.

    Raises:
        KeyError: there is no such method.
    """
    for family in _FAMILIES:
        if method in family.titles:
            return family
    raise KeyError(method)
