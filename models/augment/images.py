"""SimCLR's augmentation of images in batches: random crop, flip, colour distortion, blur.

Chen et al. 2020, "A Simple Framework for Contrastive Learning of Visual Representations",
appendix A. All random numbers are drawn first (``draw_views``), then applied (``apply_views``),
so that a view can be described, repeated and tested.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from models.augment.pixels import blur, colours, crop
from models.augment.spec import DIGITS, PRESETS, SIMCLR_CIFAR, SIMCLR_IMAGENET, SimCLRAugment

if TYPE_CHECKING:
    from torch import Generator, Tensor

__all__ = [
    "DIGITS",
    "PRESETS",
    "SIMCLR_CIFAR",
    "SIMCLR_IMAGENET",
    "SimCLRAugment",
    "Views",
    "apply_views",
    "augment",
    "draw_views",
]

_ATTEMPTS = 10  # at a box that fits, before the largest permitted one is taken
_PART = 128  # images that are worked on at once on a CPU: their pixels stay in its cache


@dataclass(frozen=True, eq=False)
class Views:
    """What was drawn for each of B views.

    Attributes:
        box: (B, 4) top, left, height, width of the crop in pixels.
        flip: (B,) bool, mirrored left to right.
        factors: (B, 4) brightness, contrast, saturation (1 changes nothing) and the shift of the
            hue in turns (0 changes nothing).
        order: (B, 4) int64, the numbers of these four in the order of their application.
        gray: (B,) bool, made grayscale.
        sigma: (B,) of the Gaussian blur in pixels; 0 is no blur.
    """

    box: "Tensor"
    flip: "Tensor"
    factors: "Tensor"
    order: "Tensor"
    gray: "Tensor"
    sigma: "Tensor"

    def part(self, rows: slice) -> "Views":
        """The views of ``rows``."""
        return Views(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def augment(images: "Tensor", spec: SimCLRAugment, generator: "Generator") -> "Tensor":
    """One random view of each image.

    The same state of ``generator`` gives the same views. A generator on the CPU serves images on
    any device, gives each the same views, and lets an accelerator run on without waiting.

    Args:
        images: (B, 3, H, W) floating point in [0, 1].
        spec: what may be drawn.
        generator: where every random number comes from.

    Returns:
        (B, 3, H, W) in [0, 1], of the dtype and on the device of ``images``.
    """
    batch, _, height, width = images.shape
    return apply_views(images, draw_views(spec, batch, height, width, generator))


def draw_views(
    spec: SimCLRAugment, batch: int, height: int, width: int, generator: "Generator"
) -> Views:
    """Draws the parameters of ``batch`` views of images of (height, width) pixels.

    The crop's area is uniform, its aspect ratio (width : height) uniform in its logarithm, and a
    box that does not fit is drawn again; a fitting box lies anywhere with equal probability.
    """
    import torch

    device = generator.device

    def uniform(low: float, high: float, *shape: int) -> "Tensor":
        numbers = torch.rand(batch, *shape, generator=generator, device=device)
        return low + (high - low) * numbers

    def chance(probability: float) -> "Tensor":
        return uniform(0, 1) < probability

    factors = torch.stack(
        [uniform(max(0.0, 1 - delta), 1 + delta) for delta in spec.deltas[:3]]
        + [uniform(-spec.deltas[3], spec.deltas[3])],
        dim=1,
    )
    unchanged = torch.tensor([1.0, 1.0, 1.0, 0.0], device=device)
    jittered = chance(spec.jitter_probability)[:, None]
    sigma = uniform(*spec.blur_sigma)
    return Views(
        box=_boxes(spec, height, width, uniform),
        flip=chance(spec.flip),
        factors=torch.where(jittered, factors, unchanged),
        order=uniform(0, 1, 4).argsort(dim=1),
        gray=chance(spec.grayscale),
        sigma=torch.where(chance(spec.blur), sigma, torch.zeros_like(sigma)),
    )


def _boxes(
    spec: SimCLRAugment, height: int, width: int, uniform: Callable[..., "Tensor"]
) -> "Tensor":
    import torch

    low, high = spec.crop_ratio
    area = uniform(*spec.crop_area, _ATTEMPTS) * (height * width)
    ratio = uniform(math.log(low), math.log(high), _ATTEMPTS).exp()
    wide, tall = (area * ratio).sqrt(), (area / ratio).sqrt()
    # The last attempt always fits: the largest box of a permitted ratio.
    wide = torch.nn.functional.pad(wide, (0, 1), value=min(width, height * high))
    tall = torch.nn.functional.pad(tall, (0, 1), value=min(height, width / low))
    attempt = torch.arange(_ATTEMPTS + 1, device=area.device)
    fits = (wide <= width) & (tall <= height)
    first = attempt.where(fits, _ATTEMPTS).amin(dim=1, keepdim=True)
    wide, tall = wide.gather(1, first)[:, 0], tall.gather(1, first)[:, 0]
    top, left = uniform(0, 1) * (height - tall), uniform(0, 1) * (width - wide)
    return torch.stack([top, left, tall, wide], dim=1)


def apply_views(images: "Tensor", views: Views) -> "Tensor":
    """Makes the views that were drawn.

    Args:
        images: (B, 3, H, W) floating point in [0, 1].
        views: of B views, drawn for images of this height and width.

    Returns:
        (B, 3, H, W) in [0, 1].
    """
    import torch

    with torch.no_grad(), torch.autocast(images.device.type, enabled=False):
        single = images.float() if images.dtype.itemsize < 4 else images
        if images.device.type != "cpu":
            return _apply(single, views).to(images.dtype)
        parts = [slice(start, start + _PART) for start in range(0, len(images), _PART)]
        done = [_apply(single[part], views.part(part)) for part in parts]
        return torch.cat(done).to(images.dtype) if done else images.clone()


def _apply(images: "Tensor", views: Views) -> "Tensor":
    made = crop(images, views.box, views.flip)
    made = colours(made, views.factors, views.order, views.gray)
    return blur(made, views.sigma)
