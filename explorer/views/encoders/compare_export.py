"""A comparison as files: either map as a picture, and every point with its neighbours."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.canvas.widget import PointCanvas
from explorer.context import AppContext
from explorer.views.encoders.compare_work import Compared
from explorer.widgets import Menu
from models.comparison.table import write_csv
from models.errors import InputError


def pop_up(
    parent: QWidget,
    at: QPoint,
    context: AppContext,
    compared: Compared,
    canvases: tuple[PointCanvas, PointCanvas],
) -> None:
    """Offers what there is to save."""
    menu = Menu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for name, canvas in zip("AB", canvases, strict=True):
        menu.addAction(f"Map of {name} …").triggered.connect(
            lambda _=False, c=canvas, n=name: save_map(parent, context, c, f"map-{n.lower()}.png")
        )
    menu.addAction("Points and neighbours (CSV) …").triggered.connect(
        lambda: save_points(parent, context, compared)
    )
    menu.popup(at)


def save_map(parent: QWidget, context: AppContext, canvas: PointCanvas, name: str) -> None:
    """Asks where, and writes in the format of the name's ending."""
    chosen, _ = QFileDialog.getSaveFileName(parent, "Save the map", name, "Pictures (*.png *.svg)")
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
        context.notices.report(error)
    else:
        context.notices.tell(f"The map is saved in {path}.", "success")


def save_points(parent: QWidget, context: AppContext, compared: Compared) -> None:
    """Asks where, and writes in the background."""
    chosen, _ = QFileDialog.getSaveFileName(
        parent, "Save points and neighbours", "comparison.csv", "CSV (*.csv)"
    )
    if not chosen:
        return
    path = Path(chosen)
    if not path.suffix:
        path = path.with_suffix(".csv")
    context.jobs.start(
        "Saving a comparison",
        write_csv(path, compared.points, compared.comparison),
        done=lambda where: context.notices.tell(f"The points are saved in {where}.", "success"),
        failed=context.notices.report,
        quiet=True,
    )
