"""How a small reader is trained: its settings, its pairs, and what is watched on the way."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from models.encoders.trainable import Base
from models.errors import InputError
from models.reader.net import ReaderSpec
from models.reader.squad import Pair, ReaderSet
from models.training.history import TEXTS
from models.training.recipes.config import recipe_config, recipe_from
from models.training.settings import Settings

if TYPE_CHECKING:
    import torch

    from models.reader.learner import ReaderLearner

#: What the two halves of the probe set are, in the order of their labels.
SIDES = ("With its passage", "With another passage")

_KEPT = 300  # characters of a probe text that are kept for those who look at it
_SPEC = ReaderSpec()


@dataclass(frozen=True)
class ReaderRecipe:
    """All that a person chooses.

    Attributes:
        negatives: pairs without an answer for each one with: half are the data's own unanswerable
            questions as far as there are any, the others have another paragraph of their article.
        probe: how many held questions are watched, each with its passage and with another.
    """

    settings: Settings
    net: ReaderSpec = _SPEC
    negatives: float = 0.3
    probe: int = 24
    method: Literal["reader"] = "reader"

    def as_config(self) -> dict[str, Any]:
        """Everything but the settings, in a form that JSON keeps."""
        return recipe_config(self)

    @classmethod
    def from_config(cls, config: Mapping[str, Any], free: Mapping[str, Any]) -> "ReaderRecipe":
        """The recipe of a run from what its ``run.json`` says.

        Raises:
            InputError: it was written by another version.
        """
        parts = {"net": lambda net: ReaderSpec(**net)}
        return recipe_from(cls, config, free, parts)


#: "laptop" takes some minutes on two idle cores for a few thousand questions. New heads and two
#: layers bear a higher rate than a whole BERT does. "paper" is the setting that BERT's authors
#: have for SQuAD (Devlin et al. 2019, §4.2) but for the frozen layers.
PRESETS = {
    "laptop": ReaderRecipe(
        Settings(
            batch=16,
            epochs=3,
            rate=3e-4,
            warmup_epochs=0.5,
            decay=0.01,
            clip=1.0,
            schedule="linear",
            frames=20,
            measurements=10,
            save_seconds=60.0,
        ),
    ),
    "paper": ReaderRecipe(
        Settings(
            batch=32,
            epochs=3,
            rate=5e-5,
            warmup_epochs=0.3,
            decay=0.01,
            clip=1.0,
            schedule="linear",
            save_seconds=60.0,
        ),
        replace(_SPEC, max_length=384, reads=384),
    ),
}


@dataclass(frozen=True, eq=False)
class ReaderTask:
    """A recipe with its pairs: a ``Task``.

    Attributes:
        base: the BERT that it begins as.
        data: how the questions are found again, for the run's folder.
        pairs: to learn from, those without an answer among them.
    """

    recipe: ReaderRecipe
    questions: ReaderSet
    base: Base
    data: Mapping[str, Any]
    pairs: tuple[Pair, ...]

    @property
    def examples(self) -> int:
        """Pairs of question and paragraph."""
        return len(self.pairs)

    @property
    def config(self) -> Mapping[str, Any]:
        """Recipe, base and data."""
        base = {"name": self.base.name, "key": self.base.key, "dimensions": self.base.dimensions}
        data = {
            **self.data,
            "questions": self.questions.key,
            "examples": self.examples,
            "held": len(self.questions.held),
            "held_articles": list(self.questions.held_articles),
            "classes": list(SIDES),
        }
        return {"recipe": self.recipe.as_config(), "base": base, "data": data}

    @property
    def watched(self) -> tuple[list[Pair], list[Pair]]:
        """m held questions with their paragraphs, and the same with others of the article."""
        held = [pair for pair in self.questions.held if pair.span is not None]
        random.Random(0).shuffle(held)
        held = held[: self.recipe.probe]
        return held, others(held, self.questions)

    @property
    def labels(self) -> NDArray[np.int64]:
        """(2m,): 0 with the right paragraph, 1 with another."""
        labels = np.repeat(np.arange(2, dtype=np.int64), len(self.watched[0]))
        labels.setflags(write=False)
        return labels

    @property
    def probe(self) -> Mapping[str, NDArray[Any]]:
        """The texts (2m,) of all watched pairs, cut where they are long."""
        told = [
            f"{pair.question} {self.questions.paragraphs[pair.paragraph]}"[:_KEPT]
            for side in self.watched
            for pair in side
        ]
        return {TEXTS: np.array(told, np.str_)}

    def start(self, device: "torch.device", settings: Settings) -> "ReaderLearner":
        """Loads the base onto ``device``."""
        from models.reader.learner import ReaderLearner

        return ReaderLearner(self, device, settings)


def reader_task(
    recipe: ReaderRecipe, questions: ReaderSet, base: Base, data: Mapping[str, Any]
) -> ReaderTask:
    """``recipe`` on questions that were read, with its pairs drawn by the recipe's seed.

    Raises:
        InputError: a setting is out of range.
    """
    if not 0 <= recipe.negatives <= 4:
        raise InputError(f"{recipe.negatives} pairs without an answer for each one with cannot be.")
    answered = [pair for pair in questions.train if pair.span is not None]
    empty = [pair for pair in questions.train if pair.span is None]
    chance = random.Random(recipe.settings.seed)
    chance.shuffle(empty)
    wanted = round(recipe.negatives * len(answered))
    own = empty[: wanted // 2]
    drawn = chance.sample(answered, min(wanted - len(own), len(answered)))
    pairs = (*answered, *own, *others(drawn, questions, recipe.settings.seed))
    return ReaderTask(recipe, questions, base, data, pairs)


def others(pairs: list[Pair], questions: ReaderSet, seed: int = 0) -> list[Pair]:
    """The same questions, each with another paragraph, of its own article if that has one."""
    chance = random.Random(f"others {seed}")
    rows: dict[str, list[int]] = {}
    for row, article in enumerate(questions.articles):
        rows.setdefault(article, []).append(row)
    found = []
    for pair in pairs:
        near = rows[questions.articles[pair.paragraph]]
        pool = near if len(near) > 1 else range(len(questions.paragraphs))
        row = chance.choice([row for row in pool if row != pair.paragraph])
        found.append(Pair(pair.question, row))
    return found
