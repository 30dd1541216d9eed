"""A dual encoder on a device, fed with questions and passages."""

import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from models.encoders.base import Role, Text
from models.encoders.dual import build_dual
from models.events import Progress, Work
from models.training.devices import mixed
from models.training.grad_cache import Side, cached
from models.training.negatives import Batch, Drawer, free_rows
from models.training.settings import Settings
from models.training.task import Figures

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from models.training.recipes.dpr import DprTask

_JUDGED, _OTHERS = 200, 500  # dev questions, and passages of no matter whom
_AT_ONCE = 64  # texts between two reports
_TOGETHER = 16  # texts of similar length that go through at once: little of that is padding


class DprLearner:
    """The ``Learner`` of DPR."""

    def __init__(self, task: "DprTask", device: "torch.device", settings: Settings) -> None:
        import torch

        recipe = task.recipe
        self.model: Any = build_dual(recipe.net, task.base, recipe.shared, settings.seed)
        self.model.to(device)
        self._task, self._device, self._mixed = task, device, settings.mixed
        self._questions, self._passages = task.pairs
        found = task.questions
        self._drawer = Drawer(found.train, free_rows(found), task.pools, recipe.negatives)
        # Of the probe set's vectors before they are normalised, by which the dot product counts.
        self._lengths = torch.ones(2 * len(self._questions))

    def loss(self, rows: "Tensor", generator: "torch.Generator") -> "Tensor":
        """The negative log-likelihood of the questions ``rows`` (B,), with the passages drawn for
        this step."""
        batch = self._drawer.batch(rows.tolist(), generator)
        train = self._task.questions.train
        questions: list[Text] = [train[row].text for row in batch.questions]
        contexts: list[Text] = [self._task.titled(row) for row in batch.contexts]
        chunk = self._task.recipe.chunk
        asked, order = _sorted(questions, chunk or _TOGETHER)
        told, places = _sorted(contexts, chunk or _TOGETHER)
        sides = (
            Side(lambda texts: self._embed(texts, "question"), asked),
            Side(lambda texts: self._embed(texts, "passage"), told),
        )
        loss = self._objective(batch, order, places)
        if chunk:
            return cached(sides, loss, self._device)
        return loss(*(_cat([side.encode(part) for part in side.chunks]) for side in sides))

    def embed(self, rows: slice = slice(None)) -> "Tensor":
        """(2m, D): normalised vectors of the probe set, without dropout."""
        import torch
        from torch.nn.functional import normalize

        half = len(self._questions)
        places = list(range(2 * half))[rows]
        sides: list[tuple[Role, list[Text]]] = [
            ("question", [self._questions[n] for n in places if n < half]),
            ("passage", [self._passages[n - half] for n in places if n >= half]),
        ]
        with torch.no_grad():
            found = [self._all(texts, role) for role, texts in sides if texts]
        vectors = torch.cat(found)
        self._lengths[rows] = vectors.norm(dim=1).cpu()
        return normalize(vectors, dim=1)

    def figures(self, vectors: "Tensor") -> Figures:
        """Alignment of questions and passages, uniformity (mean of both sides), and the percentage
        of the m questions that score their own passage highest of the m."""
        import torch

        from models.geometry import alignment, uniformity

        first, second = vectors.chunk(2)
        scores = first @ second.T
        if self._task.recipe.similarity == "dot":
            scores = scores * self._lengths[len(first) :].to(scores.device)
        right = scores.argmax(1) == torch.arange(len(first), device=scores.device)
        return Figures(
            alignment=alignment(first, second).item(),
            uniformity=(uniformity(first) + uniformity(second)).item() / 2,
            knn=100 * right.float().mean().item(),
        )

    def score(self) -> Work[float]:
        """Mean reciprocal rank × 100 of the dev questions' own passages.

        They are ranked among each other and some more of the corpus, drawn the same way each
        time; the paper's authors too choose by ranks within a part of it.
        """
        import torch

        asked = self._task.questions.dev[:_JUDGED]
        right = [{*question.positives, *question.known} for question in asked]
        own = {question.positives[0]: None for question in asked}
        others = range(len(self._task.questions.passages))
        drawn = random.Random(0).sample(others, min(len(others), _OTHERS))
        rows = list(own | dict.fromkeys(drawn))
        texts: list[Text] = [self._task.titled(row) for row in rows]
        parts = []
        with torch.no_grad():
            for start in range(0, len(texts), _AT_ONCE):
                yield Progress("Scoring", start, len(texts), "passages")
                parts.append(self._all(texts[start : start + _AT_ONCE], "passage"))
            questions = self._all([question.text for question in asked], "question")
        passages = _cat(parts)
        if self._task.recipe.similarity == "cosine":
            passages = passages / passages.norm(dim=1, keepdim=True)
        order = (questions @ passages.T).argsort(dim=1, descending=True, stable=True).tolist()
        ranks = [
            next(rank for rank, place in enumerate(places, 1) if rows[place] in known)
            for places, known in zip(order, right, strict=True)
        ]
        return 100 * sum(1 / rank for rank in ranks) / len(ranks)

    def _objective(
        self, batch: Batch, order: "Tensor", places: "Tensor"
    ) -> "Callable[[Tensor, Tensor], Tensor]":
        """The loss of vectors (B, D), (C, D) that come in the order of their texts' lengths."""
        from torch.nn.functional import normalize

        from models.losses import dpr_nll

        recipe = self._task.recipe

        def loss(questions: "Tensor", contexts: "Tensor") -> "Tensor":
            if recipe.similarity == "cosine":
                questions = normalize(questions, dim=1) / recipe.temperature
                contexts = normalize(contexts, dim=1)
            where = questions.device
            questions = questions[order.to(where)]
            contexts = contexts[places.to(where)]
            value, _ = dpr_nll(questions, contexts, batch.positives, batch.seen)
            return value

        return loss

    def _embed(self, texts: Sequence[Text], role: Role) -> "Tensor":
        with mixed(self._device, self._mixed):
            vectors: Tensor = self.model.side(role).embed(texts)
        return vectors

    def _all(self, texts: Sequence[Text], role: Role) -> "Tensor":
        chunks, order = _sorted(texts, _TOGETHER)
        return _cat([self._embed(chunk, role) for chunk in chunks])[order.to(self._device)]


def _sorted(texts: Sequence[Text], size: int) -> "tuple[list[list[Text]], Tensor]":
    """Chunks of texts of similar length, and where in them each of ``texts`` has come to be."""
    import torch

    def letters(place: int) -> int:
        text = texts[place]
        return len(text) if isinstance(text, str) else len(text[0]) + len(text[1])

    order = sorted(range(len(texts)), key=letters)
    chunks = [[texts[n] for n in order[at : at + size]] for at in range(0, len(order), size)]
    return chunks, torch.tensor(order).argsort()


def _cat(parts: "Sequence[Tensor]") -> "Tensor":
    import torch

    return torch.cat(list(parts))
