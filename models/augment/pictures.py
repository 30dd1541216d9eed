"""The images whose views are looked at: a set, a folder of pictures, or a single picture."""

from pathlib import Path

import numpy as np

from models.data.image_folders import class_folders
from models.data.image_pixels import IMAGE_SUFFIXES, BadImageError, pixels_of
from models.data.images import ImageSet, image_set, load_images
from models.errors import InputError
from models.events import Progress, Skipped, Work


def open_pictures(source: str, size: int, limit: int = 64) -> Work[ImageSet]:
    """Reads a few images as squares.

    Args:
        source: whatever ``load_images`` takes; or the path of one picture, or of a folder that
            holds pictures and no folders of classes.
        size: side in pixels of the squares that they are scaled and centre-cropped to.
        limit: at most this many, the first by name in a folder of pictures.

    Yields:
        Progress "Reading images", and Skipped for each picture that cannot be used.

    Raises:
        InputError: there is nothing to read there, or no image can be used.
    """
    path = Path(source).expanduser()
    pictures = [] if source in ("shapes", "digits") else _pictures(path)
    if not pictures:
        return (yield from load_images(source, size=size, limit=limit))
    frames, first = [], ""
    for place, picture in enumerate(pictures[:limit]):
        yield Progress("Reading images", place, min(limit, len(pictures)), "images")
        try:
            frames.append(pixels_of(picture, (size, size)))
        except BadImageError as error:
            first = first or f"{picture} cannot be shown. {error}"
            yield Skipped(str(picture), str(error))
    if not frames:
        raise InputError(first)
    labels = np.full(len(frames), -1, np.int64)
    return image_set(np.stack(frames), labels, (), path.name, source)


def _pictures(path: Path) -> list[Path]:
    """The one picture at ``path``, or those in a folder without folders of classes."""
    if path.is_file():
        return [path] if path.suffix.lower() in IMAGE_SUFFIXES else []
    if not path.is_dir() or class_folders(path):
        return []
    try:
        return sorted(p for p in path.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES)
    except OSError as error:
        raise InputError(f"{path} could not be opened ({error.strerror}).") from error
