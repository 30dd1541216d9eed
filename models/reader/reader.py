"""A reader of whatever kind: from a question and passages to spans and how far to believe them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from tokenizers import Tokenizer

from models.errors import InputError
from models.events import Progress, Work
from models.reader.spans import Best, Scores, best_span, characters
from models.reader.windows import Window, encodable, frame, read_until, windows

Kind = Literal["small", "dpr", "qa"]

_TOGETHER = 16  # windows in one forward pass
_SHARED = 64  # tokens that two windows of a long passage share

#: What a passage is ranked by, of each kind of reader.
RELEVANCE = {
    "small": "the reader's own head says whether a passage answers the question, over a threshold "
    "that believes 95 % of answers set aside; against the answer being in none of the passages "
    "read",
    "dpr": "the reader's own head compares the passages that are read (DPR)",
    "qa": "the best span's score less that of no answer, the one at the first token; against the "
    "answer being in none of the passages read",
}


@dataclass(frozen=True)
class ReaderCard:
    """What a reader is.

    Attributes:
        name: short, for people.
        source: what loads it again.
        architecture: the model's own name for its kind.
        kind: ``small`` is trained by this program with a head for relevance, ``dpr`` has one as in
            DPR, and ``qa`` finds spans only.
        max_length: tokens of question and passage that it reads at once.
    """

    name: str
    source: str
    architecture: str
    kind: Kind
    max_length: int

    @property
    def relevance(self) -> str:
        """By what passages are ranked, in words."""
        return RELEVANCE[self.kind]


@dataclass(frozen=True)
class Found:
    """The best span of one passage.

    Attributes:
        passage: its place among those that were given.
        start, end: characters of its text.
        text: what stands there.
        score: probability that this passage is the one that answers; those of all passages and
            ``Reading.none`` add up to 1.
        span: probability of this span within the passage's window.
    """

    passage: int
    start: int
    end: int
    text: str
    score: float
    span: float


@dataclass(frozen=True)
class Reading:
    """What was read for one question.

    Attributes:
        answers: one a passage, the likeliest passage first (Karpukhin et al. 2020, §6.1).
        none: probability that no passage answers; None of a reader that only compares passages.
        cut: how many passages were too long to be read to their end.
    """

    question: str
    answers: tuple[Found, ...]
    none: float | None
    cut: int = 0

    @property
    def best(self) -> Found | None:
        """The answer; None where it is likelier that there is none."""
        if not self.answers or (self.none is not None and self.none > self.answers[0].score):
            return None
        return self.answers[0]


class Scorer(Protocol):
    """A model: windows in, logits out."""

    def __call__(
        self, batch: Sequence[Window], question: str, texts: Sequence[str]
    ) -> list[Scores]:
        """The scores of each window; ``texts`` are the passages that the windows are parts of."""
        ...


class Reader:
    """A tokenizer and a model; it holds no state that a call changes."""

    def __init__(self, card: ReaderCard, tokenizer: Tokenizer, scorer: Scorer) -> None:
        self.card = card
        self._tokenizer, self._scorer = tokenizer, scorer

    def reading(self, question: str, passages: Sequence[tuple[str, str]]) -> Work[Reading]:
        """Reads passages (title, text) for the answer to ``question``.

        Long passages are read in overlapping windows, the first few; a passage is as relevant as
        its most relevant window. Yields Progress between forward passes.

        Raises:
            InputError: the question is empty.
        """
        if not question.strip():
            raise InputError("The question is empty.")
        texts = [encodable(text) for _, text in passages]
        cut, found = 0, list[Window]()
        for place, (title, _) in enumerate(passages):
            text = texts[place]
            around = frame(self._tokenizer, question, title if self.card.kind == "dpr" else None)
            body = self._tokenizer.encode(text, add_special_tokens=False)
            parts = windows(body, around, self.card.max_length, _SHARED, place)
            cut += read_until(parts) < len(text.rstrip())
            found += parts
        found.sort(key=lambda window: len(window.ids))  # equal lengths go through together
        best: dict[int, tuple[float, Window, Best]] = {}
        for start in range(0, len(found), _TOGETHER):
            yield Progress("Reading", start, len(found), "passages")
            batch = found[start : start + _TOGETHER]
            for window, scores in zip(batch, self._scorer(batch, question, texts), strict=True):
                before = best.get(window.passage)
                if before is None or scores.relevance > before[0]:
                    best[window.passage] = scores.relevance, window, best_span(scores)
        answers, none = self._weighed(best, texts)
        return Reading(question, answers, none, cut)

    def _weighed(
        self, best: dict[int, tuple[float, Window, Best]], texts: Sequence[str]
    ) -> tuple[tuple[Found, ...], float | None]:
        """Probabilities of the passages, and of none of them where the reader knows that case.

        A passage's log odds against no answer are its logit, and that of no answer is 0; DPR's
        logits compare passages with each other only.
        """
        places = list(best)
        alone = self.card.kind == "dpr"
        logits = np.array([best[place][0] for place in places] + [0.0] * (not alone), np.float64)
        if not places:
            return (), None if alone else 1.0
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        answers = []
        for place, share in zip(places, shares.tolist(), strict=False):
            _, window, span = best[place]
            start, end = characters(texts[place], window, span)
            answers.append(Found(place, start, end, texts[place][start:end], share, span.share))
        answers.sort(key=lambda found: (-found.score, found.passage))
        return tuple(answers), None if alone else float(shares[-1])
