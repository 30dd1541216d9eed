"""Labelled images in memory, from files or generated."""

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.data.image_pixels import BadImageError
from models.data.image_places import open_images
from models.data.image_source import ImageSource, Rows, spread
from models.data.image_store import ImageStore
from models.errors import InputError
from models.events import Progress, Skipped, Work
from models.files import content_key

#: Share of the images that is held out when no test images lie beside them.
TEST_SHARE = 0.2
_REPORT = 256


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Images of one size in memory; arrays are read-only.

    Attributes:
        pixels: (N, H, W, 3) uint8.
        labels: (N,) int64, −1 where there is none.
        classes: names of the classes; empty if there are no labels.
        name: what to call the set.
        source: what opens it again: "shapes", "digits" or a path.
        key: content key of pixels, labels and classes.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    name: str
    source: str
    key: str

    def __len__(self) -> int:
        return len(self.labels)


def image_set(
    pixels: NDArray[np.uint8], labels: Rows, classes: tuple[str, ...], name: str, source: str
) -> ImageSet:
    """Freezes the arrays, which the caller gives away, and computes the key."""
    pixels, labels = np.ascontiguousarray(pixels), np.ascontiguousarray(labels)
    pixels.setflags(write=False)
    labels.setflags(write=False)
    digest = hashlib.blake2b(pixels.data, digest_size=16).digest()
    key = content_key("images", str(pixels.shape), digest, labels.tobytes(), *classes)
    return ImageSet(pixels, labels, classes, name, source, key)


def take(images: ImageSet, rows: Rows) -> ImageSet:
    """The images of ``rows``, in that order, with the same classes."""
    return image_set(
        images.pixels[rows], images.labels[rows], images.classes, images.name, images.source
    )


def load_images(
    source: str, *, size: int | None = None, limit: int | None = None, seed: int = 0
) -> Work[ImageSet]:
    """Reads images for training.

    Args:
        source: "shapes" (generated), "digits" (scikit-learn's), or a path: an image Parquet
            file or a folder of them, a folder of class folders, CIFAR-10 binary batches, or an
            IDX file. Of a set with a test part, the rest is read.
        size: side of the squares that images are scaled and centre-cropped to. None keeps their
            own size if it is one for all and at most 128 pixels a side, else takes 64.
        limit: at most this many images, drawn so that each class keeps its share; for "shapes"
            the number that is drawn.
        seed: of the choice of images, and of the shapes.

    Yields:
        Progress "Reading images", and Skipped for each image that cannot be used.

    Raises:
        InputError: there is nothing to read there, or no image can be used.
    """
    _check("size", size)
    _check("limit", limit)
    found = open_images(source, "train", size=size, count=limit, seed=seed)
    if found is None:
        raise InputError(f"{source} holds no images for training.")
    return (yield from _read(found, None if size is None else (size, size), limit, seed))


def train_test(
    images: ImageSet | str,
    *,
    size: int | None = None,
    limit: int | None = None,
    test_limit: int | None = None,
    seed: int = 0,
) -> Work[tuple[ImageSet, ImageSet]]:
    """Images to learn from and images to test on.

    Test images that lie beside (``test.parquet``, ``test_batch.bin``, ``t10k-*``, ``test/``) are
    taken, at the size of the training images. Otherwise a fifth of the images, seeded and with
    each class in its share, is held out.

    Args:
        images: a set, or the source of one, which is loaded with ``size``, ``limit`` and ``seed``.
        size: see ``load_images``.
        limit: see ``load_images``; not for the images of a test part.
        test_limit: at most this many test images.
        seed: of all choices.

    Raises:
        InputError: as ``load_images``; the test images have a class of their own; or there are
            too few images to hold some out.
    """
    _check("limit of test images", test_limit)
    if isinstance(images, str):
        images = yield from load_images(images, size=size, limit=limit, seed=seed)
    beside = open_images(images.source, "test")
    if beside is not None:
        height, width = images.pixels.shape[1:3]
        beside = _same_classes(beside, images)
        return images, (yield from _read(beside, (height, width), test_limit, seed))
    held = round(TEST_SHARE * len(images))
    if not 0 < held < len(images):
        raise InputError(
            f"{images.name} has {len(images)} images, too few to hold any out as a test."
        )
    rows = spread(images.labels, held, seed)
    train = take(images, np.setdiff1d(np.arange(len(images)), rows))
    if test_limit is not None and test_limit < held:
        rows = rows[spread(images.labels[rows], test_limit, seed)]
    return train, take(images, rows)


def _check(what: str, value: int | None) -> None:
    if value is not None and value < 1:
        raise InputError(f"The {what} of images must be 1 or more, not {value}.")


def _read(
    found: ImageSource, size: tuple[int, int] | None, limit: int | None, seed: int
) -> Work[ImageSet]:
    total = len(found.labels)
    rows = np.arange(total)
    if limit is not None and limit < total:
        rows = spread(found.labels, limit, seed)
    store = ImageStore(len(rows), size, found.name)
    kept: list[int] = []
    first = ""
    for place, (row, where, item) in enumerate(found.read(rows)):
        if place % _REPORT == 0:
            yield Progress("Reading images", place, len(rows), "images")
        try:
            if isinstance(item, BadImageError):
                raise item
            store.add(item)
        except BadImageError as error:
            first = first or f"{where}: {error}"
            yield Skipped(where, str(error))
        else:
            kept.append(row)
    if not kept:
        raise InputError(f"None of the images of {found.source} could be read. {first}".strip())
    yield Progress("Reading images", len(rows), len(rows), "images")
    return image_set(
        store.pixels(),
        found.labels[kept],
        found.classes,
        found.name,
        found.source,
    )


def _same_classes(found: ImageSource, images: ImageSet) -> ImageSource:
    """Numbers the classes of ``found`` as those of ``images`` are."""
    if found.classes == images.classes or not found.classes:
        return found
    unknown = [name for name in found.classes if name not in images.classes]
    if unknown:
        raise InputError(
            f"The test images of {found.source} have a class “{unknown[0]}” that the images for "
            "training lack."
        )
    numbers = np.array([*(images.classes.index(name) for name in found.classes), -1], np.int64)
    return replace(found, labels=numbers[found.labels], classes=images.classes)
