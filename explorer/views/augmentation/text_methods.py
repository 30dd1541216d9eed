"""The augmentations of the page in their order: names, papers, and what to know of each."""

from dataclasses import dataclass

from explorer.views.augmentation.text_runs import RunKind
from models.augment.text_spec import TEXT_METHODS

_EDA = "Wei & Zou 2019, EDA"
_SIMCSE = "Gao et al. 2021, SimCSE"
_CUTOFF = "Shen et al. 2020, Cutoff"


@dataclass(frozen=True)
class Shown:
    """One card.

    Attributes:
        title: its name.
        paper: where it comes from.
        about: what it does, in a sentence or two.
        erased: how erased tokens are shown, where it erases any.
        inside: whether it is made inside the network.
    """

    title: str
    paper: str
    about: str
    erased: RunKind = "kept"
    inside: bool = False


def _edit(name: str, paper: str, more: str = "") -> Shown:
    method = TEXT_METHODS[name]
    return Shown(method.title, paper, f"{method.about}{more}")


METHODS: dict[str, Shown] = {
    "synonym": _edit("synonym", _EDA, " In SimCSE it reaches 77.4 on STS-B, dropout 82.5."),
    "insertion": _edit("insertion", _EDA),
    "swap": _edit("swap", _EDA),
    "deletion": _edit("deletion", _EDA),
    "delete-one": _edit(
        "delete-one", _SIMCSE, " In SimCSE it reaches 75.9 on STS-B, dropout 82.5."
    ),
    "crop": _edit("crop", _SIMCSE, " Cropping 10% reaches 77.8 in SimCSE, dropout 82.5."),
    "cutoff-token": Shown(
        "Token cutoff",
        _CUTOFF,
        "Single tokens are erased behind the embedding layer, and attention does not see them.",
        "erased",
        True,
    ),
    "cutoff-span": Shown(
        "Span cutoff", _CUTOFF, "As many tokens are erased in one piece.", "dimmed", True
    ),
    "cutoff-feature": Shown(
        "Feature cutoff",
        _CUTOFF,
        "Whole dimensions of the embeddings are erased, the same ones at every token.",
        inside=True,
    ),
    "dropout": Shown(
        "Dropout, two passes",
        _SIMCSE,
        "The sentence goes through twice, each time with a dropout mask of its own. The strips "
        "show what each mask left out at the first token's embedding; the cosine is that of both "
        "passes to each other.",
        inside=True,
    ),
    "same-mask": Shown(
        "The same mask twice",
        _SIMCSE,
        "Both passes leave out the same numbers, so both vectors are one and their cosine is 1: "
        "a pair from which there is nothing to learn. In SimCSE it reaches 43.6 on STS-B.",
        inside=True,
    ),
    "back-translation": Shown(
        "Back-translation",
        "Sennrich et al. 2016; Xie et al. 2020, UDA",
        "Sentences are translated into another language and back, with words drawn at chance.",
    ),
}
