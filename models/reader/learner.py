"""A small reader on a device, fed with questions and paragraphs."""

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.encoders.tokens import Span
from models.evaluation.ranking import exact_match, f1
from models.events import Progress, Work
from models.reader.net import Below, base_tokenizer, build_net, kinds, reads
from models.reader.spans import Scores, best_span, characters, odds_of
from models.reader.squad import Pair
from models.reader.threshold import believing
from models.reader.watched import MARKS
from models.reader.windows import Window, encodable, frame, window_at
from models.training.devices import mixed
from models.training.settings import Settings
from models.training.task import Figures

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from models.reader.recipe import ReaderTask

_TOGETHER = 16  # pairs that go through at once when the probe set is looked at
_ROOM = 1 << 30  # bytes of states at the cut that are kept, in half precision
_JUDGED = 300  # questions set aside that are read for one score

_Seen = tuple[Window, "Tensor", list[int]]


class ReaderLearner:
    """The ``Learner`` of small readers."""

    def __init__(self, task: "ReaderTask", device: "torch.device", settings: Settings) -> None:
        recipe = task.recipe
        self.model: Any = build_net(recipe.net, task.base, settings.seed).to(device)
        self._task, self._device, self._mixed = task, device, settings.mixed
        self._tokenizer = base_tokenizer(task.base)
        self._below = Below(recipe.net, task.base)
        self._reads = reads(recipe.net, task.base)
        self._known: dict[tuple[Pair, int], _Seen] = {}
        self._bytes = 0
        self._watched = [pair for side in task.watched for pair in side]
        self._judged = random.Random(0).sample(task.dev, min(len(task.dev), _JUDGED))
        self._marks = np.zeros((len(self._watched), len(MARKS)), np.float32)

    def loss(self, rows: "Tensor", generator: "torch.Generator") -> "Tensor":
        """Of the pairs ``rows`` (B,): the mean cross-entropy of where the answer begins and ends,
        over those that have one or what looks like one, plus that of whether there is one, over
        all. Of a plain reader no answer begins and ends at [CLS], and the first is over all."""
        import torch
        from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

        pairs = [self._task.pairs[row] for row in rows.tolist()]
        seen = [self._seen(pair, row) for pair, row in zip(pairs, rows.tolist(), strict=True)]
        start, end, relevance, _ = self._forward(seen)
        where, plain = start.device, relevance is None
        spans = [pair.span or (None if plain else pair.plausible) for pair in pairs]
        places = [_place(window, span) for (window, _, _), span in zip(seen, spans, strict=True)]
        targets = torch.tensor([place or (0, 0) for place in places], device=where)
        counted = torch.tensor([plain or place is not None for place in places], device=where)
        loss: Tensor = start.new_zeros(())
        if relevance is not None:
            there = torch.tensor([pair.span is not None for pair in pairs], device=where)
            loss = binary_cross_entropy_with_logits(relevance, there.float())
        if counted.any():
            inside = _inside([window for window, _, _ in seen], start.shape[1]).to(where)
            inside[:, 0] |= plain
            for logits, goal in ((start, targets[:, 0]), (end, targets[:, 1])):
                held = logits.masked_fill(~inside, -1e4)
                loss = loss + cross_entropy(held[counted], goal[counted]) / 2
        return loss

    def embed(self, rows: slice = slice(None)) -> "Tensor":
        """(2m, D): normalised [CLS] states, without dropout."""
        import torch
        from torch.nn.functional import normalize

        first, stop, _ = rows.indices(len(self._watched))
        parts = []
        for place in range(first, stop, _TOGETHER):
            numbers = range(place, min(stop, place + _TOGETHER))
            seen = [self._seen(self._watched[n], -1 - n) for n in numbers]
            found, states = self._read(seen)
            parts.append(states)
            for n, (window, _, _), scores in zip(numbers, seen, found, strict=True):
                self._marks[n] = self._mark(self._watched[n], window, scores)
        return normalize(torch.cat(parts), dim=1)

    def marks(self) -> NDArray[np.float32]:
        """(2m, 6) what ``embed`` saw marked in each watched passage, as ``MARKS`` names it."""
        return self._marks.copy()

    def figures(self, vectors: "Tensor") -> Figures:
        """The distance of a question's two readings, which grows as the reader tells them apart,
        their uniformity, and exact answers and F1 in percent, given the right paragraph."""
        from models.geometry import alignment, uniformity

        first, second = vectors.chunk(2)
        right = self._watched[: len(first)]
        said = [self._said(pair, row) for pair, row in zip(right, self._marks, strict=False)]
        exact = [exact_match(text, pair.answers) for text, pair in zip(said, right, strict=True)]
        shared = [f1(text, pair.answers) for text, pair in zip(said, right, strict=True)]
        return Figures(
            alignment=alignment(first, second).item(),
            uniformity=(uniformity(first) + uniformity(second)).item() / 2,
            knn=100 * float(np.mean(exact)),
            f1=100 * float(np.mean(shared)),
        )

    def score(self) -> Work[float]:
        """F1 in percent of the answered questions that are set aside for choices, given their
        paragraphs; on the way the threshold becomes the one that believes nearly all of these.

        Without such questions the score is 0 throughout and the threshold stays.
        """
        odds, shared = [], []
        for place in range(0, len(self._judged), _TOGETHER):
            yield Progress("Scoring", place, len(self._judged), "questions")
            pairs = self._judged[place : place + _TOGETHER]
            # As long as they are read afterwards: the threshold is for whole passages.
            seen = [self._seen(pair, place + n, self._reads) for n, pair in enumerate(pairs)]
            for pair, (window, _, _), scores in zip(pairs, seen, self._read(seen)[0], strict=True):
                said = self._said(pair, self._mark(pair, window, scores))
                odds.append(scores.relevance)
                shared.append(f1(said, pair.answers))
        if odds:
            self.model.threshold.fill_(believing(np.array(odds)))
        return 100 * float(np.mean(shared)) if shared else 0.0

    def _read(self, seen: Sequence[_Seen]) -> "tuple[list[Scores], Tensor]":
        """Scores of each window's own tokens, and the [CLS] states (B, D), without gradient."""
        import torch

        with torch.no_grad():
            start, end, relevance, states = self._forward(seen)
        starts, ends = start.cpu().numpy(), end.cpu().numpy()
        found = []
        for n, (window, _, _) in enumerate(seen):
            here = slice(window.first, window.first + len(window.spans))
            none = float(starts[n, 0] + ends[n, 0])
            odds = odds_of(starts[n, here], ends[n, here], none)
            if relevance is not None:
                odds = float(relevance[n])
            found.append(Scores(starts[n, here], ends[n, here], odds))
        return found, states

    def _mark(self, pair: Pair, window: Window, scores: Scores) -> NDArray[np.float32]:
        """(6,) the best span and what is thought of it."""
        best = best_span(scores)
        start, end = characters(self._task.questions.paragraphs[pair.paragraph], window, best)
        odds = scores.relevance - float(self.model.threshold)
        read = window.spans[0][0], window.spans[-1][1]
        return np.array([start, end, best.share, odds, *read], np.float32)

    def _said(self, pair: Pair, mark: NDArray[np.float32]) -> str:
        return self._task.questions.paragraphs[pair.paragraph][int(mark[0]) : int(mark[1])]

    def _forward(self, seen: Sequence[_Seen]) -> "tuple[Tensor, Tensor, Tensor | None, Tensor]":
        import torch

        longest = max(len(window.ids) for window, _, _ in seen)
        states = torch.zeros(len(seen), longest, seen[0][1].shape[1])  # (B, T, H)
        mask, marks = (torch.zeros(len(seen), longest, dtype=torch.int64) for _ in range(2))
        for n, (window, found, kind) in enumerate(seen):
            length = len(window.ids)
            states[n, :length], mask[n, :length] = found.float(), 1
            marks[n, :length] = torch.tensor(kind)
        where = self._device
        with mixed(where, self._mixed):
            outputs = self.model(states.to(where), mask.to(where), marks.to(where))
        start, end, relevance, first = outputs
        odds = None if relevance is None else relevance.float()
        return start.float(), end.float(), odds, first.float()

    def _seen(self, pair: Pair, row: int, length: int | None = None) -> _Seen:
        """A pair's window, its states (T, H) at the cut in half precision, and its marks.

        The states never change, so they are kept while there is room. A pair goes through by
        itself, so that they are the same bits whichever pairs come with it.
        """
        key = (pair, row)
        if key in self._known:
            return self._known[key]
        text = encodable(self._task.questions.paragraphs[pair.paragraph])
        window = self._window(pair, text, row, length or self._task.recipe.net.max_length)
        states = self._below([window.ids]).half()
        found = window, states, kinds(window, pair.question, text)
        if self._bytes + states.nbytes <= _ROOM:
            self._known[key] = found
            self._bytes += states.nbytes
        return found

    def _window(self, pair: Pair, text: str, row: int, length: int) -> Window:
        """The part of a paragraph that is read: of a long one, some part with the answer."""
        body = self._tokenizer.encode(text, add_special_tokens=False)
        around = frame(self._tokenizer, pair.question)
        spare = len(body.ids) - (length - len(around.before) - len(around.after))
        if spare <= 0:
            return window_at(body, around, length, 0)
        low, high = 0, spare
        span = pair.span or pair.plausible
        if span is not None:
            first, last = span
            inside = [n for n, (a, b) in enumerate(body.offsets) if a < last and b > first]
            if inside:
                room = len(body.ids) - spare
                low, high = max(0, inside[-1] + 1 - room), min(spare, inside[0])
        start = random.Random(row).randint(low, max(low, high))
        return window_at(body, around, length, start)


def _place(window: Window, span: Span | None) -> tuple[int, int] | None:
    """The tokens, among all of the window's, at which ``span`` of characters begins and ends."""
    if span is None:
        return None
    first, last = span
    inside = [n for n, (a, b) in enumerate(window.spans) if a < last and b > first]
    if not inside:
        return None
    return window.first + inside[0], window.first + inside[-1]


def _inside(windows: Sequence[Window], longest: int) -> "Tensor":
    """(B, T): which tokens are the passage's."""
    import torch

    inside = torch.zeros(len(windows), longest, dtype=torch.bool)
    for n, window in enumerate(windows):
        inside[n, window.first : window.first + len(window.spans)] = True
    return inside
