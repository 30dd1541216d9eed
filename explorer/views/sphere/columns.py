"""What points may be coloured by, and the colours themselves, made off the event loop."""

import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer.context import AppContext
from explorer.jobs import Job
from explorer.views.sphere.coloring import Coloring, best_column, by_class, by_column, by_value
from models.clusters import cluster
from models.events import Progress, Work
from models.project import Project
from models.projection.cache import unit
from models.retrieval.searcher import Answer

_LOOKED_AT = 5000  # passages by which the first column is chosen


class ColumnColors(QObject):
    """Colours of the open project's points by one column; the latest choice wins."""

    arrived = Signal(object)

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None

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

    def default(self, project: Project | None) -> str:
        """A column of the user's that groups points, else the source, else clusters."""
        if project is None:
            return "cluster"
        head = project.passages.table.slice(0, _LOOKED_AT)
        columns = {f"field:{name}": head.column(name).to_pylist() for name in _fields(project)}
        columns |= {name: head.column(name).to_pylist() for name in ("source", "title")}
        return best_column(columns) or "cluster"

    def choose(self, key: str) -> None:
        """Colours by ``key``; ``arrived`` follows unless something else is chosen before."""
        project = self._context.session.project
        if project is None:
            return
        if self._job is not None:
            self._job.cancel()
        work = _coloring(project, key, self._context.session.answer)
        job = self._context.jobs.start(
            "Colouring",
            work,
            done=lambda coloring: self._arrive(job, coloring),
            failed=self._context.notices.report,
            quiet=True,
        )
        self._job = job

    def _arrive(self, job: Job, coloring: Coloring) -> None:
        if job is self._job:
            self._job = None
            self.arrived.emit(coloring)


def _fields(project: Project) -> tuple[str, ...]:
    return project.passages.fields


def _coloring(project: Project, key: str, answer: Answer | None) -> Work[Coloring]:
    yield Progress("Colouring")
    if key == "cluster":
        vectors = unit(project.vectors.array)
        found = yield from cluster(vectors, project.passages.column("text"))
        return by_class([found.names[label] for label in found.labels])
    if key == "score":
        count = len(project.passages)
        if answer is None:
            return by_value(np.full(count, np.nan))
        return by_value(project.vectors.array @ answer.vector)
    return by_column(project.passages.column(key.removeprefix("field:")))
