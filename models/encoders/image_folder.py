"""Trained image encoders on disk, the bundled one among them.

Each is a folder of ``model.safetensors`` (half precision), ``encoder.json`` (what
fixes the network) and ``README.md`` (its card).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.augment.spec import SimCLRAugment
from models.encoders.folder import read_object
from models.encoders.image import ImageNetSpec, build
from models.errors import InputError
from models.files import atomic_path, write_json, write_text
from models.samples import assets

if TYPE_CHECKING:
    from torch import Tensor

WEIGHTS, CONFIG, CARD = "model.safetensors", "encoder.json", "README.md"
_FORMAT = 1


@dataclass(frozen=True, eq=False)
class ImageEncoder:
    """A network with what is needed to feed it.

    Attributes:
        name: what to call it.
        net: an ``ImageNet`` in evaluation mode, on the CPU.
        spec: of the network.
        size: side in pixels of the images that it was trained on.
        augment: what it was trained to overlook.
        about: one sentence: trained how, on what.
    """

    name: str
    net: Any
    spec: ImageNetSpec
    size: int
    augment: SimCLRAugment
    about: str


def bundled_image_encoder() -> Path:
    """The folder of the encoder that ships with the program."""
    return assets() / "encoders" / "cifar-simclr"


def load_exported(folder: Path) -> ImageEncoder:
    """What ``save_image_encoder`` wrote.

    Raises:
        InputError: there is none, or a file of it is missing or damaged.
    """
    config = read_object(folder / CONFIG)
    try:
        spec = spec_from(config["net"])
        augment = augment_from(config["augment"])
        size, name, about = int(config["size"]), str(config["name"]), str(config["about"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{folder / CONFIG} does not describe an image encoder.") from error
    net = build(spec, 0)
    weights = _read(folder / WEIGHTS)
    try:
        net.load_state_dict({name: tensor.float() for name, tensor in weights.items()})
    except RuntimeError as error:
        raise InputError(f"{folder / WEIGHTS} does not fit the network of {CONFIG}.") from error
    return ImageEncoder(name, net.eval(), spec, size, augment, about)


def untrained(encoder: ImageEncoder, seed: int = 0) -> ImageEncoder:
    """The same network before it has learnt anything, to hold the encoder against."""
    net = build(encoder.spec, seed).eval()
    about = "Random weights: what the network's shape alone gives."
    return ImageEncoder("Untrained", net, encoder.spec, encoder.size, encoder.augment, about)


def save_image_encoder(folder: Path, encoder: ImageEncoder, card: str) -> None:
    """Writes an encoder with its card, a text in Markdown; weights in half precision.

    Raises:
        InputError: it cannot be written.
    """
    from safetensors.torch import save

    state: dict[str, Tensor] = encoder.net.state_dict()
    half = {n: (t.half() if t.is_floating_point() else t).contiguous() for n, t in state.items()}
    with atomic_path(folder / WEIGHTS) as temporary:
        temporary.write_bytes(save(half, {"format": "pt"}))
    config = {
        "format": _FORMAT,
        "name": encoder.name,
        "about": encoder.about,
        "size": encoder.size,
        "net": asdict(encoder.spec),
        "augment": asdict(encoder.augment),
    }
    write_json(folder / CONFIG, config)
    write_text(folder / CARD, card)


def spec_from(values: Mapping[str, Any]) -> ImageNetSpec:
    """A network's specification from what JSON kept of it."""
    return ImageNetSpec(**{**values, "head": tuple(values["head"])})


def augment_from(values: Mapping[str, Any]) -> SimCLRAugment:
    """An augmentation from what JSON kept of it."""
    pairs: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }
    return SimCLRAugment(**pairs)


def _read(path: Path) -> "Mapping[str, Tensor]":
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise InputError(f"{path} is missing or damaged.") from error
