"""How a small reader is trained: its settings, its pairs, and what is watched on the way."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from models.encoders.trainable import Base
from models.errors import InputError
from models.reader.net import ReaderSpec
from models.reader.squad import Pair, ReaderSet
from models.reader.watched import watched_arrays
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
        impossible: of the data's own questions without an answer so many, at most, for each one
            with.
        near: pairs with a wrong paragraph that BM25 finds for the question, for each question with
            an answer.
        probe: how many held questions are watched, each with its passage and with another.
    """

    settings: Settings
    net: ReaderSpec = _SPEC
    impossible: float = 1.0
    near: float = 0.5
    probe: int = 48
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


#: "laptop" takes some ten minutes on two idle cores, however many questions there are. New heads
#: and two layers bear a higher rate than a whole BERT does. "paper" is the setting that BERT's
#: authors have for SQuAD 2.0 (Devlin et al. 2019, §4.3) but for the frozen layers.
PRESETS = {
    "laptop": ReaderRecipe(
        Settings(
            batch=16,
            steps=600,
            rate=3e-4,
            warmup_epochs=0.5,
            decay=0.01,
            clip=1.0,
            schedule="linear",
            frames=30,
            measurements=10,
            save_seconds=60.0,
            score_every=100,
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
            score_every=500,
        ),
        replace(_SPEC, max_length=384, reads=384, plain=True),
        near=0.0,
    ),
}


@dataclass(frozen=True, eq=False)
class ReaderTask:
    """A recipe with its pairs: a ``Task``.

    Attributes:
        base: the BERT that it begins as.
        data: how the questions are found again, for the run's folder.
        pairs: to learn from, those without an answer among them.
        dev: to choose by, all with an answer; none where the data is small.
    """

    recipe: ReaderRecipe
    questions: ReaderSet
    base: Base
    data: Mapping[str, Any]
    pairs: tuple[Pair, ...]
    dev: tuple[Pair, ...] = ()

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
        """All watched pairs: as one text (2m,), cut where it is long, and part by part."""
        pairs = [pair for side in self.watched for pair in side]
        texts = self.questions.paragraphs
        told = [f"{pair.question} {texts[pair.paragraph]}"[:_KEPT] for pair in pairs]
        return {TEXTS: np.array(told, np.str_), **watched_arrays(pairs, texts)}

    def start(self, device: "torch.device", settings: Settings) -> "ReaderLearner":
        """Loads the base onto ``device``."""
        from models.reader.learner import ReaderLearner

        return ReaderLearner(self, device, settings)


def reader_task(
    recipe: ReaderRecipe,
    questions: ReaderSet,
    base: Base,
    data: Mapping[str, Any],
    near: Mapping[Pair, Sequence[int]],
) -> ReaderTask:
    """``recipe`` on questions that were read, with its pairs drawn by the recipe's seed.

    Args:
        near: of answered questions, wrong paragraphs that look right.

    Raises:
        InputError: a setting is out of range.
    """
    for share in (recipe.impossible, recipe.near):
        if not 0 <= share <= 4:
            raise InputError(f"{share} pairs without an answer for each one with cannot be.")
    pairs = _mixed(questions.train, recipe, near)
    dev = tuple(pair for pair in questions.dev if pair.span is not None)
    if not dev:  # with nothing to score by, all weights would be as good as the first ones
        recipe = replace(recipe, settings=replace(recipe.settings, score_every=0))
    return ReaderTask(recipe, questions, base, data, pairs, dev)


def _mixed(
    part: Sequence[Pair], recipe: ReaderRecipe, near: Mapping[Pair, Sequence[int]]
) -> tuple[Pair, ...]:
    """Questions with an answer, those without, and some of the first beside a wrong paragraph."""
    answered = [pair for pair in part if pair.span is not None]
    empty = [pair for pair in part if pair.span is None]
    chance = random.Random(recipe.settings.seed)
    chance.shuffle(empty)
    own = empty[: round(recipe.impossible * len(answered))]
    # A question may come more than once, each time with another paragraph.
    rounds, rest = divmod(round(recipe.near * len(answered)), max(1, len(answered)))
    turns = [*(rounds * [answered]), chance.sample(answered, rest)]
    wrong = [
        Pair(pair.question, near[pair][turn])
        for turn, asked in enumerate(turns)
        for pair in asked
        if turn < len(near.get(pair, ()))
    ]
    return (*answered, *own, *wrong)


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
