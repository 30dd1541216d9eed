"""Line icons in the colours of the theme, sharp at every size."""

import atexit
import shutil
import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path

from PySide6.QtGui import QGuiApplication, QIcon, QPalette

_FOLDER = Path(str(files("assets"))) / "icons"


@cache
def _workshop() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="contrastive-explorer-icons-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def names() -> tuple[str, ...]:
    """Every icon there is."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.svg")))


@cache
def tinted(name: str, color: str) -> str:
    """The path of icon ``name`` drawn in ``color`` (#rrggbb).

    A file rather than pixels: style sheets take nothing else, and Qt draws it anew for every
    size and screen density.

    Raises:
        KeyError: there is no such icon.
    """
    source = _FOLDER / f"{name}.svg"
    if not source.is_file():
        raise KeyError(name)
    try:
        target = _workshop() / f"{name}-{color.lstrip('#')}.svg"
        target.write_text(source.read_text("utf-8").replace("currentColor", color), "utf-8")
    except OSError:  # no room for temporary files: black icons are better than no window
        return source.as_posix()
    return target.as_posix()


def icon(name: str, color: str | None = None) -> QIcon:
    """Icon ``name`` in ``color``, or in the colour of the application's text."""
    palette = QGuiApplication.palette()
    result = QIcon(tinted(name, color or palette.color(QPalette.ColorRole.WindowText).name()))
    faint = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText).name()
    result.addFile(tinted(name, faint), mode=QIcon.Mode.Disabled)
    return result
