"""A text encoder held against people's judgements of pairs while it trains.

Gao et al. 2021, §A: every 125 or 250 steps Spearman's ρ on the development part of STS-B, and of
all checkpoints the best one by it is the encoder that is evaluated.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.data.sts import Pair
from models.data.sts_pairs import judged_pairs
from models.encoders.save_text import reads
from models.encoders.tokens import Tokens
from models.encoders.trainable import Base
from models.errors import InputError
from models.evaluation.sts import correlation
from models.events import Progress, Work
from models.files import content_key
from models.training.devices import mixed
from models.training.settings import Settings
from models.training.task import Figures, Learner

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_CHUNK = 64


@dataclass(frozen=True, eq=False)
class Judge:
    """Pairs to score by.

    Attributes:
        key: content key of the pairs.
    """

    pairs: tuple[Pair, ...]
    key: str


def read_judge(path: str) -> Judge:
    """The pairs in a file, or those of STS-B dev in a SentEval folder; see ``judged_pairs``.

    Raises:
        InputError: there are none, or all are equally alike.
    """
    pairs = judged_pairs(Path(path))
    if len({pair.gold for pair in pairs}) < 2:
        raise InputError(f"All pairs in {path} are equally alike: there is no order to compare.")
    parts = (part for pair in pairs for part in (pair.first, pair.second, repr(pair.gold)))
    return Judge(pairs, content_key("judge 1", *parts))


class JudgedLearner:
    """Any learner of a ``TextNet``, with a score besides."""

    def __init__(
        self,
        learner: Learner,
        judge: Judge,
        base: Base,
        device: "torch.device",
        settings: Settings,
    ) -> None:
        self._learner, self._pairs = learner, judge.pairs
        self._device, self._mixed = device, settings.mixed
        self._tokens = _whole(learner.model, base)

    @property
    def model(self) -> Any:
        """Of the learner."""
        return self._learner.model

    def loss(self, rows: "Tensor", generator: "torch.Generator") -> "Tensor":
        """Of the learner."""
        return self._learner.loss(rows, generator)

    def embed(self, rows: slice = slice(None)) -> "Tensor":
        """Of the learner."""
        return self._learner.embed(rows)

    def figures(self, vectors: "Tensor") -> Figures:
        """Of the learner."""
        return self._learner.figures(vectors)

    def score(self) -> Work[float]:
        """Spearman's ρ × 100 of cosines and judgements, by the vectors that serve after training
        and as many tokens of a text as are read then; 0 where all cosines are equal."""
        import torch

        # Texts of like length go through together, and none of them twice.
        texts = sorted({t for pair in self._pairs for t in (pair.first, pair.second)}, key=len)
        vectors = []
        for start in range(0, len(texts), _CHUNK):
            yield Progress("Scoring", start, len(texts), "sentences")
            vectors.append(self._vectors(texts[start : start + _CHUNK]))
        rows = {text: row for row, text in enumerate(texts)}
        unit = torch.cat(vectors)
        first = unit[[rows[pair.first] for pair in self._pairs]]
        second = unit[[rows[pair.second] for pair in self._pairs]]
        gold = np.array([pair.gold for pair in self._pairs])
        return correlation(gold, (first * second).sum(1).numpy()) or 0.0

    def _vectors(self, texts: list[str]) -> "Tensor":
        import torch
        from torch.nn.functional import normalize

        own = self.model.tokens
        self.model.tokens = self._tokens
        try:
            with torch.no_grad(), mixed(self._device, self._mixed):
                vectors: Tensor = self.model.embed(texts)
        finally:
            self.model.tokens = own
        return normalize(vectors.float(), dim=1).cpu()


def _whole(model: Any, base: Base) -> Tokens:
    """The tokenizer of ``model`` without the cut that it has in training."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(model.tokens.tokenizer.to_str())
    tokenizer.enable_truncation(reads(base))
    return Tokens(tokenizer)
