"""Which images a source means: what format they are in, and which are for testing."""

from pathlib import Path
from typing import Literal, NoReturn

from models.data.image_binary import cifar_source, idx_source
from models.data.image_folders import class_folders, folder_source
from models.data.image_parquet import parquet_source
from models.data.image_pixels import IMAGE_SUFFIXES
from models.data.image_shapes import digits_source, shapes_source
from models.data.image_source import ImageSource
from models.errors import InputError

Part = Literal["train", "test"]

_SHAPES, _SHAPE_SIDE = 6000, 32
_TEST = ("test", "t10k", "validation", "valid", "val", "dev")
_PICKLES = (".pkl", ".pickle", ".pt", ".pth", ".joblib")


def open_images(
    source: str, part: Part, *, size: int | None = None, count: int | None = None, seed: int = 0
) -> ImageSource | None:
    """Finds the images of ``source``; None if it has no test part.

    Raises:
        InputError: there is nothing there, nothing that is read, or only pickles.
    """
    if source in ("shapes", "digits"):
        if part == "test":
            return None
        return (
            digits_source()
            if source == "digits"
            else shapes_source(count or _SHAPES, size or _SHAPE_SIDE, seed)
        )
    path = Path(source).expanduser()
    if path.is_dir():
        return _in_folder(path, source, part)
    if not path.is_file():
        raise InputError(f"There is no file or folder {source}, and no images of that name.")
    if part == "train":
        return _open([path], path, source)
    # A file that is the test part itself has none beside it.
    if _is_test(path):
        return None
    beside = [p for p in _files(path.parent) if _kind(p) == _kind(path) and _is_test(p)]
    return _open(_one_part(beside), path, source) if beside else None


def _in_folder(folder: Path, source: str, part: Part) -> ImageSource | None:
    files = _files(folder)
    for kind in ("parquet", "cifar", "idx"):
        of_kind = [path for path in files if _kind(path) == kind]
        test = [path for path in of_kind if _is_test(path)]
        train = [path for path in of_kind if path.name.startswith(("train", "data_batch"))]
        if of_kind and part == "test":
            alone = len(test) == len(of_kind)
            return _open(_one_part(test), folder, source) if test and not alone else None
        if of_kind:
            rest = [path for path in of_kind if path not in test]
            return _open(train or rest or of_kind, folder, source)
    parts = {child.name.lower(): child for child in class_folders(folder)}
    test_folder = next((parts[name] for name in _TEST if name in parts), None)
    if "train" in parts and test_folder is not None:
        return folder_source(parts["train"] if part == "train" else test_folder, source)
    if part == "test":
        return None
    if not parts and any(_kind(path) == "pickle" for path in files):
        _refuse_pickle(folder)
    return folder_source(folder, source)


def _open(paths: list[Path], given: Path, source: str) -> ImageSource:
    kind = _kind(paths[0])
    name = given.name if given.is_dir() else f"{given.parent.name}/{given.name}".lstrip("/")
    if kind == "parquet":
        return parquet_source(paths, name, source)
    if kind == "cifar":
        return cifar_source(paths, name, source)
    if kind == "idx":
        return idx_source(paths[0], name, source)
    if kind == "pickle":
        _refuse_pickle(given)
    if paths[0].suffix.lower() in IMAGE_SUFFIXES:
        raise InputError(f"{given} is one image: give a folder with a folder for each class.")
    raise InputError(
        f"{given} is in no format of images that is read: image Parquet, CIFAR-10 binary batches, "
        "IDX, or a folder with a folder for each class."
    )


def _kind(path: Path) -> str:
    name = path.name.lower()
    if name.endswith(".parquet"):
        return "parquet"
    if name.endswith(".bin"):
        return "cifar"
    if "idx3" in name or ("images" in name and "ubyte" in name):
        return "idx"
    if name.endswith(_PICKLES):
        return "pickle"
    # CIFAR's Python batches have no ending; pickles since protocol 2 begin with 0x80.
    if "." not in name.removeprefix("batches.") and _starts_with(path, b"\x80"):
        return "pickle"
    return ""


def _starts_with(path: Path, magic: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(magic)) == magic
    except OSError:
        return False


def _is_test(path: Path) -> bool:
    return path.name.lower().startswith(_TEST)


def _one_part(test: list[Path]) -> list[Path]:
    """Of test and validation files the first kind in the order of preference."""
    for name in _TEST:
        of_name = [path for path in test if path.name.lower().startswith(name)]
        if of_name:
            return of_name
    return test


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
    except OSError as error:
        raise InputError(f"{folder} could not be opened ({error.strerror}).") from error


def _refuse_pickle(path: Path) -> NoReturn:
    raise InputError(
        f"{path} holds Python pickles, which can run any program when they are opened: take the "
        "binary batches (data_batch_1.bin …) or an image Parquet of the same images instead."
    )
