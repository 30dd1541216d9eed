"""What a classifier is given of an image: an encoder's frozen features, or the bare pixels."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.data.images import ImageSet
from models.events import Progress, Work

if TYPE_CHECKING:
    from models.encoders.image import ImageNet

_BATCH = 256
_SIDE = 32  # pixels; more would make the baseline costly and hardly better


def features(
    net: "ImageNet", images: ImageSet, device: str = "cpu", stage: str = "Features"
) -> Work[NDArray[np.float32]]:
    """(N, F): the backbone's output for each image as it is, unaugmented and not normalised.

    Args:
        net: in evaluation mode, on ``device``.
        images: of the size that ``net`` was trained on.
        stage: what to call this while it runs.
    """
    import torch

    parts = []
    for start in range(0, len(images), _BATCH):
        yield Progress(stage, start, len(images), "images")
        pixels = torch.tensor(images.pixels[start : start + _BATCH]).to(device)
        batch = pixels.permute(0, 3, 1, 2).float() / 255  # (B, 3, H, W)
        with torch.inference_mode():
            parts.append(net.features(batch).float().cpu().numpy())
    yield Progress(stage, len(images), len(images), "images")
    return np.concatenate(parts)


def raw_pixels(images: ImageSet) -> NDArray[np.float32]:
    """(N, H·W·3) in [0, 1]; images larger than 32 × 32 are averaged down to that."""
    import torch
    from torch.nn.functional import interpolate

    height, width = images.pixels.shape[1:3]
    if max(height, width) <= _SIDE:
        flat = images.pixels.reshape(len(images), -1).astype(np.float32)
        flat /= 255
        return flat
    parts = []
    for start in range(0, len(images), _BATCH):
        pixels = torch.tensor(images.pixels[start : start + _BATCH]).permute(0, 3, 1, 2).float()
        small = interpolate(pixels, (min(height, _SIDE), min(width, _SIDE)), mode="area")
        parts.append((small.flatten(1) / 255).numpy())
    return np.concatenate(parts)
