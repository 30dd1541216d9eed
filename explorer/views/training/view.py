"""The Training workspace: points move on the sphere while the encoder learns, and again later."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSlider, QVBoxLayout, QWidget

from explorer.canvas.scene import Arc, CanvasColors
from explorer.canvas.widget import PointCanvas
from explorer.context import AppContext
from explorer.palettes import categorical, rgb
from explorer.theme import Theme, px, space, themes
from explorer.views.training.charts import Curve, Figures, GeometryChart, LossChart, NeighbourChart
from explorer.views.training.form import TrainingForm
from explorer.views.training.running import Runs
from explorer.widgets import Button, Choice, IconButton, Label
from models.geometry import optimal_uniformity
from models.projection.moving import MovingPicture, surface_of
from models.training.events import Measured, Snapshot, StepDone
from models.training.history import History
from models.training.loop import RunResult

_PAIRS = 24  # positive pairs that are joined
_REDRAW_MS = 250


class TrainingView(QWidget):
    """A form at the left, the sphere with its replay in the middle, curves at the right."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        self.runs = Runs(context, self)
        self.form = TrainingForm()
        self.go = Button("Train", "primary", "play")
        self.pause = Button("Pause", "normal", "pause")
        self.stop = Button("Stop", "normal", "stop")
        self.past = Choice()
        self.past.setAccessibleName("Earlier runs")
        self.resume = IconButton("play", "Go on with this run", size=16)
        self.canvas = PointCanvas()
        self.caption = Label("", "muted", wrap=True)
        self.scrub = QSlider(Qt.Orientation.Horizontal)
        self.scrub.setAccessibleName("Replay")
        self.replay = IconButton("play", "Replay the run", checkable=True)
        self.loss, self.trail, self.knn = LossChart(), GeometryChart(), NeighbourChart()
        self._timer = QTimer(self, interval=_REDRAW_MS)
        self._player = QTimer(self, interval=60)
        self._forget()
        self._build()
        self._connect()
        self._dress(themes().current)
        self._offer()
        self._settle()

    def _build(self) -> None:
        self._left = QWidget()
        self._controls = QVBoxLayout(self._left)
        self._controls.addWidget(self.form)
        row = QHBoxLayout()
        for button in (self.go, self.pause, self.stop):
            row.addWidget(button)
        self._controls.addLayout(row)
        self._controls.addWidget(Label("Earlier runs", "caption"))
        earlier = QHBoxLayout()
        earlier.setSpacing(0)
        earlier.addWidget(self.past, 1)
        earlier.addWidget(self.resume)
        self._controls.addLayout(earlier)
        self._controls.addStretch(1)
        self._middle = QVBoxLayout()
        self._middle.addWidget(self.canvas, 1)
        self._replay = QHBoxLayout()
        self._replay.addWidget(self.replay)
        self._replay.addWidget(self.scrub, 1)
        self._middle.addLayout(self._replay)
        self._middle.addWidget(self.caption)
        curves = QWidget()
        self._curves = QVBoxLayout(curves)
        for chart in (self.loss, self.trail, self.knn):
            self._curves.addWidget(Label(chart.accessibleName(), "heading"))
            self._curves.addWidget(chart)
        self._curves.addStretch(1)
        self._right = QScrollArea()
        self._right.setWidgetResizable(True)
        self._right.setFrameShape(QScrollArea.Shape.NoFrame)
        self._right.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._right.setWidget(curves)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._left)
        self._row.addLayout(self._middle, 1)
        self._row.addWidget(self._right)

    def _connect(self) -> None:
        self.go.clicked.connect(self._start)
        self.pause.clicked.connect(lambda: self.runs.pause(not self.runs.paused))
        self.stop.clicked.connect(self.runs.stop)
        self.resume.clicked.connect(self._resume)
        self.past.activated.connect(self._open_past)
        self.runs.event.connect(self._event)
        self.runs.changed.connect(self._settle)
        self.runs.finished.connect(self._finished)
        self.runs.opened.connect(self._opened)
        self.scrub.valueChanged.connect(self._scrubbed)
        self.replay.toggled.connect(self._play)
        self._player.timeout.connect(self._advance)
        self._timer.timeout.connect(self._redraw)
        themes().changed.connect(self._dress)

    # A run

    def _start(self) -> None:
        self._forget()
        self.runs.start(self.form.recipe(), self.form.source.currentData())
        self._timer.start()

    def _resume(self) -> None:
        folder = self.past.currentData()
        if folder and not self.runs.running:
            self._forget()
            self.runs.resume(Path(folder))
            self._timer.start()

    def _open_past(self) -> None:
        folder = self.past.currentData()
        if folder and not self.runs.running:
            self.runs.open(Path(folder))

    def _forget(self) -> None:
        self._picture = MovingPicture()
        self._losses: list[float] = []
        self._measured: list[Measured] = []
        self._frames: list[tuple[int, NDArray[np.float32]]] = []
        self._steps = 0
        self._dimensions = 0
        self._following = True
        self._stale = True

    def _event(self, event: object) -> None:
        """Only keeps what has come; the timer draws it, however fast the steps are."""
        if isinstance(event, StepDone):
            self._losses.append(event.loss)
            self._steps = event.steps
        elif isinstance(event, Measured):
            self._measured.append(event)
        elif isinstance(event, Snapshot):
            self._steps = event.steps
            self._see(event.vectors, event.labels, event.step)
        else:
            return
        self._stale = True

    def _see(self, vectors: NDArray[np.float32], labels: NDArray[np.int64], step: int) -> None:
        if not self._frames:
            self._first(vectors.shape[1], labels)
        self._frames.append((step, self._picture.place(vectors)))

    def _first(self, dimensions: int, labels: NDArray[np.int64]) -> None:
        self._dimensions, self._labels = dimensions, labels
        self._surface = surface_of(dimensions)

    def _finished(self, result: RunResult) -> None:
        last, first = result.last, result.first
        knn = f", kNN {first.knn:.1f} → {last.knn:.1f}%" if last.knn is not None else ""
        self.context.notices.tell(
            f"Trained {result.steps:,} steps in {result.seconds:.0f} s: alignment "
            f"{first.alignment:.3f} → {last.alignment:.3f}, uniformity {first.uniformity:.3f} → "
            f"{last.uniformity:.3f}{knn}.",
            "success",
        )

    def _opened(self, history: History) -> None:
        self._forget()
        self._losses = history.losses.tolist()
        self._measured = list(history.measured)
        self._steps = history.steps
        self._first(history.frames.shape[2], history.labels)
        frames = (frame.astype(np.float32) for frame in history.frames)
        placed = self._picture.place_all(frames)
        self._frames = list(zip(history.frame_steps.tolist(), placed, strict=True))
        self._following = False
        self._redraw()
        self.scrub.setValue(self.scrub.maximum())

    def _settle(self) -> None:
        running = self.runs.running
        self.go.setVisible(not running)
        self.form.setEnabled(not running)
        self.past.setEnabled(not running)
        self.resume.setEnabled(not running and self.past.count() > 0)
        self.pause.setVisible(running)
        self.stop.setVisible(running)
        self.pause.setText("Go on" if self.runs.paused else "Pause")
        self.pause.set_icon("play" if self.runs.paused else "pause")
        if not running and self._timer.isActive():
            self._timer.stop()
            self._redraw()
            self._offer()

    def _offer(self) -> None:
        self.past.clear()
        for folder in self.runs.known():
            self.past.addItem(folder.name, str(folder))

    # What is drawn

    def _redraw(self) -> None:
        if not self._stale or not self._frames:
            self._say()
            return
        self._stale = False
        last = len(self._frames) - 1
        self.scrub.blockSignals(True)
        self.scrub.setMaximum(last)
        if self._following:
            self.scrub.setValue(last)
        self.scrub.blockSignals(False)
        self._show(self.scrub.value())

    def _show(self, number: int) -> None:
        """Shows one frame, and where on the curves it lies."""
        step, positions = self._frames[number]
        fresh = self.canvas.count != len(positions)
        self.canvas.set_layout(positions, self._surface, morph=False)
        if fresh:
            self.canvas.set_colors(_class_colors(self._labels))
        self.canvas.set_arcs(self._pairs(positions))
        self.loss.show_value(Curve(np.array(self._losses), step))
        figures = Figures(tuple(self._measured), optimal_uniformity(self._dimensions), step)
        if self._measured:
            self.trail.show_value(figures)
            self.knn.show_value(figures)
        self._say(step)

    def _pairs(self, positions: NDArray[np.float32]) -> list[Arc]:
        """Arcs between the two views of a few images."""
        half = len(positions) // 2
        rows = np.linspace(0, half - 1, min(_PAIRS, half)).astype(int) if half else ()
        color = themes().current.muted
        return [Arc(positions[row], positions[row + half], color, 0.5) for row in rows]

    def _say(self, step: int | None = None) -> None:
        if step is None:
            if not self._frames:
                self.caption.setText(
                    "Train, and watch two views of each image find each other while all images "
                    "spread over the sphere."
                )
            return
        count = len(self._labels) // 2
        how = {2: "the ring S¹ itself", 3: "the sphere S² itself"}.get(
            self._dimensions, f"{self._dimensions} → 3 dimensions by PCA, each frame turned nearest"
        )
        self.caption.setText(
            f"Step {step:,} of {self._steps:,}. {count} images never trained on, two views "
            f"each, {min(_PAIRS, count)} pairs joined, coloured by class; {how}."
        )

    def _scrubbed(self, number: int) -> None:
        self._following = number == self.scrub.maximum() and self.runs.running
        if self._frames:
            self._show(number)

    def _play(self, on: bool) -> None:
        self.replay.set_icon("pause" if on else "play")
        if on and self.scrub.value() == self.scrub.maximum():
            self.scrub.setValue(0)
        self._player.start() if on else self._player.stop()

    def _advance(self) -> None:
        if self.scrub.value() >= self.scrub.maximum() or not self.isVisible():
            self.replay.setChecked(False)
        else:
            self.scrub.setValue(self.scrub.value() + 1)

    def _dress(self, theme: Theme) -> None:
        self.canvas.set_theme(
            CanvasColors(
                background=theme.window,
                globe=theme.globe,
                grid=theme.grid,
                text=theme.text,
                accent=theme.accent,
                muted=theme.muted,
            )
        )
        self.canvas.animations = themes().animations
        self._left.setFixedWidth(px(250))
        self._right.setFixedWidth(px(320))
        self._controls.setContentsMargins(0, 0, 0, 0)
        self._controls.setSpacing(space(3))
        self._curves.setContentsMargins(0, 0, 0, 0)
        self._middle.setContentsMargins(0, 0, 0, space(3))
        self._row.setContentsMargins(space(6), space(5), space(4), 0)
        self._row.setSpacing(space(5))


def _class_colors(labels: NDArray[np.int64]) -> NDArray[np.uint8]:
    count = max(1, int(labels.max(initial=0)) + 1)
    table = rgb([*categorical(count), "#8a8f9c"])  # −1, no label, takes the grey at the end
    return table[labels]
