"""A comparison as files: either map as a picture, and every point with its neighbours."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from explorer.canvas.widget import PointCanvas
from explorer.context import AppContext
from explorer.saving import ask_place, save_picture
from explorer.views.encoders.compare_work import Compared
from explorer.widgets import Menu
from models.comparison.table import write_csv


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
            lambda _=False, c=canvas, n=name: save_picture(
                parent, context.notices, c, f"map-{n.lower()}.png", "map"
            )
        )
    menu.addAction("Points and neighbours (CSV) …").triggered.connect(
        lambda: save_points(parent, context, compared)
    )
    menu.popup(at)


def save_points(parent: QWidget, context: AppContext, compared: Compared) -> None:
    """Asks where, and writes in the background."""
    path = ask_place(parent, "Save points and neighbours", "comparison.csv", "CSV (*.csv)")
    if path is None:
        return
    context.jobs.start(
        "Saving a comparison",
        write_csv(path, compared.points, compared.comparison),
        done=lambda where: context.notices.tell(f"The points are saved in {where}.", "success"),
        failed=context.notices.report,
        quiet=True,
    )
