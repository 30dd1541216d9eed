"""The bar along the bottom: a fact about what is shown, and the work that is running."""

from typing import Any, Protocol

from PySide6.QtCore import QElapsedTimer, QPoint, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.tokens import Theme
from explorer.widgets import Button, ElidedLabel, IconButton, Label, Spinner
from models.events import Progress

_REFRESH_MS = 100
_SHOW_AFTER_MS = 400  # work shorter than this does not flicker past


class Job(Protocol):
    """What the bar asks of a running job."""

    title: str

    @property
    def progress(self) -> Progress | None: ...
    @property
    def remaining(self) -> float | None: ...
    def cancel(self) -> None: ...


class Jobs(Protocol):
    """What the bar asks of the jobs: ``changed`` is a signal, ``running`` the oldest first."""

    changed: Any

    @property
    def running(self) -> tuple[Job, ...]: ...


def count_text(progress: Progress) -> str:
    """How far it is: "12 of 340 passages"."""
    unit = f" {progress.unit}" if progress.unit else ""
    if progress.total is None:
        return f"{progress.done:,}{unit}" if progress.done else ""
    return f"{progress.done:,} of {progress.total:,}{unit}"


def remaining_text(seconds: float) -> str:
    """A time as people say it: "about 2 minutes left"."""
    if seconds < 8:
        return "a few seconds left"
    if seconds < 50:
        return f"about {round(seconds / 10) * 10} seconds left"
    minutes = round(seconds / 60)
    if minutes < 60:
        return "about a minute left" if minutes <= 1 else f"about {minutes} minutes left"
    hours = round(seconds / 3600)
    return "about an hour left" if hours == 1 else f"about {hours} hours left"


class JobRow(QWidget):
    """One job: what it does, how far it is, how long it will take, and a button to cancel it."""

    def __init__(self, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.job = job
        self._cancelled = False
        self.spinner = Spinner(14)
        self.title = ElidedLabel()
        self.bar = QProgressBar(textVisible=False, minimum=0, maximum=1000)
        self.count = Label()
        self.time = Label()
        self.cancel = IconButton("close", f"Cancel: {job.title}", size=14)
        self.cancel.clicked.connect(self._cancel)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for part in (self.spinner, self.title, self.bar, self.count, self.time, self.cancel):
            self._row.addWidget(part)
        self._row.setStretchFactor(self.title, 1)
        self._fit(themes().current)
        themes().changed.connect(self._fit)
        self.refresh()

    def refresh(self) -> None:
        """Shows how far the job is now."""
        progress = self.job.progress
        stage = progress.stage if progress else ""
        parts = [self.job.title, "cancelling…" if self._cancelled else stage]
        self.title.setText(" · ".join(part for part in parts if part))
        known = progress is not None and bool(progress.total)
        self.spinner.setVisible(not known)
        self.bar.setVisible(known)
        if progress is not None and progress.total:
            self.bar.setValue(round(1000 * min(progress.done / progress.total, 1)))
        self.count.setText(count_text(progress) if progress else "")
        remaining = self.job.remaining
        shown = known and remaining is not None and not self._cancelled
        self.time.setText(remaining_text(remaining) if shown else "")
        for label in (self.count, self.time):
            label.setVisible(bool(label.text()))

    def _cancel(self) -> None:
        self._cancelled = True
        self.cancel.setEnabled(False)
        self.job.cancel()
        self.refresh()

    def _fit(self, theme: Theme) -> None:
        self._row.setSpacing(space(2.5))
        self.bar.setFixedSize(px(130), px(4))


class JobList(QFrame):
    """All running jobs, one below the other; a click elsewhere or Esc closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.rows: list[JobRow] = []
        self._column = QVBoxLayout(self)

    def set_jobs(self, jobs: tuple[Job, ...]) -> None:
        if tuple(row.job for row in self.rows) == jobs:
            return
        kept = {id(row.job): row for row in self.rows}
        self.rows = [kept.pop(id(job), None) or JobRow(job) for job in jobs]
        for row in kept.values():
            row.deleteLater()
        for row in self.rows:
            self._column.addWidget(row)

    def place_above(self, anchor: QWidget) -> None:
        side = space(3)
        self._column.setContentsMargins(side, side, side, side)
        self._column.setSpacing(space(2))
        self.setFixedWidth(min(px(720), anchor.window().width() - 2 * side))
        widest = max((row.count.sizeHint().width() for row in self.rows), default=0)
        for row in self.rows:
            row.count.setMinimumWidth(widest)  # so that the bars stand below one another
        self.adjustSize()
        corner = anchor.mapToGlobal(QPoint(anchor.width(), 0))
        self.move(corner - QPoint(self.width(), self.height() + space(1)))


class StatusBar(QFrame):
    """A fact at the left, the oldest running job at the right, the others in a list above it."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._clock = QElapsedTimer()
        self.fact = ElidedLabel()
        self.row: JobRow | None = None
        self.more = Button("", "quiet")
        self.more.clicked.connect(self._open_list)
        self.more.hide()
        self.list = JobList(self)
        self._layout = QHBoxLayout(self)
        # The fact takes what room the job leaves it.
        self.fact.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._layout.addWidget(self.fact, 1)
        self._layout.addWidget(self.more)
        self._timer = QTimer(self, interval=_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        jobs.changed.connect(self._on_changed)
        self._fit(themes().current)
        themes().changed.connect(self._fit)
        self._on_changed()

    def set_fact(self, text: str) -> None:
        """One plain sentence about what is shown."""
        self.fact.setText(text)

    def refresh(self) -> None:
        """Shows the running jobs as they are now."""
        running = self._jobs.running
        late = self._clock.isValid() and self._clock.elapsed() >= _SHOW_AFTER_MS
        current = running[0] if running and late else None
        if self.row is not None and self.row.job is not current:
            self._layout.removeWidget(self.row)
            self.row.hide()
            self.row.deleteLater()
            self.row = None
        if current is not None and self.row is None:
            self.row = JobRow(current)
            self._layout.insertWidget(1, self.row)
        if self.row is not None:
            self.row.refresh()
        others = len(running) - 1
        self.more.setVisible(self.row is not None and others > 0)
        self.more.setText(f"and {others} more")
        if self.list.isVisible():
            self._fill_list()

    def _on_changed(self) -> None:
        if not self._jobs.running:
            self._clock.invalidate()
            self._timer.stop()
        elif not self._clock.isValid():
            self._clock.start()
            self._timer.start()
        self.refresh()

    def _open_list(self) -> None:
        self._fill_list()
        self.list.show()

    def _fill_list(self) -> None:
        running = self._jobs.running
        if not running:
            self.list.hide()
        self.list.set_jobs(running)
        for row in self.list.rows:
            row.refresh()
        self.list.place_above(self)

    def _fit(self, theme: Theme) -> None:
        self._layout.setContentsMargins(space(4), 0, space(2), 0)
        self._layout.setSpacing(space(2))
        self.setFixedHeight(px(30))
