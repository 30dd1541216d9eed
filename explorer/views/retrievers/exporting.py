"""Rankings and figures to files."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from explorer.context import AppContext
from explorer.saving import ask_place
from explorer.theme import space
from explorer.views.retrievers.bench import Bench
from explorer.widgets import Menu
from models.evaluation.comparison import rankings_of, write_figures
from models.evaluation.runs_write import ENDINGS, Layout, write_run

_LAYOUTS: tuple[tuple[Layout, str], ...] = (
    ("trec", "TREC run"),
    ("msmarco", "MS MARCO TSV"),
    ("dpr", "DPR JSON"),
)


def export_menu(button: QWidget, context: AppContext, bench: Bench, chosen: str) -> None:
    """A menu of what can be written; rankings are those of ``chosen``, else of the last entry."""
    entry = bench.entry(chosen) or (bench.entries[-1] if bench.entries else None)
    if entry is None:
        return
    menu = Menu(button)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.addAction("Figures as CSV …").triggered.connect(
        lambda: save_figures(button, context, bench)
    )
    menu.addSeparator()
    for layout, title in _LAYOUTS:
        menu.addAction(f"Rankings of {entry.name} as {title} …").triggered.connect(
            lambda _=False, kind=layout: save_rankings(button, context, bench, entry.id, kind)
        )
    menu.popup(button.mapToGlobal(QPoint(0, button.height() + space(1))))


def save_figures(parent: QWidget, context: AppContext, bench: Bench) -> None:
    """Asks where, and writes all figures."""
    path = ask_place(parent, "Save the figures", "retrievers.csv", "CSV (*.csv)")
    if path is not None:
        context.jobs.start(
            f"Writing {path.name}",
            write_figures(path, bench.entries, bench.by),
            done=lambda _: context.notices.tell(f"The figures are saved in {path}.", "success"),
            failed=context.notices.report,
        )


def save_rankings(
    parent: QWidget, context: AppContext, bench: Bench, name: str, layout: Layout
) -> None:
    """Asks where, and writes the rankings of an entry."""
    entry, judged, ending = bench.entry(name), bench.judged, ENDINGS[layout]
    if entry is None or judged is None:
        return
    title = dict(_LAYOUTS)[layout]
    proposed = f"{entry.name.replace('/', '-').replace(' ', '-').lower()}{ending}"
    path = ask_place(parent, f"Save rankings as {title}", proposed, f"{title} (*{ending})")
    if path is not None:
        rankings = rankings_of(entry, bench.entries)
        context.jobs.start(
            f"Writing {path.name}",
            write_run(path, rankings, judged, entry.name, layout),
            done=lambda count: context.notices.tell(
                f"Rankings of {count:,} questions are saved in {path}.", "success"
            ),
            failed=context.notices.report,
        )
