"""A network that has learnt nothing, to hold trained encoders against."""

from models.augment.spec import SIMCLR_CIFAR
from models.data.images import load_images
from models.encoders.image import ImageNetSpec, build, settle
from models.encoders.image_folder import ImageEncoder
from models.events import Progress, Work

_SIZE, _IMAGES = 32, 256


def fresh_encoder(seed: int = 0) -> Work[ImageEncoder]:
    """The small network with random weights, its batch norms settled on generated shapes.

    These are the same whatever is looked at, a single picture included, so that two images are
    compared by one and the same encoder.
    """
    import torch

    images = yield from load_images("shapes", size=_SIZE, limit=_IMAGES)
    yield Progress("Settling the untrained network")
    net = build(ImageNetSpec(), seed)
    pixels = torch.from_numpy(images.pixels.copy()).permute(0, 3, 1, 2).float() / 255
    settle(net, [pixels])
    about = f"Random weights; its batch norms are settled on {_IMAGES} generated shapes."
    return ImageEncoder("Untrained", net.eval(), ImageNetSpec(), _SIZE, SIMCLR_CIFAR, about)
