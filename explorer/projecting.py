"""Layouts of the open project, made in the background and kept with it."""

from PySide6.QtCore import QObject, Signal

from explorer.jobs import Job, Jobs
from explorer.notices import Notices
from explorer.session import Session
from models.projection.layout import Layout, Surface, Technique

NAMES = {
    ("pca", "globe"): "PCA",
    ("pca", "flat"): "PCA",
    ("umap", "globe"): "spherical UMAP",
    ("umap", "flat"): "UMAP",
}


class Projector(QObject):
    """Makes one layout at a time; a new request cancels the one under way.

    ``arrived`` carries a Layout of the project that is open when it arrives, and of no other.
    """

    arrived = Signal(object)
    busy = Signal(bool)

    def __init__(
        self, session: Session, jobs: Jobs, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._notices = session, jobs, notices
        self._process = None
        self._job: Job | None = None

    def request(self, technique: Technique, surface: Surface) -> None:
        """Asks for a layout of the open project."""
        from models.projection.cache import cached
        from models.projection.umap_process import UmapProcess

        self.cancel()
        project = self._session.project
        if project is None:
            return
        if technique == "umap" and self._process is None:
            self._process = UmapProcess()
        work = cached(project, technique, surface, self._process)
        job = self._jobs.start(
            f"Projecting by {NAMES[technique, surface]}",
            work,
            done=lambda layout: self._arrive(job, layout),
            failed=self._notices.report,
            quiet=technique == "pca",
        )
        self._job = job
        job.ended.connect(lambda: self._over(job))
        self.busy.emit(True)

    def cancel(self) -> None:
        """Drops the layout under way, if any."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def close(self) -> None:
        """Ends the child process."""
        self.cancel()
        if self._process is not None:
            self._process.close()

    def _arrive(self, job: Job, layout: Layout) -> None:
        if job is self._job:
            self.arrived.emit(layout)

    def _over(self, job: Job) -> None:
        if job is self._job:
            self._job = None
            self.busy.emit(False)
