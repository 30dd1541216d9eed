"""The Training workspace: points move on the sphere while the encoder learns, and again later."""

import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.commands import Command
from explorer.context import AppContext
from explorer.theme import Theme, px, space, themes
from explorer.views.training.charts import RunCharts
from explorer.views.training.comparing import RunsPage
from explorer.views.training.evaluation import EvaluationPanel
from explorer.views.training.film import Film
from explorer.views.training.panel import ControlPanel
from explorer.views.training.running import Runs
from explorer.views.training.stage import Stage
from explorer.views.training.work import columns_of, finding, finished_text, picturing
from explorer.widgets import Segmented
from models.project import Project
from models.training.events import Snapshot
from models.training.look import look
from models.training.loop import RunResult

_REDRAW_MS = 220
_CURVES_SECONDS = 0.9
_PAGES = (("learning", "Learning"), ("evaluation", "Evaluation"), ("runs", "Runs"))


class TrainingView(QWidget):
    """A form at the left, the sphere with its replay in the middle, figures at the right."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.runs = Runs(context, self)
        self.panel = ControlPanel(self)
        self.stage = Stage(self)
        self._right = QWidget(self)
        self._pages = QStackedWidget(self._right)
        self.charts = RunCharts(self._pages)
        self.evaluation = EvaluationPanel(context, self._pages)
        self.comparing = RunsPage(self._pages)
        self.page = Segmented(_PAGES, "Figures")
        self._stale = False
        self._drawn = 0.0
        self._found = self._greeted = False
        self._resuming: Path | None = None
        self._timer = QTimer(self, interval=_REDRAW_MS)
        self._build()
        self._connect()
        self._add_commands()
        self._fit(themes().current)
        self._settle()

    @property
    def film(self) -> Film:
        """What has been seen of the run that is shown."""
        return self.stage.film

    def _build(self) -> None:
        self._pages.addWidget(self.charts)
        self._pages.addWidget(self.evaluation)
        self._pages.addWidget(self.comparing)
        self._figures = QVBoxLayout(self._right)
        self._figures.addWidget(self.page)
        self._figures.addWidget(self._pages, 1)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.panel)
        self._row.addWidget(self.stage, 1)
        self._row.addWidget(self._right)

    def _connect(self) -> None:
        panel, runs = self.panel, self.runs
        panel.go.clicked.connect(self._start)
        panel.resume.clicked.connect(self._resume)
        panel.pause.clicked.connect(lambda: runs.pause(not runs.paused))
        panel.stop.clicked.connect(runs.stop)
        panel.estimate.clicked.connect(self._estimate)
        panel.chosen.connect(self._choose)
        runs.event.connect(self._event)
        runs.changed.connect(self._settle)
        runs.listed.connect(self._listed)
        runs.finished.connect(self._finished)
        runs.opened.connect(self._opened)
        runs.estimated.connect(panel.show_estimate)
        session = self.context.session
        session.run_wanted.connect(self._choose)
        session.training_wanted.connect(self._set_up)
        session.augment_changed.connect(panel.form.more.offer_augment)
        session.project_changed.connect(self._offer_project)
        panel.table_chosen.connect(self._read_columns)
        self._offer_project(session.project)
        if session.augment is not None:
            panel.form.more.offer_augment(session.augment)
        self.stage.turned.connect(lambda _: self._draw_figures())
        self.page.changed.connect(self._turn_page)
        self._timer.timeout.connect(self._redraw)
        themes().changed.connect(self._fit)

    def _add_commands(self) -> None:
        stage, runs = self.stage, self.runs

        def seen() -> bool:
            return bool(self.film.frames)

        def running() -> bool:
            return runs.running

        for name, title, run, enabled in (
            ("replay", "Replay the run", stage.replay.toggle, seen),
            ("pictures", "Pictures in place of points", stage.pictures.toggle, seen),
            ("pairs", "Join positive pairs", stage.pairs.toggle, seen),
            ("pause", "Pause the run or go on", self.panel.pause.click, running),
            ("stop", "Stop the run", self.panel.stop.click, running),
        ):
            command = Command(f"training.{name}", title, run, "Training", enabled=enabled)
            self.context.commands.add(command)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._found:
            self._found = True
            self.runs.list()
            self.context.jobs.start(
                "Looking for devices", finding(), done=self.panel.offer, quiet=True
            )

    # A run

    def _start(self) -> None:
        wanted = self.panel.wanted()
        self.panel.choose(None)
        self._show(Film())
        self.runs.start(wanted)

    def _estimate(self) -> None:
        self.runs.estimate(self.panel.wanted())

    def _resume(self) -> None:
        """Goes on with the chosen run, once what was seen of it is shown."""
        card = self.panel.card
        if card is None or self.runs.running:
            return
        shown = self.runs.folder == card.folder
        # A step that ended while the run was being stopped is in its folder and was not seen here.
        whole = len(self.film.losses) == card.step or self._resuming == card.folder
        if card.step and not (shown and whole):
            self._resuming = card.folder
            self.runs.open(card.folder)
            return
        if not card.step:
            self._show(Film())
        self._resuming = None
        self.stage.following = True
        self.runs.resume(card)

    def _choose(self, folder: Path | None) -> None:
        self._settle()
        if self.runs.running:
            return
        if folder is not None:
            self._greeted = True
            self.runs.open(folder)
        else:
            self.runs.folder = None
            self._show(Film())

    def _set_up(self, kind: str) -> None:
        """The form of a kind of run, for a new one."""
        if not self.runs.running:
            self._greeted = True
            self.panel.select(None)
            self.panel.turn(kind)

    def _event(self, event: object) -> None:
        """Only keeps what has come; the timer draws it, however fast the steps are."""
        first = not self.film.frames
        self._stale = self.film.see(event) or self._stale
        if first and isinstance(event, Snapshot) and self.runs.folder is not None:
            folder, film = self.runs.folder, self.film
            self.context.jobs.start(
                "Reading what is watched",
                picturing(folder, len(event.labels)),
                done=lambda found: self.stage.set_things(*found) if film is self.film else None,
                quiet=True,
            )

    def _finished(self, result: RunResult) -> None:
        self.context.notices.tell(finished_text(result, self.film), "success")

    def _opened(self, film: Film) -> None:
        self.stage.following = True
        self._show(film)
        if self._resuming is not None and self._resuming == self.runs.folder:
            self._resume()

    def _offer_project(self, project: Project | None) -> None:
        """Questions may be answered from what is open."""
        if project is not None:
            name = project.manifest.name
            corpus = str(project.folder), f"{name}, the open project"
            self.panel.offer_corpus(*corpus)

    def _read_columns(self, path: str) -> None:
        self.context.jobs.start(
            "Reading columns",
            columns_of(path),
            done=lambda columns: self.panel.questions.data.show_columns(path, columns),
            failed=self.context.notices.report,
            quiet=True,
        )

    def _listed(self, cards: tuple) -> None:
        self.panel.show_runs(cards)
        self.comparing.show_runs(cards)
        if self.runs.folder is not None:
            self.panel.choose(self.runs.folder)
        elif cards and not self._greeted and self.isVisible():
            self.panel.select(cards[0].folder)  # something to look at instead of an empty page
        self._greeted = True
        self._settle()

    def _settle(self) -> None:
        running = self.runs.running
        self.panel.show_state(running, self.runs.paused, self.runs.estimating)
        if running:
            self._timer.start()
        elif self._timer.isActive():
            self._timer.stop()
            self._redraw()
            self._draw_figures()
        self.evaluation.show_run(None if running else self.runs.folder)

    # What is drawn

    def _show(self, film: Film) -> None:
        self._stale = False
        self.stage.show_film(film)
        self._draw_figures()
        self._settle()

    def _redraw(self) -> None:
        if self._stale and self.isVisible():
            self._stale = False
            self.stage.refresh()

    def _draw_figures(self) -> None:
        """The curves up to now, and the geometry of the frame that is seen.

        While a run is followed the points move at every step, but the curves once a second: to
        draw them takes a core that the run wants.
        """
        clock = time.monotonic()
        if self.runs.running and self.stage.following and clock - self._drawn < _CURVES_SECONDS:
            return
        self._drawn = clock
        film = self.film
        frame = film.frames[self.stage.number] if self.stage.number >= 0 else None
        now = frame.step if frame else 0
        losses = np.array(film.losses)
        self.charts.speak_of(film.noun, film.reads)
        self.charts.show_run(losses, film.measured, film.dimensions, now, film.scores)
        if film.reads:
            self.charts.show_look(None)
            self.charts.show_marks(frame.marks if frame else None)
        else:
            self.charts.show_look(look(frame.vectors.astype(np.float32)) if frame else None)
        self.comparing.show_film(film, self.runs.folder, now)

    def _turn_page(self, name: str) -> None:
        self._pages.setCurrentIndex([key for key, _ in _PAGES].index(name))

    def _fit(self, _theme: Theme) -> None:
        self.panel.setFixedWidth(px(256))
        self._right.setFixedWidth(px(330))
        self._figures.setContentsMargins(0, 0, 0, 0)
        self._figures.setSpacing(space(2))
        self._row.setContentsMargins(space(6), space(5), space(4), 0)
        self._row.setSpacing(space(5))
