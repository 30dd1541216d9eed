"""The measuring of a run: one at a time, in a process of its own, by one button."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from explorer.context import AppContext
from explorer.jobs import Job
from explorer.widgets import Button
from models.remote import remote


class Measuring(QObject):
    """What a person waits for after a click on ``button``; what was found lies in the run's folder,
    and whoever looks at runs is told. ``changed`` says that it has begun or ended."""

    changed = Signal()

    def __init__(
        self, context: AppContext, parent: QObject, target: str, advice: str, verb: str = "Measure"
    ) -> None:
        """``target`` and ``advice`` are those of ``models.remote.remote``."""
        super().__init__(parent)
        self._context, self._target, self._advice, self._verb = context, target, advice, verb
        self._doing = f"{verb.removesuffix('e')}ing"
        self._job: Job | None = None
        self.button = Button(verb, "primary", "play")

    @property
    def busy(self) -> bool:
        """Whether it is under way."""
        return self._job is not None

    def start(self, title: str, folder: Path, **arguments: Any) -> None:
        """Begins, unless it has begun already; ``title`` is the run's."""
        if self.busy:
            return
        self._job = self._context.jobs.start(
            f"{self._doing} {title}",
            remote(self._target, "The evaluation", self._advice, folder=folder, **arguments),
            done=lambda _: self._context.session.tell_runs(),
            failed=self._context.notices.report,
        )
        self._job.ended.connect(self._over)
        self.changed.emit()

    def allow(self, possible: bool) -> None:
        """Says on the button what goes on, and whether it may be clicked."""
        self.button.setText(f"{self._doing} …" if self.busy else self._verb)
        self.button.setEnabled(possible and not self.busy)

    def _over(self) -> None:
        self._job = None
        self.changed.emit()
