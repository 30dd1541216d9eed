"""A text encoder on a device, fed with sentences."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from models.encoders.trainable import Erase, build_text
from models.training.devices import mixed
from models.training.settings import Settings
from models.training.task import Figures

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from models.training.recipes.text import TextTask

_CHUNK = 32


class TextLearner:
    """The ``Learner`` of every method on text."""

    def __init__(self, task: "TextTask", device: "torch.device", settings: Settings) -> None:
        self.model: Any = build_text(task.recipe.net, task.base, settings.seed).to(device)
        self._task, self._device, self._mixed = task, device, settings.mixed
        first, second = task.pairs
        self._probe = [*first, *second]

    def loss(self, rows: "Tensor", generator: "torch.Generator") -> "Tensor":
        """The method's loss of the examples ``rows`` (B,)."""
        train = self._task.texts.train
        assert self._task.loss is not None
        return self._task.loss(self._project, [train[row] for row in rows.tolist()], generator)

    def embed(self, rows: slice = slice(None)) -> "Tensor":
        """(2m, D): normalised vectors of the probe set as they serve after training.

        The two views of a sentence are two fixed dropout masks; other pairs are seen without.
        """
        import torch
        from torch.nn.functional import normalize

        start, stop, _ = rows.indices(len(self._probe))
        # Whole chunks, so that a text has the same mask whichever others are looked at.
        first = start - start % _CHUNK
        parts = [self._chunk(place) for place in range(first, stop, _CHUNK)]
        return normalize(torch.cat(parts)[start - first : stop - first], dim=1)

    def figures(self, vectors: "Tensor") -> Figures:
        """Alignment of the pairs, and uniformity (mean of both views)."""
        from models.geometry import alignment, uniformity

        first, second = vectors.chunk(2)
        return Figures(
            alignment=alignment(first, second).item(),
            uniformity=(uniformity(first) + uniformity(second)).item() / 2,
        )

    def _chunk(self, place: int) -> "Tensor":
        import torch

        texts = self._probe[place : place + _CHUNK]
        devices = [self._device] if self._device.type == "cuda" else []
        with torch.no_grad(), torch.random.fork_rng(devices=devices):
            torch.manual_seed(place)
            self.model.train(self._task.single)
            with mixed(self._device, self._mixed):
                vectors: Tensor = self.model.embed(texts)
        self.model.eval()
        return vectors

    def _project(self, texts: Sequence[str], erase: Erase | None = None) -> "Tensor":
        with mixed(self._device, self._mixed):
            projections: Tensor = self.model.project(texts, erase)
        return projections
