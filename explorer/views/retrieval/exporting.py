"""Hits to the clipboard or a file, in the formats that other programs read."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.notices import Notices
from models.data.records import Passages
from models.errors import InputError
from models.files import write_text
from models.retrieval.export import hits_csv, hits_markdown, retriever_json
from models.retrieval.searcher import Answer, Method

FORMATS = {"json": "DPR retriever output", "csv": "CSV", "markdown": "Markdown"}
_ENDINGS = {"json": ".json", "csv": ".csv", "markdown": ".md"}


def copy_text(kind: str, answer: Answer, passages: Passages, methods: Sequence[Method]) -> str:
    """The hits of ``methods`` as text. DPR's format holds one method: the last of those shown,
    which is the hybrid where all are."""
    if kind == "json":
        return retriever_json([answer], passages, methods[-1])
    shown = replace(answer, hits={method: answer.hits[method] for method in methods})
    return hits_csv([shown], passages) if kind == "csv" else hits_markdown([shown], passages)


def save_hits(
    parent: QWidget,
    notices: Notices,
    kind: str,
    answer: Answer,
    passages: Passages,
    methods: Sequence[Method],
) -> None:
    """Asks where, and writes by atomic rename; a failure is one sentence."""
    ending = _ENDINGS[kind]
    chosen, _ = QFileDialog.getSaveFileName(
        parent, f"Save hits as {FORMATS[kind]}", f"hits{ending}", f"{FORMATS[kind]} (*{ending})"
    )
    if not chosen:
        return
    path = Path(chosen)
    if not path.suffix:
        path = path.with_suffix(ending)
    try:
        write_text(path, copy_text(kind, answer, passages, methods))
    except InputError as error:
        notices.report(error)
    else:
        notices.tell(f"The hits are saved in {path}.", "success")
