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
    from torch import Generator, Tensor

    from models.augment.images import Views
    from models.encoders.image_folder import ImageEncoder

Pixels = NDArray[np.uint8]
Output = Literal["features", "projections"]


@dataclass(frozen=True, eq=False)
class DrawRequest:
    """What views are drawn of.

    Attributes:
        image: (H, W, 3).
        others: (K, H, W, 3) other images, of each of which one view is drawn; K may be 0.
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
        other_views: (K, H, W, 3), one of each other image.
        boxes: (V, 4) top, left, height, width in pixels.
        flips: (V,) bool.
        factors: (V, 4) of brightness, contrast, saturation, and the hue's shift in turns.
        orders: (V, 4) numbers of these four in the order of their application.
        grays: (V,) bool.
        sigmas: (V,) of the blur in pixels, 0 for none.
    """

    request: DrawRequest
    views: Pixels
    other_views: Pixels
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
    """Draws the views of one image.

    The other images' views come from a seed of their own, so that they stay when ``count`` changes.
    """
    import torch

    from models.augment.images import apply_views, draw_views

    height, width = request.image.shape[:2]

    def views(images: Pixels, generator: "Generator") -> "tuple[Pixels, Views]":
        drawn = draw_views(request.spec, len(images), height, width, generator)
        return _frozen(_bytes(apply_views(_floats(images), drawn))), drawn

    repeated = np.broadcast_to(request.image, (request.count, *request.image.shape))
    own, drawn = views(repeated, torch.Generator().manual_seed(request.seed))
    # Seeds are at most 2³² here, so this one is nobody's own.
    others, _ = views(request.others, torch.Generator().manual_seed(request.seed + (1 << 40)))
    return Drawn(
        request=request,
        views=own,
        other_views=others,
        boxes=_frozen(drawn.box.numpy()),
        flips=_frozen(drawn.flip.numpy()),
        factors=_frozen(drawn.factors.numpy()),
        orders=_frozen(drawn.order.numpy()),
        grays=_frozen(drawn.gray.numpy()),
        sigmas=_frozen(drawn.sigma.numpy()),
    )


def compare(drawn: Drawn, encoder: "ImageEncoder", output: Output) -> Cosines:
    """Cosines between the original, its views and the other images' views.

    Args:
        drawn: as ``draw`` returned it; its pixels are scaled to the encoder's size.
        encoder: whose opinion is asked.
        output: "features" is what serves after training, "projections" what the loss sees.
    """
    import torch

    count = len(drawn.views)
    pixels = np.concatenate([drawn.request.image[None], drawn.views, drawn.other_views])
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
