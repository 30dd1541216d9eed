"""ImageFolder: a folder of images for each class, ``root/class/image``."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from models.data.image_pixels import IMAGE_SUFFIXES
from models.data.image_source import ImageSource, Item, Rows
from models.errors import InputError


def folder_source(root: Path, source: str) -> ImageSource:
    """Lists the images below each class folder; hidden files are passed over.

    Raises:
        InputError: there are no class folders, or no images in them.
    """
    classes = class_folders(root)
    if not classes:
        raise InputError(
            f"{root} has no folder for each class: images belong in {root.name}/CLASS/IMAGE."
        )
    found = [(path, label) for label, folder in enumerate(classes) for path in _images(folder)]
    if not found:
        raise InputError(f"The folders in {root} hold no images ({', '.join(IMAGE_SUFFIXES)}).")
    paths = [path for path, _ in found]

    def read(rows: Rows) -> Iterator[Item]:
        for row in rows:
            yield int(row), paths[row].relative_to(root).as_posix(), paths[row]

    labels = np.array([label for _, label in found], np.int64)
    return ImageSource(root.name, source, labels, tuple(f.name for f in classes), read)


def class_folders(root: Path) -> list[Path]:
    """The folders right below ``root``, sorted by name.

    Raises:
        InputError: the folder cannot be opened.
    """
    try:
        return sorted(p for p in root.iterdir() if p.is_dir() and not p.name.startswith((".", "_")))
    except OSError as error:
        raise InputError(f"{root} could not be opened ({error.strerror}).") from error


def _images(folder: Path) -> Iterator[Path]:
    for base, folders, names in os.walk(folder):  # does not follow links, so it cannot loop
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(IMAGE_SUFFIXES) and not name.startswith("."):
                yield Path(base, name)
