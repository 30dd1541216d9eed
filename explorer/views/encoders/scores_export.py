"""The table of scores to the clipboard or a file, as it is shown."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.notices import Notices
from models.errors import InputError
from models.evaluation.score_table import Column, Row, as_csv, as_markdown
from models.files import write_text

FORMATS = {"csv": "CSV", "markdown": "Markdown"}
_ENDINGS = {"csv": ".csv", "markdown": ".md"}
_TEXTS = {"csv": as_csv, "markdown": as_markdown}


def copy_table(notices: Notices, kind: str, rows: Sequence[Row], columns: Sequence[Column]) -> None:
    """Puts the table on the clipboard."""
    QGuiApplication.clipboard().setText(_TEXTS[kind](rows, columns))
    notices.tell(f"The table is copied as {FORMATS[kind]}.", "success")


def save_table(
    parent: QWidget, notices: Notices, kind: str, rows: Sequence[Row], columns: Sequence[Column]
) -> None:
    """Asks where, and writes by atomic rename; a failure is one sentence."""
    ending, title = _ENDINGS[kind], FORMATS[kind]
    chosen, _ = QFileDialog.getSaveFileName(
        parent, f"Save the table as {title}", f"scores{ending}", f"{title} (*{ending})"
    )
    if not chosen:
        return
    path = Path(chosen)
    if not path.suffix:
        path = path.with_suffix(ending)
    try:
        write_text(path, _TEXTS[kind](rows, columns))
    except InputError as error:
        notices.report(error)
    else:
        notices.tell(f"The table is saved in {path}.", "success")
