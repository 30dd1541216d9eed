"""Readers by name or folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import InputError
from models.samples import assets

if TYPE_CHECKING:
    from models.reader.reader import Reader


def load_reader(name: str) -> "Reader":
    """Loads a reader.

    Args:
        name: of one that ships with the program; or the folder of a small reader, of a run that
            trains one, of a DPR reader, or of any model for extractive question answering.

    Raises:
        InputError: there is none, or a file of it is missing, damaged or unsafe.
    """
    # All that training needs comes with them; the window, which lists readers, starts without.
    from models.reader.foreign import foreign_reader
    from models.reader.saved import is_small_reader, read_small
    from models.reader.small import small_reader

    folder = dict(_own()).get(name)
    if folder is None:
        folder = Path(name).expanduser()
        if not _is_folder(folder):
            raise InputError(f"There is no reader at {name[:300]}: it is not a folder.")
        if not is_small_reader(folder):
            return foreign_reader(folder, str(folder.resolve()))
        name = str(folder.resolve())
    return small_reader(read_small(folder), name)


def shipped_readers() -> tuple[str, ...]:
    """The names of the readers that come with the program."""
    return tuple(name for name, _ in _own())


def default_reader() -> "Reader":
    """The one that comes with the program.

    Raises:
        InputError: none does.
    """
    names = shipped_readers()
    if not names:
        raise InputError(
            "No reader comes with this program; name the folder of one, or train one with "
            "contrastive-models train reader."
        )
    return load_reader(names[0])


def _own() -> list[tuple[str, Path]]:
    homes = sorted((assets() / "readers").glob("*/reader.json"))
    return [(home.parent.name, home.parent) for home in homes]


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # too long, a null character
        return False
