"""The table of scores to the clipboard or a file, as it is shown."""

from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from explorer.notices import Notices
from explorer.saving import ask_place, save_text
from models.evaluation.score_table import Column, Row, as_csv, as_markdown

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
    kinds = f"{title} (*{ending})"
    path = ask_place(parent, f"Save the table as {title}", f"scores{ending}", kinds)
    save_text(notices, path, lambda: _TEXTS[kind](rows, columns), "The table is")
