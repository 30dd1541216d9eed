"""One image's views to be looked at, and how alike an encoder finds them.

The pure part of the augmentation studio: frozen requests become frozen results, whose arrays are
read-only. Nothing here is remembered, so the same request gives the same result.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from models.augment.spec import SimCLRAugment

if TYPE_CHECKING:
    from torch import Tensor

    from models.augment.images import Views
    from models.encoders.image_folder import ImageEncoder

Pixels = NDArray[np.uint8]
Output = Literal["features", "projections"]


@dataclass(frozen=True, eq=False)
class DrawRequest:
    """What views are drawn of.

    Attributes:
        image: (H, W, 3).
        others: (K, H, W, 3) other images, of which ``draw_others`` makes one view each.
        spec: what may be drawn.
        count: V, the number of views of ``image``.
        seed: where every random number comes from.
    """

    image: Pixels
    others: Pixels
    spec: SimCLRAugment
    count: int
    seed: int


@dataclass(frozen=True, eq=False)
class Drawn:
    """Views, and what was drawn for each; see ``models.augment.images.Views``.

    Attributes:
        request: that was answered.
        views: (V, H, W, 3) of the image.
        boxes: (V, 4) top, left, height, width in pixels.
        flips: (V,) bool.
        factors: (V, 4) of brightness, contrast, saturation, and the hue's shift in turns.
        orders: (V, 4) numbers of these four in the order of their application.
        grays: (V,) bool.
        sigmas: (V,) of the blur in pixels, 0 for none.
    """

    request: DrawRequest
    views: Pixels
    boxes: NDArray[np.float32]
    flips: NDArray[np.bool_]
    factors: NDArray[np.float32]
    orders: NDArray[np.int64]
    grays: NDArray[np.bool_]
    sigmas: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Cosines:
    """How alike an encoder finds what was drawn.

    Attributes:
        matrix: (V+1, V+1) cosines of all pairs of the original, which comes first, and its views.
        others: (V, K) cosines of each view of this image to a view of each other image.
    """

    matrix: NDArray[np.float32]
    others: NDArray[np.float32]

    @property
    def pairs(self) -> NDArray[np.float32]:
        """(V·(V−1)/2,) of all pairs of two views, the positives of the loss."""
        views = self.matrix[1:, 1:]
        return views[np.triu_indices(len(views), 1)]

    @property
    def originals(self) -> NDArray[np.float32]:
        """(V,) of each view to the original."""
        return self.matrix[0, 1:]

    @property
    def nearer(self) -> float:
        """How often a view is nearer to another view of its image than to another image.

        A share from 0 to 1 of all triples, ties counted half; ½ is chance. NaN without pairs or
        other images.
        """
        count, others = self.others.shape
        if count < 2 or not others:
            return float("nan")
        own = self.matrix[1:, 1:][~np.eye(count, dtype=bool)].reshape(count, count - 1, 1)
        rest = self.others[:, None]  # (V, 1, K)
        return float(((own > rest) + 0.5 * (own == rest)).mean())


def draw(request: DrawRequest) -> Drawn:
    """Draws the views of one image."""
    repeated = np.broadcast_to(request.image, (request.count, *request.image.shape))
    views, drawn = _views(repeated, request.spec, request.seed)
    return Drawn(
        request=request,
        views=views,
        boxes=_frozen(drawn.box.numpy()),
        flips=_frozen(drawn.flip.numpy()),
        factors=_frozen(drawn.factors.numpy()),
        orders=_frozen(drawn.order.numpy()),
        grays=_frozen(drawn.gray.numpy()),
        sigmas=_frozen(drawn.sigma.numpy()),
    )


def draw_others(request: DrawRequest) -> Pixels:
    """One view (K, H, W, 3) of each other image.

    From a seed of their own, so that they stay as they are when there are more views or fewer.
    """
    return _views(request.others, request.spec, request.seed + (1 << 40))[0]


def compare(drawn: Drawn, others: Pixels, encoder: "ImageEncoder", output: Output) -> Cosines:
    """Cosines between the original, its views and the other images' views.

    Args:
        drawn: as ``draw`` returned it; all pixels are scaled to the encoder's size.
        others: (K, H, W, 3) as ``draw_others`` returned them; K may be 0.
        encoder: whose opinion is asked.
        output: "features" is what serves after training, "projections" what the loss sees.
    """
    import torch

    count = len(drawn.views)
    pixels = np.concatenate([drawn.request.image[None], drawn.views, others])
    run = encoder.net.features if output == "features" else encoder.net.project
    with torch.no_grad():
        vectors = run(_fitted(_floats(pixels), encoder.size)).double().numpy()
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.maximum(lengths, 1e-12)
    cosines = np.clip(unit[: count + 1] @ unit.T, -1, 1).astype(np.float32)
    return Cosines(
        matrix=_frozen(cosines[:, : count + 1].copy()),
        others=_frozen(cosines[1:, count + 1 :].copy()),
    )


def _views(images: Pixels, spec: SimCLRAugment, seed: int) -> "tuple[Pixels, Views]":
    """One view of each image, as pixels and as what was drawn."""
    import torch

    from models.augment.images import apply_views, draw_views

    count, height, width = images.shape[:3]
    drawn = draw_views(spec, count, height, width, torch.Generator().manual_seed(seed))
    return _frozen(_bytes(apply_views(_floats(images), drawn))), drawn


def _floats(images: Pixels) -> "Tensor":
    """(B, 3, H, W) in [0, 1] of (B, H, W, 3) bytes."""
    import torch

    # A copy, for torch warns of arrays that it may not write to.
    return torch.from_numpy(images.copy()).permute(0, 3, 1, 2).float().div_(255)


def _bytes(images: "Tensor") -> Pixels:
    """(B, H, W, 3) of (B, 3, H, W) in [0, 1]."""
    pixels: Pixels = images.mul(255).round_().byte().permute(0, 2, 3, 1).contiguous().numpy()
    return pixels


def _fitted(images: "Tensor", size: int) -> "Tensor":
    """Square images at ``size``: bicubic with antialiasing, as the augmentation's own crop."""
    import torch

    if images.shape[2:] == (size, size):
        return images
    scaled = torch.nn.functional.interpolate(images, (size, size), mode="bicubic", antialias=True)
    return scaled.clamp_(0, 1)


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.setflags(write=False)
    return array
