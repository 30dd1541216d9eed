"""The picture as a file: PNG for slides, SVG for print."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.canvas.widget import PointCanvas
from explorer.notices import Notices
from models.errors import InputError


def save_picture(parent: QWidget, canvas: PointCanvas, notices: Notices) -> None:
    """Asks where, and writes by atomic rename in the format of the name's ending."""
    chosen, _ = QFileDialog.getSaveFileName(
        parent, "Save the picture", "sphere.png", "Pictures (*.png *.svg)"
    )
    if not chosen:
        return
    path = Path(chosen)
    if path.suffix.lower() not in (".png", ".svg"):
        path = path.with_name(path.name + ".png")
    try:
        if path.suffix.lower() == ".svg":
            canvas.export_svg(path)
        else:
            canvas.export_png(path)
    except InputError as error:
        notices.report(error)
    else:
        notices.tell(f"The picture is saved in {path}.", "success")
