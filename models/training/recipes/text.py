"""What the methods on text share: network, data and the probe set."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from models.augment.cutoff import CUTOFF_KINDS
from models.augment.text_spec import TEXT_METHODS
from models.data.training_text import Example, TextSet
from models.encoders.trainable import Base, Erase, TextNetSpec
from models.training.history import TEXTS
from models.training.recipes.config import recipe_config, recipe_from
from models.training.settings import Settings
from models.training.task import Learner

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from models.training.recipes.judging import Judge

TextMethod = Literal["simcse", "simcse-nli", "diffcse", "mlm"]
#: The views that are made before training begins: generating them takes long.
TRANSLATED = "back-translation"
#: Before the kind of a cutoff.
CUTOFF = "cutoff-"
#: (B, H) of B texts, as the loss sees them, perhaps with a part of their embeddings erased.
Project = Callable[[Sequence[str], Erase | None], "Tensor"]
#: The loss of some examples; its random numbers come from the generator, or from torch's own.
Loss = Callable[[Project, Sequence[Example], "torch.Generator"], "Tensor"]

#: How two views of a sentence may differ; all but the second have dropout masks of their own.
VIEWS = (
    "dropout",
    "same-mask",
    *TEXT_METHODS,
    *(f"{CUTOFF}{kind}" for kind in CUTOFF_KINDS),
)

_NET = TextNetSpec()
#: Fields that recipes of earlier runs do not have, with what stands for their absence.
_LATE = {
    "there": "",
    "back": "",
    "generator": "",
    "detection": 0.005,
    "masked": 0.3,
    "dev": "",
}
_KEPT = 500  # characters of a probe text that are kept for those who look at it


@dataclass(frozen=True)
class TextRecipe:
    """All that a person chooses.

    Attributes:
        views: how the two views of a sentence differ, where a method makes them, one of
            ``VIEWS``: by their dropout masks; not at all, one mask serving both; or by an edit of
            the second one's words or embeddings besides the masks.
        alpha: share of the words or embeddings that an edit changes.
        temperature: τ of the loss.
        hard_negative_weight: α of a triplet's own contradiction.
        probe: how many texts are watched, each in two views.
        there, back: folders of models that translate from the sentences' language and into it,
            for back-translation.
        generator: of DiffCSE, a masked language model by its folder or name; empty means the base
            itself.
        detection: λ of DiffCSE's loss of exchanged words.
        masked: share of the words that DiffCSE's generator has to guess.
        dev: a file of pairs with people's judgements, or a SentEval folder: the model is scored
            by them every so many steps, and the best one serves. Empty means that none is.
    """

    method: TextMethod
    settings: Settings
    net: TextNetSpec = _NET
    views: str = "dropout"
    alpha: float = 0.1
    temperature: float = 0.05
    hard_negative_weight: float = 1.0
    probe: int = 128
    there: str = ""
    back: str = ""
    generator: str = ""
    detection: float = 0.005
    masked: float = 0.3
    dev: str = ""

    @property
    def translated(self) -> bool:
        """Whether second views are made by translation, before training."""
        return self.method == "simcse" and self.views == TRANSLATED

    def as_config(self) -> dict[str, Any]:
        """Everything but the settings, in a form that JSON keeps."""
        return recipe_config(self, _LATE)

    @classmethod
    def from_config(cls, config: Mapping[str, Any], free: Mapping[str, Any]) -> "TextRecipe":
        """The recipe of a run from what its ``run.json`` says.

        Raises:
            InputError: it was written by another version.
        """
        return recipe_from(cls, config, free, {"net": lambda net: TextNetSpec(**net)})


@dataclass(frozen=True, eq=False)
class TextTask:
    """A recipe with its texts: the ``Task`` of every method on text.

    Attributes:
        base: the transformer that training starts from.
        data: how the texts are found again, for the run's folder.
        loss: the method's; None where its learner has one of its own.
        judge: what the model is scored by, if it is.
    """

    recipe: TextRecipe
    texts: TextSet
    base: Base
    data: Mapping[str, Any]
    loss: Loss | None
    judge: "Judge | None" = None

    @property
    def examples(self) -> int:
        """Texts to learn from, or triplets of them."""
        return len(self.texts.train)

    @property
    def config(self) -> Mapping[str, Any]:
        """Recipe, base and data."""
        base = {"name": self.base.name, "key": self.base.key, "dimensions": self.base.dimensions}
        data = {**self.data, "texts": self.texts.key, "examples": self.examples}
        if self.judge is not None:
            data["dev"] = self.judge.key
        return {"recipe": self.recipe.as_config(), "base": base, "data": data}

    @property
    def pairs(self) -> tuple[list[str], list[str]]:
        """Both views of the probe set, m texts each: of a sentence itself, of a premise what
        follows from it."""
        held = self.texts.held
        return [example[0] for example in held], [example[:2][-1] for example in held]

    @property
    def single(self) -> bool:
        """Whether an example is one sentence, so that its views differ by dropout only."""
        return all(len(example) == 1 for example in self.texts.held)

    @property
    def labels(self) -> NDArray[np.int64]:
        """(2m,): texts have no classes."""
        labels = np.full(2 * len(self.texts.held), -1, np.int64)
        labels.setflags(write=False)
        return labels

    @property
    def probe(self) -> Mapping[str, NDArray[Any]]:
        """The texts (2m,) of all first views, then of all second ones, cut where they are long."""
        first, second = self.pairs
        return {TEXTS: np.array([text[:_KEPT] for text in (*first, *second)], np.str_)}

    def start(self, device: "torch.device", settings: Settings) -> Learner:
        """Loads the base onto ``device``."""
        from models.training.recipes.diffcse import DiffLearner
        from models.training.recipes.judging import JudgedLearner
        from models.training.recipes.mlm import MaskedLearner
        from models.training.recipes.text_learner import TextLearner

        kinds: dict[str, type[TextLearner]] = {"mlm": MaskedLearner, "diffcse": DiffLearner}
        learner = kinds.get(self.recipe.method, TextLearner)(self, device, settings)
        if self.judge is None:
            return learner
        return JudgedLearner(learner, self.judge, self.base, device, settings)
