"""DPR (Karpukhin et al. 2020): a question finds its passage among those of a whole batch."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from models.data.asked import QuestionSet, Titled
from models.encoders.trainable import Base, TextNetSpec
from models.training.history import TEXTS
from models.training.negatives import Negatives
from models.training.recipes.config import recipe_config, recipe_from
from models.training.settings import Settings

if TYPE_CHECKING:
    import torch

    from models.training.recipes.dpr_learner import DprLearner

Similarity = Literal["dot", "cosine"]

#: What the two halves of the probe set are, in the order of their labels.
SIDES = ("Questions", "Passages")

_LENGTH = 256  # tokens, in all of the paper's experiments
_KEPT = 300  # characters of a probe text that are kept for those who look at it
_NET = TextNetSpec(head="none", max_length=_LENGTH)
_SHARED = Negatives()


@dataclass(frozen=True)
class DprRecipe:
    """All that a person chooses.

    Attributes:
        net: of both halves; it has no head.
        shared: whether one network serves questions and passages; the paper has two.
        negatives: what a question is told apart from.
        similarity: the plain dot product as in the paper, or, a deviation, the cosine.
        temperature: τ by which the cosine is divided; the dot product has none.
        chunk: texts that go through at once with gradient caching; 0 is the plain batch.
        probe: how many questions are watched, each with its passage.
    """

    settings: Settings
    net: TextNetSpec = _NET
    shared: bool = False
    negatives: Negatives = _SHARED
    similarity: Similarity = "dot"
    temperature: float = 1.0
    chunk: int = 0
    probe: int = 64
    method: Literal["dpr"] = "dpr"

    def as_config(self) -> dict[str, Any]:
        """Everything but the settings, in a form that JSON keeps."""
        return recipe_config(self)

    @classmethod
    def from_config(cls, config: Mapping[str, Any], free: Mapping[str, Any]) -> "DprRecipe":
        """The recipe of a run from what its ``run.json`` says.

        Raises:
            InputError: it was written by another version.
        """
        parts = {
            "net": lambda net: TextNetSpec(**net),
            "negatives": lambda negatives: Negatives(**negatives),
        }
        return recipe_from(cls, config, free, parts)

    @property
    def deviations(self) -> tuple[str, ...]:
        """In what this recipe is not the paper's, in words."""
        found = []
        if self.shared:
            found.append("one encoder serves questions and passages")
        if self.net.pooling != "cls":
            found.append("the vector is the mean of all tokens in place of [CLS]")
        if self.similarity == "cosine":
            found.append(f"the cosine, divided by τ = {self.temperature:g}, replaces the product")
        if self.negatives.mask:
            found.append("passages of the batch that answer a question too are left out")
        return tuple(found)


_PAPER = Settings(
    batch=128,
    epochs=40,
    rate=1e-5,
    warmup_epochs=2,
    decay=0.0,
    clip=2.0,
    schedule="linear",
    save_seconds=60.0,
)

#: "paper" is the paper's setting (§5): two encoders, [CLS], a batch of 128 with one BM25 negative
#: each, 40 epochs, a rate of 1e-5 that warms up and falls in a line; its gradients are cached, so
#: that the batch fits, which changes nothing else. "laptop" is sixty steps of sixteen from an
#: encoder that is good at it already, so that it is compared as that encoder was made to be: by
#: the cosine of mean vectors. Their plain product finds less before training, and sixty steps are
#: too few to make up for it. Fewer questions are watched, each of which costs as much as a passage
#: in a step.
PRESETS = {
    "laptop": DprRecipe(
        replace(_PAPER, batch=16, epochs=None, steps=60, rate=2e-5, frames=20, measurements=10),
        net=replace(_NET, pooling="mean", max_length=192),
        similarity="cosine",
        temperature=0.05,
        probe=32,
    ),
    "paper": DprRecipe(_PAPER, negatives=replace(_SHARED, pool=1), chunk=16),
}


@dataclass(frozen=True, eq=False)
class DprTask:
    """A recipe with its questions: a ``Task``.

    Attributes:
        base: the transformer that both halves begin as.
        data: how the questions are found again, for the run's folder.
        pools: for each training question the rows that its hard negatives are drawn from.
    """

    recipe: DprRecipe
    questions: QuestionSet
    base: Base
    data: Mapping[str, Any]
    pools: tuple[tuple[int, ...], ...]

    @property
    def examples(self) -> int:
        """Questions to learn from."""
        return len(self.questions.train)

    @property
    def config(self) -> Mapping[str, Any]:
        """Recipe, base and data."""
        base = {"name": self.base.name, "key": self.base.key, "dimensions": self.base.dimensions}
        data = {
            **self.data,
            "questions": self.questions.key,
            "examples": self.examples,
            "passages": len(self.questions.passages),
            "held": len(self.questions.held),
            "classes": list(SIDES),
        }
        return {"recipe": self.recipe.as_config(), "base": base, "data": data}

    @property
    def pairs(self) -> tuple[list[str], list[Titled]]:
        """The probe set: m held questions and the passage of each, drawn the same way each time.

        No two share a passage while there are others, so that each has one right answer here.
        """
        held = list(self.questions.held)
        random.Random(0).shuffle(held)
        by_passage = {question.positives[0]: question for question in reversed(held)}
        chosen = list(by_passage.values()) if len(by_passage) > 1 else held
        chosen = chosen[: self.recipe.probe]
        return [q.text for q in chosen], [self.titled(q.positives[0]) for q in chosen]

    @property
    def labels(self) -> NDArray[np.int64]:
        """(2m,): 0 for the questions, 1 for their passages."""
        count = len(self.pairs[0])
        labels = np.repeat(np.arange(2, dtype=np.int64), count)
        labels.setflags(write=False)
        return labels

    @property
    def probe(self) -> Mapping[str, NDArray[Any]]:
        """The texts (2m,) of all questions, then of their passages, cut where they are long."""
        questions, passages = self.pairs
        told = [f"{title}: {text}" if title else text for title, text in passages]
        return {TEXTS: np.array([_short(text) for text in (*questions, *told)], np.str_)}

    def titled(self, row: int) -> Titled:
        """Title and text of a passage."""
        table = self.questions.passages.table
        return table.column("title")[row].as_py(), table.column("text")[row].as_py()

    def start(self, device: "torch.device", settings: Settings) -> "DprLearner":
        """Loads the base onto ``device``."""
        from models.training.recipes.dpr_learner import DprLearner

        return DprLearner(self, device, settings)


def _short(text: str) -> str:
    return text if len(text) <= _KEPT else f"{text[: _KEPT - 2]} …"
