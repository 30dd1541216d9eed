"""A small reader on a device, fed with questions and paragraphs."""

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from models.evaluation.ranking import exact_match
from models.reader.net import Below, base_tokenizer, build_net, kinds
from models.reader.spans import Scores, best_span, characters
from models.reader.squad import Pair
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


class ReaderLearner:
    """The ``Learner`` of small readers."""

    def __init__(self, task: "ReaderTask", device: "torch.device", settings: Settings) -> None:
        recipe = task.recipe
        self.model: Any = build_net(recipe.net, task.base, settings.seed).to(device)
        self._task, self._device, self._mixed = task, device, settings.mixed
        self._tokenizer = base_tokenizer(task.base)
        self._below = Below(recipe.net, task.base)
        self._known: dict[tuple[Pair, int], tuple[Window, Tensor, list[int]]] = {}
        self._bytes = 0
        self._watched = [pair for side in task.watched for pair in side]
        self._right = [False] * len(self._watched)

    def loss(self, rows: "Tensor", generator: "torch.Generator") -> "Tensor":
        """Of the pairs ``rows`` (B,): the mean cross-entropy of where the answer begins and ends,
        over those that have one, plus that of whether there is one, over all."""
        import torch
        from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

        pairs = [self._task.pairs[row] for row in rows.tolist()]
        seen = [self._seen(pair, row) for pair, row in zip(pairs, rows.tolist(), strict=True)]
        start, end, relevance, _ = self._forward(seen)
        places = [_place(window, pair) for (window, _, _), pair in zip(seen, pairs, strict=True)]
        there = torch.tensor([place is not None for place in places], device=start.device)
        loss: Tensor = binary_cross_entropy_with_logits(relevance, there.float())
        targets = torch.tensor([place for place in places if place], device=start.device)
        if len(targets):
            inside = _inside([window for window, _, _ in seen], start.shape[1]).to(start.device)
            for logits, goal in ((start, targets[:, 0]), (end, targets[:, 1])):
                loss = loss + cross_entropy(logits.masked_fill(~inside, -1e4)[there], goal) / 2
        return loss

    def embed(self, rows: slice = slice(None)) -> "Tensor":
        """(2m, D): normalised [CLS] states behind the relevance, without dropout."""
        import torch
        from torch.nn.functional import normalize

        first, stop, _ = rows.indices(len(self._watched))
        parts = []
        with torch.no_grad():
            for place in range(first, stop, _TOGETHER):
                last = min(stop, place + _TOGETHER)
                seen = [self._seen(self._watched[n], -1 - n) for n in range(place, last)]
                start, end, relevance, states = self._forward(seen)
                parts.append(states)
                for n, (window, _, _) in enumerate(seen):
                    here = slice(window.first, window.first + len(window.spans))
                    scores = Scores(
                        start[n, here].cpu().numpy(),
                        end[n, here].cpu().numpy(),
                        relevance[n].item(),
                    )
                    self._right[place + n] = self._is_right(place + n, window, scores)
        return normalize(torch.cat(parts), dim=1)

    def figures(self, vectors: "Tensor") -> Figures:
        """The distance of a question's two readings, which grows as the reader tells them apart,
        their uniformity, and the percentage of exact answers given the right paragraph."""
        from models.geometry import alignment, uniformity

        first, second = vectors.chunk(2)
        return Figures(
            alignment=alignment(first, second).item(),
            uniformity=(uniformity(first) + uniformity(second)).item() / 2,
            knn=100 * float(np.mean(self._right[: len(first)])),
        )

    def _is_right(self, place: int, window: Window, scores: Scores) -> bool:
        pair = self._watched[place]
        if pair.span is None:
            return False
        text = self._task.questions.paragraphs[pair.paragraph]
        start, end = characters(text, window, best_span(scores))
        return exact_match(text[start:end], pair.answers)

    def _forward(
        self, seen: "Sequence[tuple[Window, Tensor, list[int]]]"
    ) -> "tuple[Tensor, Tensor, Tensor, Tensor]":
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
        return tuple(output.float() for output in outputs)

    def _seen(self, pair: Pair, row: int) -> "tuple[Window, Tensor, list[int]]":
        """A pair's window, its states (T, H) at the cut in half precision, and its marks.

        The states never change, so they are kept while there is room. A pair goes through by
        itself, so that they are the same bits whichever pairs come with it.
        """
        key = (pair, row)
        if key in self._known:
            return self._known[key]
        text = encodable(self._task.questions.paragraphs[pair.paragraph])
        window = self._window(pair, text, row)
        states = self._below([window.ids]).half()
        found = window, states, kinds(window, pair.question, text)
        if self._bytes + states.nbytes <= _ROOM:
            self._known[key] = found
            self._bytes += states.nbytes
        return found

    def _window(self, pair: Pair, text: str, row: int) -> Window:
        """The part of a paragraph that is read: of a long one, some part with the answer."""
        length = self._task.recipe.net.max_length
        body = self._tokenizer.encode(text, add_special_tokens=False)
        around = frame(self._tokenizer, pair.question)
        spare = len(body.ids) - (length - len(around.before) - len(around.after))
        if spare <= 0:
            return window_at(body, around, length, 0)
        low, high = 0, spare
        if pair.span is not None:
            first, last = pair.span
            inside = [n for n, (a, b) in enumerate(body.offsets) if a < last and b > first]
            if inside:
                room = len(body.ids) - spare
                low, high = max(0, inside[-1] + 1 - room), min(spare, inside[0])
        start = random.Random(row).randint(low, max(low, high))
        return window_at(body, around, length, start)


def _place(window: Window, pair: Pair) -> tuple[int, int] | None:
    """The tokens, among all of the window's, at which the answer begins and ends."""
    if pair.span is None:
        return None
    first, last = pair.span
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
