"""Hits to the clipboard or a file, in the formats that other programs read."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from explorer.notices import Notices
from explorer.saving import ask_place, save_text
from models.data.records import Passages
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
    ending, title = _ENDINGS[kind], FORMATS[kind]
    path = ask_place(parent, f"Save hits as {title}", f"hits{ending}", f"{title} (*{ending})")
    save_text(notices, path, lambda: copy_text(kind, answer, passages, methods), "The hits are")
