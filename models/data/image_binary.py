"""CIFAR-10's binary batches and IDX, the format of MNIST and its family."""

import gzip
import math
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.data.image_source import ImageSource, array_source, number_classes
from models.errors import InputError

_SIDE = 32
_RECORD = 1 + 3 * _SIDE * _SIDE  # the label, then the red, green and blue planes
_CIFAR10 = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
_UINT8 = 0x08
_LARGEST = 1 << 33


def cifar_source(paths: Sequence[Path], name: str, source: str) -> ImageSource:
    """Reads ``data_batch_*.bin`` or ``test_batch.bin`` of CIFAR-10.

    Raises:
        InputError: a file is cut short, is not CIFAR-10, or cannot be read.
    """
    batches = []
    for path in paths:
        data = _bytes(path)
        if not data or len(data) % _RECORD:
            raise InputError(
                f"{path} is cut short or not CIFAR-10: its {len(data):,} bytes are no multiple "
                f"of {_RECORD:,}."
            )
        batches.append(np.frombuffer(data, np.uint8).reshape(-1, _RECORD))
        if batches[-1][:, 0].max() >= len(_CIFAR10):
            raise InputError(f"{path} is not CIFAR-10: it has a label over 9.")
    records = np.concatenate(batches)
    planes = records[:, 1:].reshape(-1, 3, _SIDE, _SIDE)
    pixels = np.ascontiguousarray(planes.transpose(0, 2, 3, 1))
    return array_source(name, source, pixels, records[:, 0].astype(np.int64), _CIFAR10)


def idx_source(images: Path, name: str, source: str) -> ImageSource:
    """Reads IDX images with the labels that lie beside them, each gzipped or not.

    Raises:
        InputError: a wrong magic number, a file that is cut short, or as many labels as images
            are not there.
    """
    gray = read_idx(images, 3)
    pixels = np.broadcast_to(gray[..., None], (*gray.shape, 3))
    beside = idx_labels(images)
    if beside is None:
        return array_source(name, source, pixels, np.full(len(gray), -1, np.int64), ())
    values = read_idx(beside, 1)
    if len(values) != len(gray):
        raise InputError(
            f"{images.name} has {len(gray):,} images but {beside.name} {len(values):,} labels."
        )
    labels, classes = number_classes(list(values.tolist()))
    return array_source(name, source, pixels, labels, classes)


def idx_labels(images: Path) -> Path | None:
    """The file of labels that belongs to a file of images, if it is there."""
    name = images.name.replace("images", "labels").replace("idx3", "idx1")
    plain = name.removesuffix(".gz")
    for candidate in (name, plain, f"{plain}.gz"):
        path = images.with_name(candidate)
        if path != images and path.is_file():
            return path
    return None


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """Reads one IDX file of unsigned bytes, gzipped or not.

    Returns:
        uint8 of ``dimensions`` dimensions, images as (N, H, W).

    Raises:
        InputError: a wrong magic number, or more or fewer bytes than the header announces.
    """
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if zipped else path.open("rb") as file:
            head = file.read(4 + 4 * dimensions)
            if len(head) < 4 or head[:4] != bytes((0, 0, _UINT8, dimensions)):
                raise InputError(
                    f"{path} is not IDX of bytes in {dimensions} dimensions: it starts with "
                    f"{head[:4].hex(' ') or 'nothing'}."
                )
            shape = [int(n) for n in np.frombuffer(head[4:], ">u4")]
            count = math.prod(shape)
            if len(shape) < dimensions or not 0 < count <= _LARGEST:
                raise InputError(f"{path} announces no usable size: {shape}.")
            data = file.read(count + 1)  # one more than announced, and no bomb unpacks further
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path} is cut short or damaged.") from error
    except OSError as error:
        raise InputError(f"{path} could not be read ({error.strerror}).") from error
    if len(data) != count:
        kind = "is cut short" if len(data) < count else "goes on after its end"
        raise InputError(f"{path} {kind}: its header announces {count:,} bytes.")
    return np.frombuffer(data, np.uint8).reshape(shape)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} could not be read ({error.strerror}).") from error
