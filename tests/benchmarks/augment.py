"""Augmenting a batch against kornia, and reading images, in the same run.

    python tests/benchmarks/augment.py [views] [side] [parquet file or folder]

kornia is no dependency; without it only our own times are shown.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch

from models.augment.images import augment
from models.augment.spec import SIMCLR_CIFAR, SIMCLR_IMAGENET, SimCLRAugment
from models.data.images import load_images
from models.events import finish


def best(work: Callable[[], object], repetitions: int = 15) -> float:
    """Milliseconds of the fastest of several runs, after one that does not count."""
    times = []
    for _ in range(repetitions + 1):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1e3 * min(times[1:])


def kornia_pipeline(spec: SimCLRAugment, side: int) -> Callable[[torch.Tensor], torch.Tensor]:
    """The same steps from kornia; its factors come in one random order a batch."""
    import kornia.augmentation as K

    brightness, contrast, saturation, hue = spec.deltas
    steps = [
        K.RandomResizedCrop((side, side), scale=spec.crop_area, ratio=spec.crop_ratio),
        K.RandomHorizontalFlip(p=spec.flip),
        K.ColorJitter(brightness, contrast, saturation, hue, p=spec.jitter_probability),
        K.RandomGrayscale(p=spec.grayscale),
    ]
    if spec.blur:
        taps = 2 * max(1, side // 20) + 1
        steps.append(K.RandomGaussianBlur((taps, taps), spec.blur_sigma, p=spec.blur))
    return K.AugmentationSequential(*steps, data_keys=["input"])


def main(views: int = 512, side: int = 32, images: str = "") -> None:
    """Prints milliseconds a batch, and images a second."""
    batch = torch.rand(views, 3, side, side, generator=torch.Generator().manual_seed(0))
    generator = torch.Generator().manual_seed(0)
    print(f"{views} views of {side} × {side}, {torch.get_num_threads()} threads")
    for name, spec in (("CIFAR", SIMCLR_CIFAR), ("ImageNet", SIMCLR_IMAGENET)):
        line = f"{name}: {best(lambda spec=spec: augment(batch, spec, generator)):.1f} ms"
        try:
            theirs = kornia_pipeline(spec, side)
            line += f", kornia {best(lambda theirs=theirs: theirs(batch)):.1f} ms"
        except ImportError:
            line += ", kornia is not installed"
        print(line)
    if images:
        start = time.perf_counter()
        loaded = finish(load_images(images))
        seconds = time.perf_counter() - start
        print(f"{len(loaded):,} images {loaded.pixels.shape[1:]}: {len(loaded) / seconds:,.0f}/s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:4])
