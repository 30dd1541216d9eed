"""What points may be coloured by, and the colours themselves, made off the event loop."""

import numpy as np
import pyarrow as pa
from PySide6.QtCore import QObject, Signal

from explorer.context import AppContext
from explorer.jobs import Job
from explorer.views.sphere.coloring import Coloring, best_column, by_column, by_number, by_value
from models.blocks import blocks
from models.clusters import cluster
from models.events import Progress, Work
from models.project import Project
from models.retrieval.searcher import Answer

_LOOKED_AT = 2000  # passages, evenly spread, by which the first column is chosen


class ColumnColors(QObject):
    """Colours of the open project's points by one column; the latest choice wins."""

    arrived = Signal(object)

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        #: What the colours that arrived last are by.
        self.key = ""

    def offered(self, project: Project | None) -> list[tuple[str, str]]:
        """(key, title) of everything to colour by."""
        if project is None:
            return []
        own = [(f"field:{name}", name.replace("_", " ").capitalize()) for name in _fields(project)]
        fixed = [
            ("source", "Source file"),
            ("title", "Title"),
            ("cluster", "Cluster (k-means)"),
            ("score", "Search score"),
        ]
        return [*own, *fixed]

    def choose(self, key: str = "") -> None:
        """Colours by ``key``, or by what groups the points best; ``arrived`` follows unless
        something else is chosen before."""
        project = self._context.session.project
        if project is None:
            return
        if self._job is not None:
            self._job.cancel()
        work = _coloring(project, key, self._context.session.answer)
        job = self._context.jobs.start(
            "Colouring",
            work,
            done=lambda found: self._arrive(job, *found),
            failed=self._context.notices.report,
            quiet=True,
        )
        self._job = job

    def _arrive(self, job: Job, key: str, coloring: Coloring) -> None:
        if job is self._job:
            self._job, self.key = None, key
            self.arrived.emit(coloring)


def _fields(project: Project) -> tuple[str, ...]:
    return project.passages.fields


def _default(project: Project) -> str:
    """A column of the user's that groups points, else the source, the title, or clusters."""
    table = project.passages.table.select([*_fields(project), "source", "title"])
    rows = np.linspace(0, len(table) - 1, min(len(table), _LOOKED_AT)).astype(np.int64)
    some = table.take(pa.array(rows)).to_pydict()
    keys = [*(f"field:{name}" for name in _fields(project)), "source", "title"]
    return best_column(dict(zip(keys, some.values(), strict=True))) or "cluster"


def _coloring(project: Project, key: str, answer: Answer | None) -> Work[tuple[str, Coloring]]:
    yield Progress("Colouring")
    key = key or _default(project)
    coloring = yield from _colored(project, key, answer)
    return key, coloring


def _colored(project: Project, key: str, answer: Answer | None) -> Work[Coloring]:
    table, vectors = project.passages.table, project.vectors.array
    if key == "cluster":
        found = yield from cluster(vectors, table.column("text"))
        return by_number(found.labels, found.names)
    if key == "score":
        scores = np.full(len(vectors), np.nan, np.float32)
        for start, block in blocks(vectors) if answer is not None else ():
            yield Progress("Colouring", start, len(vectors), "points")
            scores[start : start + len(block)] = block @ answer.vector
        return by_value(scores)
    return by_column(table.column(key.removeprefix("field:")))
