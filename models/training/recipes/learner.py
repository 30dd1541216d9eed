"""A network on a device, fed with augmented images."""

from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from models.encoders.image import build, settle
from models.evaluation.knn import knn_accuracy
from models.training.devices import mixed
from models.training.settings import Settings
from models.training.task import Figures

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from models.training.recipes.images import ImageTask

_CHUNK = 256
_RESIDENT = 2 << 30  # bytes of pixels that may lie on an accelerator
_NEIGHBOURS = 20


class ImageLearner:
    """The ``Learner`` of every method on images."""

    def __init__(self, task: "ImageTask", device: "torch.device", settings: Settings) -> None:
        import torch

        self.model: Any = build(task.recipe.net, settings.seed).to(device)
        self._task, self._device, self._mixed = task, device, settings.mixed
        train, test = task.train, task.test
        home = device if train.pixels.nbytes <= _RESIDENT else torch.device("cpu")
        self._pixels = _tensor(train.pixels).to(home)  # (N, H, W, 3)
        self._labels = _tensor(train.labels).to(device)
        self._views = _channels_last(task.views().to(device))
        self._bank = self._pixels[torch.from_numpy(task.bank).to(home)].to(device)
        self._bank_labels = train.labels[task.bank]
        self._queries = _tensor(test.pixels[task.queries]).to(device)
        self._query_labels = test.labels[task.queries]
        settle(self.model, map(_channels_last, torch.split(_float(self._bank), _CHUNK)))

    def loss(self, rows: "Tensor", generator: "torch.Generator") -> "Tensor":
        """The method's loss of two fresh views of the images ``rows`` (B,)."""
        import torch

        from models.augment.images import augment

        images = _float(self._pixels[rows.to(self._pixels.device)].to(self._device))
        views = augment(torch.cat([images, images]), self._task.recipe.augment, generator)
        with mixed(self._device, self._mixed):
            projections = self.model.project(_channels_last(views))
        return self._task.objective(projections, self._labels[rows.to(self._device)])

    def embed(self, rows: slice = slice(None)) -> "Tensor":
        """(2m, D): normalised projections of the probe set's two views, or of some of them."""
        from torch.nn.functional import normalize

        return normalize(self._through(self.model.project, self._views[rows]), dim=1)

    def figures(self, vectors: "Tensor") -> Figures:
        """Alignment of the pairs, uniformity (mean of both views), and kNN on features."""
        from models.geometry import alignment, uniformity

        first, second = vectors.chunk(2)
        return Figures(
            alignment=alignment(first, second).item(),
            uniformity=(uniformity(first) + uniformity(second)).item() / 2,
            knn=self._knn() if len(self._query_labels) else None,
        )

    def _knn(self) -> float:
        bank = self._through(self.model.features, _float(self._bank))
        queries = self._through(self.model.features, _float(self._queries))
        return knn_accuracy(
            bank.cpu().numpy(),
            self._bank_labels,
            queries.cpu().numpy(),
            self._query_labels,
            _NEIGHBOURS,
        )

    def _through(self, layers: Any, pixels: "Tensor") -> "Tensor":
        import torch

        with torch.no_grad(), mixed(self._device, self._mixed):
            parts = torch.split(pixels, _CHUNK)
            return torch.cat([layers(_channels_last(part)) for part in parts])


def _tensor(array: NDArray[Any]) -> "Tensor":
    import torch

    return torch.from_numpy(array.copy())  # the array is read-only, which torch cannot keep


def _float(pixels: "Tensor") -> "Tensor":
    """(B, H, W, 3) uint8 → (B, 3, H, W) in [0, 1]."""
    return pixels.permute(0, 3, 1, 2).float().div_(255)


def _channels_last(pixels: "Tensor") -> "Tensor":
    import torch

    return pixels.contiguous(memory_format=torch.channels_last)
