"""What a person saves: where it goes, and one sentence on how that went."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.canvas.widget import PointCanvas
from explorer.notices import Notices
from models.errors import InputError
from models.files import write_text

_PICTURES = (".png", ".svg")


def ask_place(parent: QWidget, title: str, proposed: str, kinds: str) -> Path | None:
    """Asks for a file, which ends as the one ``proposed`` unless it is said otherwise."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, proposed, kinds)
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix else path.with_suffix(Path(proposed).suffix)


def save_text(notices: Notices, path: Path | None, text: Callable[[], str], what: str) -> None:
    """Writes by atomic rename; ``what``: "The table is". None: it is not wanted any more."""
    if path is not None:
        _save(notices, path, lambda: write_text(path, text()), what)


def save_picture(
    parent: QWidget,
    notices: Notices,
    canvas: PointCanvas,
    proposed: str = "sphere.png",
    what: str = "picture",
) -> None:
    """Asks where, and writes PNG for slides or SVG for print, as the file's name ends."""
    path = ask_place(parent, f"Save the {what}", proposed, "Pictures (*.png *.svg)")
    if path is None:
        return
    if path.suffix.lower() not in _PICTURES:
        path = path.with_name(path.name + _PICTURES[0])
    write = canvas.export_svg if path.suffix.lower() == ".svg" else canvas.export_png
    _save(notices, path, lambda: write(path), f"The {what} is")


def _save(notices: Notices, path: Path, write: Callable[[], object], what: str) -> None:
    try:
        write()
    except InputError as error:
        notices.report(error)
    else:
        notices.tell(f"{what} saved in {path}.", "success")
