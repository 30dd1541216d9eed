"""The parameters of SimCLR's augmentation, and the published presets."""

from dataclasses import dataclass

from models.errors import InputError


@dataclass(frozen=True)
class SimCLRAugment:
    """Chen et al. 2020, appendix A; the values given here are those for ImageNet.

    Attributes:
        crop_area: share of the image's area that is kept, uniform between these.
        crop_ratio: width : height of the crop, log-uniform between these.
        flip: probability of mirroring left to right.
        jitter_probability: of changing the colours at all.
        strength: s, by which the four ranges that follow are multiplied.
        brightness: factor from 1 − s·x to 1 + s·x.
        contrast: likewise, about the mean gray.
        saturation: likewise, about each pixel's gray.
        hue: shift from −s·x to s·x turns of the colour circle.
        grayscale: probability of dropping the colours.
        blur: probability of a Gaussian blur.
        blur_sigma: standard deviation in pixels, uniform between these.

    Raises:
        InputError: a value out of its range.
    """

    crop_area: tuple[float, float] = (0.08, 1.0)
    crop_ratio: tuple[float, float] = (3 / 4, 4 / 3)
    flip: float = 0.5
    jitter_probability: float = 0.8
    strength: float = 1.0
    brightness: float = 0.8
    contrast: float = 0.8
    saturation: float = 0.8
    hue: float = 0.2
    grayscale: float = 0.2
    blur: float = 0.5
    blur_sigma: tuple[float, float] = (0.1, 2.0)

    def __post_init__(self) -> None:
        for name in ("flip", "jitter_probability", "grayscale", "blur"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"The augmentation's {name} must lie between 0 and 1.")
        for name in ("strength", "brightness", "contrast", "saturation", "hue"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise InputError(f"The augmentation's {name} must be 0 or more.")
        if self.deltas[3] > 0.5:
            raise InputError("The augmentation's hue times strength must be at most half a turn.")
        for name, top in (("crop_area", 1.0), ("crop_ratio", 100.0), ("blur_sigma", 100.0)):
            low, high = getattr(self, name)
            if not 0 < low <= high <= top:
                raise InputError(
                    f"The augmentation's {name} must be two ascending numbers over 0 and up to "
                    f"{top:g}."
                )

    @property
    def deltas(self) -> tuple[float, float, float, float]:
        """How far brightness, contrast, saturation and hue go at this strength."""
        s = self.strength
        return s * self.brightness, s * self.contrast, s * self.saturation, s * self.hue


SIMCLR_IMAGENET = SimCLRAugment()
#: Appendix B.9 of the paper: half the colour distortion, and no blur.
SIMCLR_CIFAR = SimCLRAugment(strength=0.5, blur=0.0)
#: For gray digits, whose mirror images are none: a mild crop, brightness and contrast alone.
DIGITS = SimCLRAugment(
    crop_area=(0.5, 1.0),
    flip=0.0,
    strength=0.5,
    saturation=0.0,
    hue=0.0,
    grayscale=0.0,
    blur=0.0,
)

#: The presets by the name under which they are offered.
PRESETS = {"SimCLR ImageNet": SIMCLR_IMAGENET, "SimCLR CIFAR": SIMCLR_CIFAR, "Digits": DIGITS}
