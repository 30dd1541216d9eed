"""The pixel work of augmentation, each view with parameters of its own, without loops over views.

Crop and blur are separable, so each is two batched matrix products; three of the four colour
changes are linear in (red, green, blue), so one batched product serves all of them.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

#: Gray of red, green and blue: ITU-R BT.601.
GRAY = (0.299, 0.587, 0.114)
BRIGHTNESS, CONTRAST, SATURATION, HUE = range(4)
_TAPS_SHARE = 10  # SimCLR's blur is as wide as a tenth of the image


def crop(images: "Tensor", box: "Tensor", flip: "Tensor") -> "Tensor":
    """Cuts boxes out and resizes them to the images' own size, bicubic with antialiasing.

    The filter is Keys' cubic with a = −½, widened where the box is larger than the result: what
    Pillow calls BICUBIC.

    Args:
        images: (B, 3, H, W).
        box: (B, 4) top, left, height, width in pixels, whole or not.
        flip: (B,) bool, the result mirrored left to right.

    Returns:
        (B, 3, H, W), clipped to [0, 1].
    """
    import torch

    batch, channels, height, width = images.shape
    box = box.to(images.device, images.dtype, non_blocking=True)
    flip = flip.to(images.device, non_blocking=True)
    top, left, tall, wide = box.unbind(1)
    rows = _cubic(top, tall, height, torch.zeros_like(flip))
    columns = _cubic(left, wide, width, flip)
    across = torch.bmm(images.reshape(batch, channels * height, width), columns.mT)
    down = torch.matmul(rows[:, None], across.view(batch, channels, height, width))
    return down.clamp_(0, 1)


def _cubic(start: "Tensor", length: "Tensor", size: int, flip: "Tensor") -> "Tensor":
    """Weights (B, size, size) of each pixel in each pixel of the resized crop; rows sum to 1."""
    import torch

    steps = torch.arange(size, device=start.device, dtype=start.dtype) + 0.5
    places = torch.where(flip[:, None], size - steps, steps) / size
    centres = start[:, None] + length[:, None] * places  # (B, size) in the image's pixels
    scale = (length / size).clamp_min_(1)[:, None, None]
    far = (steps - centres[:, :, None]).abs_().div_(scale)
    # Keys 1981, eq. 15: one polynomial up to distance 1, another from 1 to 2; each is 0 at its
    # ends away from the centre, so the clamped sum is the whole filter.
    near, wide = far.clamp(max=1), far.clamp_(1, 2)
    weights = near.mul(1.5).sub_(2.5).mul_(near).mul_(near).add_(1)
    weights += wide.mul(-0.5).add_(2.5).mul_(wide).sub_(4).mul_(wide).add_(2)
    return weights.div_(weights.sum(dim=2, keepdim=True))


def colours(images: "Tensor", factors: "Tensor", order: "Tensor", gray: "Tensor") -> "Tensor":
    """Brightness, contrast, saturation and hue in each view's own order, then grayscale.

    As torchvision defines them: brightness multiplies; contrast and saturation blend with the
    mean gray of the image and with the gray of the pixel; hue turns in HSV. After each, pixels
    are clipped to [0, 1].

    Args:
        images: (B, 3, H, W) in [0, 1].
        factors: (B, 4), order: (B, 4), gray: (B,); see ``Views``.

    Returns:
        (B, 3, H, W).
    """
    import torch

    device, dtype = images.device, images.dtype
    grays = torch.tensor(GRAY, dtype=dtype, device=device)
    pixels = images.flatten(2)  # (B, 3, H·W)
    for slot in range(4):
        kind = order[:, slot]
        factor = factors.gather(1, kind[:, None])[:, 0]
        turned = ((kind == HUE) & (factor != 0)).nonzero()[:, 0]
        shift = factor[turned].to(device, dtype, non_blocking=True)
        factor = factor.where(kind != HUE, 1).to(device, dtype, non_blocking=True)
        kind = kind.to(device, non_blocking=True)
        rest = (1 - factor)[:, None, None]
        mixing = torch.diag_embed(factor[:, None].expand(-1, 3))
        mixing = mixing + rest * (kind == SATURATION)[:, None, None] * grays
        mean = (pixels.mean(dim=2) @ grays)[:, None, None]
        shifted = rest * (kind == CONTRAST)[:, None, None] * mean
        pixels = torch.baddbmm(shifted, mixing, pixels).clamp_(0, 1)
        if len(turned):
            turned = turned.to(device, non_blocking=True)
            pixels[turned] = turn_hue(pixels[turned], shift)
    drop = gray.nonzero()[:, 0].to(device, non_blocking=True)
    if len(drop):
        pixels[drop] = torch.matmul(grays, pixels[drop])[:, None]
    return pixels.view_as(images)


def turn_hue(pixels: "Tensor", shift: "Tensor") -> "Tensor":
    """Shifts the hue by turns, with HSV's value and saturation kept.

    HSV's value is V = max, its chroma C = max − min, and its hue h in sixths of a turn; a channel
    is V − C·clip(2 − |k − 2|, 0, 1) with k = (n + h) mod 6 and n = 5, 3, 1 for red, green, blue.

    Args:
        pixels: (B, 3, P) in [0, 1].
        shift: (B,) in turns.

    Returns:
        (B, 3, P).
    """
    import torch

    red, green, blue = pixels.unbind(1)
    value = torch.maximum(torch.maximum(red, green), blue)
    chroma = value - torch.minimum(torch.minimum(red, green), blue)
    scale = chroma.clamp_min(1e-12).reciprocal_()
    # Products with 0 and 1 in place of torch.where, which is ten times slower on CPUs.
    is_red, is_green = (value == red).to(pixels.dtype), (value == green).to(pixels.dtype)
    hue = torch.lerp((red - green) * scale + 4, (blue - red) * scale + 2, is_green)
    hue = torch.lerp(hue, (green - blue) * scale, is_red) + 6 * shift[:, None]
    channels = torch.tensor([5.0, 3.0, 1.0], dtype=pixels.dtype, device=pixels.device)
    wave = hue[:, None] + channels[:, None]
    wave -= torch.floor(wave / 6).mul_(6)
    wave.sub_(2).abs_().neg_().add_(2).clamp_(0, 1)
    return torch.addcmul(value[:, None], chroma[:, None], wave, value=-1)


def blur(images: "Tensor", sigma: "Tensor") -> "Tensor":
    """Gaussian blur over a tenth of the height, at least three pixels; sigma 0 leaves as it is.

    At the border the weights of the pixels that are there are scaled up to sum to 1, so that it
    does not darken.

    Args:
        images: (B, 3, H, W).
        sigma: (B,) in pixels.

    Returns:
        (B, 3, H, W); ``images`` itself may be changed.
    """
    import torch

    rows = sigma.nonzero()[:, 0]
    if not len(rows):
        return images
    height, width = images.shape[2:]
    reach = max(1, height // _TAPS_SHARE // 2)
    spread = sigma[rows].to(images.device, images.dtype, non_blocking=True)
    rows = rows.to(images.device, non_blocking=True)
    across, down = _gauss(spread, width, reach), _gauss(spread, height, reach)
    blurred = torch.matmul(down[:, None], torch.matmul(images[rows], across.mT[:, None]))
    images[rows] = blurred.clamp_(0, 1)
    return images


def _gauss(sigma: "Tensor", size: int, reach: int) -> "Tensor":
    """Weights (B, size, size); rows sum to 1."""
    import torch

    steps = torch.arange(size, device=sigma.device, dtype=sigma.dtype)
    far = (steps[:, None] - steps).abs()
    weights = torch.exp(-0.5 * (far / sigma[:, None, None]).square()) * (far <= reach)
    return weights.div_(weights.sum(dim=2, keepdim=True))
