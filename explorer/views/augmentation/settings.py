"""The five parts of SimCLR's augmentation as things that can be switched and slid.

Published values are those of Chen et al. 2020, appendix A, for ImageNet; those for CIFAR differ
where appendix B.9 says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from models.augment.spec import SIMCLR_IMAGENET, SimCLRAugment

SOURCE = "Chen et al. 2020, appendix A"


@dataclass(frozen=True)
class Setting:
    """One slider: how it reads a specification, and the specification once it has moved.

    ``published`` says what its published value is.
    """

    label: str
    low: float
    high: float
    step: float
    write: Callable[[float], str]
    published: str
    read: Callable[[SimCLRAugment], float]
    put: Callable[[SimCLRAugment, float], SimCLRAugment]


@dataclass(frozen=True)
class Part:
    """One switch with its sliders.

    ``off`` are the fields of a specification that leaves this part out.
    """

    id: str
    title: str
    note: str
    off: dict[str, object]
    settings: tuple[Setting, ...]

    def is_off(self, spec: SimCLRAugment) -> bool:
        """Whether ``spec`` leaves this part out."""
        return all(getattr(spec, name) == value for name, value in self.off.items())

    def left_out(self, spec: SimCLRAugment) -> SimCLRAugment:
        """``spec`` without this part."""
        return replace(spec, **self.off)

    def restored(self, spec: SimCLRAugment) -> SimCLRAugment:
        """``spec`` with this part as it is published."""
        return replace(spec, **{name: getattr(SIMCLR_IMAGENET, name) for name in self.off})


def _percent(value: float) -> str:
    return f"{value:.0%}"


def _probability(field: str, published: str) -> Setting:
    return Setting(
        "Probability",
        *(0.0, 1.0, 0.01, _percent, published),
        lambda spec: getattr(spec, field),
        lambda spec, value: replace(spec, **{field: value}),
    )


def _number(label: str, field: str, high: float, write: str, published: str) -> Setting:
    return Setting(
        label,
        *(0.0, high, 0.01, write.format, published),
        lambda spec: getattr(spec, field),
        lambda spec, value: replace(spec, **{field: value}),
    )


def _low(label: str, field: str, low: float, high: float, step: float, *rest) -> Setting:
    """The lower end of a range, which pushes the upper one before it."""
    return Setting(
        label,
        *(low, high, step, *rest),
        lambda spec: getattr(spec, field)[0],
        lambda spec, v: replace(spec, **{field: (v, max(v, getattr(spec, field)[1]))}),
    )


def _high(label: str, field: str, low: float, high: float, step: float, *rest) -> Setting:
    """The upper end of a range, which pushes the lower one before it."""
    return Setting(
        label,
        *(low, high, step, *rest),
        lambda spec: getattr(spec, field)[1],
        lambda spec, v: replace(spec, **{field: (min(v, getattr(spec, field)[0]), v)}),
    )


_SIGMA = (0.1, 5.0, 0.1, "{:.1f} px".format)

PARTS = (
    Part(
        "crop",
        "Random crop",
        "Published: 8% to 100% of the area, width to height from 3:4 to 4:3, resized bicubic.",
        {"crop_area": (1.0, 1.0), "crop_ratio": (1.0, 1.0)},
        (
            _low("Area from", "crop_area", 0.01, 1.0, 0.01, _percent, "8%"),
            _high("up to", "crop_area", 0.01, 1.0, 0.01, _percent, "100%"),
            Setting(
                "Width to height",
                *(1.0, 3.0, 0.01, lambda v: f"{1 / v:.2f} to {v:.2f}", "0.75 to 1.33"),
                lambda spec: spec.crop_ratio[1],
                lambda spec, value: replace(spec, crop_ratio=(1 / value, value)),
            ),
        ),
    ),
    Part(
        "flip",
        "Flip",
        "Published: half of the views are mirrored.",
        {"flip": 0.0},
        (_probability("flip", "50%"),),
    ),
    Part(
        "jitter",
        "Colour jitter",
        "Published: 80% of the views, the four changes in random order, each range times s.",
        {"jitter_probability": 0.0},
        (
            _probability("jitter_probability", "80%"),
            _number("Strength s", "strength", 1.0, "{:.2f}", "1, and 0.5 for CIFAR (B.9)"),
            _number("Brightness", "brightness", 1.0, "± {:.2f}", "0.8 s"),
            _number("Contrast", "contrast", 1.0, "± {:.2f}", "0.8 s"),
            _number("Saturation", "saturation", 1.0, "± {:.2f}", "0.8 s"),
            # Half a turn reaches every hue; s is at most 1 here, so no choice goes beyond.
            _number("Hue, in turns", "hue", 0.5, "± {:.2f}", "0.2 s"),
        ),
    ),
    Part(
        "grayscale",
        "Grayscale",
        "Published: 20% of the views lose their colours.",
        {"grayscale": 0.0},
        (_probability("grayscale", "20%"),),
    ),
    Part(
        "blur",
        "Gaussian blur",
        "Published: half of the views of ImageNet, over a tenth of the height; none of CIFAR.",
        {"blur": 0.0},
        (
            _low("σ from", "blur_sigma", *_SIGMA, "0.1 pixels"),
            _high("up to", "blur_sigma", *_SIGMA, "2 pixels"),
            _probability("blur", "50%, and never for CIFAR (B.9)"),
        ),
    ),
)
