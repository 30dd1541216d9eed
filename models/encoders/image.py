"""Image encoders that are trained from nothing: a backbone and a projection head.

The head is SimCLR's (Chen et al. 2020, §2.1): a small network whose output the loss sees and
which is thrown away after training; what serves afterwards is the backbone's output before it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from models.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor, nn

Backbone = Literal["conv", "resnet18", "resnet50"]

#: Width of each backbone's output.
FEATURES: dict[Backbone, int] = {"conv": 256, "resnet18": 512, "resnet50": 2048}


@dataclass(frozen=True)
class ImageNetSpec:
    """All that fixes the network but its weights.

    Attributes:
        backbone: ``conv`` is four layers for 32×32 pixels on a CPU; the ResNets (He et al. 2016)
            have the 3×3 stem without pooling that SimCLR uses on CIFAR (its appendix B.9).
        head: width of the head's hidden layers, and of its output. An output of 2 or 3 is a
            circle or a globe that can be drawn as it is.
        projection_layers: of the head, at least 1; SimCLR has 2.
    """

    backbone: Backbone = "conv"
    head: tuple[int, int] = (256, 128)
    projection_layers: int = 2


class ImageNet(Protocol):
    """What ``build`` returns, an ``nn.Module``, as its users see it.

    Pixels are (B, 3, H, W) float in [0, 1]; the first batch norm does what normalising would.
    """

    def features(self, pixels: "Tensor") -> "Tensor":
        """(B, F): the backbone's output, not normalised."""
        ...

    def project(self, pixels: "Tensor") -> "Tensor":
        """(B, out): the head's output, not normalised."""
        ...


def build(spec: ImageNetSpec, seed: int) -> Any:
    """An ``ImageNet`` with random weights that depend on ``seed`` alone, on the CPU.

    Raises:
        InputError: the specification describes no network.
    """
    import torch
    from torch import Tensor, nn

    if spec.backbone not in FEATURES:
        raise InputError(f"{spec.backbone} is no backbone; there are {', '.join(FEATURES)}.")
    if min(*spec.head, spec.projection_layers) < 1:
        raise InputError("A projection head needs at least one layer and one dimension.")

    class Net(nn.Module):
        def __init__(self, backbone: nn.Module, head: nn.Module) -> None:
            super().__init__()
            self.backbone, self.head = backbone, head

        def features(self, pixels: Tensor) -> Tensor:
            return self.backbone(pixels).float()  # type: ignore[no-any-return]

        def project(self, pixels: Tensor) -> Tensor:
            return self.head(self.backbone(pixels)).float()  # type: ignore[no-any-return]

    makers = {"conv": _conv, "resnet18": _resnet18, "resnet50": _resnet50}
    # The generator of the whole process is left as it was.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = Net(makers[spec.backbone](), _head(FEATURES[spec.backbone], spec))
        for module in net.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    # Convolutions are quicker so, on a CPU by half.
    return net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def settle(model: Any, batches: "Iterable[Tensor]") -> None:
    """Gives the batch norms of a new network the mean and variance of ``batches``.

    Without it they start at 0 and 1, and for the first hundred steps the vectors of ``eval()``
    show how these catch up and not what the network learns.
    """
    import torch
    from torch import nn

    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = None  # the plain mean over all batches
    model.train()
    with torch.no_grad():
        for batch in batches:
            model.project(batch)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum


def _convolution(into: int, out: int, stride: int = 1, kernel: int = 3) -> "list[nn.Module]":
    from torch import nn

    layer = nn.Conv2d(into, out, kernel, stride, padding=kernel // 2, bias=False)
    return [layer, nn.BatchNorm2d(out)]


def _pooled(*layers: "nn.Module") -> "nn.Module":
    from torch import nn

    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())


def _conv() -> "nn.Module":
    """3 → 32 → 64 → 128 → 256 channels; a stem of stride 2 keeps a step short on two cores."""
    from torch import nn

    layers = [*_convolution(3, 32, stride=2), nn.ReLU()]
    for out in (64, 128, 256):
        layers += [*_convolution(out // 2, out), nn.ReLU()]
        layers += [nn.MaxPool2d(2)] if out < 256 else []
    return _pooled(*layers)


def _resnet18() -> "nn.Module":
    """He et al. 2016, table 1, 18 layers, with the CIFAR stem."""
    import torch
    from torch import Tensor, nn

    class Block(nn.Module):
        def __init__(self, into: int, out: int, stride: int) -> None:
            super().__init__()
            first, second = _convolution(into, out, stride), _convolution(out, out)
            self.residual = nn.Sequential(*first, nn.ReLU(), *second)
            same = stride == 1 and into == out
            self.shortcut = (
                nn.Identity() if same else nn.Sequential(*_convolution(into, out, stride, 1))
            )

        def forward(self, x: Tensor) -> Tensor:
            return torch.relu(self.residual(x) + self.shortcut(x))

    layers: list[nn.Module] = [*_convolution(3, 64), nn.ReLU()]
    into = 64
    for out in (64, 128, 256, 512):
        layers += [Block(into, out, 1 if out == 64 else 2), Block(out, out, 1)]
        into = out
    return _pooled(*layers)


def _resnet50() -> "nn.Module":
    from torch import Tensor, nn
    from transformers import ResNetConfig, ResNetModel

    class Pooled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.resnet = ResNetModel(ResNetConfig(layer_type="bottleneck"))
            stem: Any = self.resnet.embedder
            stem.embedder.convolution = nn.Conv2d(3, 64, 3, padding=1, bias=False)
            stem.pooler = nn.Identity()

        def forward(self, x: Tensor) -> Tensor:
            return self.resnet(x).pooler_output.flatten(1)  # type: ignore[no-any-return]

    return Pooled()


def _head(features: int, spec: ImageNetSpec) -> "nn.Module":
    """Batch norm on every layer; the last has no ReLU and no shift (google-research/simclr)."""
    from torch import nn

    hidden, out = spec.head
    layers: list[nn.Module] = []
    width = features
    for _ in range(spec.projection_layers - 1):
        layers += [nn.Linear(width, hidden, bias=False), nn.BatchNorm1d(hidden), nn.ReLU()]
        width = hidden
    last = nn.BatchNorm1d(out)
    last.register_parameter("bias", None)
    return nn.Sequential(*layers, nn.Linear(width, out, bias=False), last)
