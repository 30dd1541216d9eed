"""What the loop asks of whatever it trains; images, sentences and passages answer alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from models.events import Work

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from models.training.settings import Settings


@dataclass(frozen=True)
class Figures:
    """Measured on the probe set; ``knn`` in percent: of images with labels, how many their
    neighbours name right; of questions, how many find their passage first; of a reader, how many
    are answered exactly; else None. ``f1`` is a reader's, in percent."""

    alignment: float
    uniformity: float
    knn: float | None = None
    f1: float | None = None


class Learner(Protocol):
    """A model on a device with its data, ready for steps."""

    @property
    def model(self) -> "nn.Module":
        """What is trained and saved."""
        ...

    def loss(self, rows: "Tensor", generator: "torch.Generator") -> "Tensor":
        """The loss, a scalar, of the examples ``rows`` (B,), int64 on the CPU.

        All its random numbers come from ``generator``, which is on the CPU, or from torch's own
        generators, which the loop has seeded for this step.
        """
        ...

    def embed(self, rows: slice = slice(None)) -> "Tensor":
        """(n, D) float32, normalised: the probe set as the model sees it, without gradient.

        Args:
            rows: of the probe set; each is embedded by itself, whichever others are.
        """
        ...

    def figures(self, vectors: "Tensor") -> Figures:
        """Measures the model; ``vectors`` are what ``embed`` has just returned."""
        ...


@runtime_checkable
class Judged(Protocol):
    """A learner that has what to score its model by, besides the figures of the probe set."""

    def score(self) -> Work[float]:
        """The score of the model as it is, which stays so; it takes a while."""
        ...


@runtime_checkable
class Marking(Protocol):
    """A learner that says more of its probe set than vectors can hold."""

    def marks(self) -> NDArray[np.float32]:
        """(n, k): k numbers of each of the probe set as ``embed`` saw it last."""
        ...


class Task(Protocol):
    """A model to be, its loss and its data."""

    @property
    def examples(self) -> int:
        """How many there are to choose batches from."""
        ...

    @property
    def config(self) -> Mapping[str, Any]:
        """All that fixes the run besides its ``Settings``, as JSON keeps it."""
        ...

    @property
    def labels(self) -> NDArray[np.int64]:
        """(n,) of the probe set, −1 where there is none; read-only."""
        ...

    @property
    def probe(self) -> Mapping[str, NDArray[Any]]:
        """What a replay needs besides the labels to show the probe set; kept as NAME.npy."""
        ...

    def start(self, device: "torch.device", settings: "Settings") -> Learner:
        """Builds the model, its weights random by ``settings.seed`` alone.

        Raises:
            InputError: the data or the settings do not suit the method.
        """
        ...
