"""The middle of the workspace: the probe set where it stands, and its replay."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.canvas.scene import Arc, CanvasColors
from explorer.canvas.widget import PointCanvas
from explorer.ring import RingView
from explorer.theme import Theme, px, space, themes
from explorer.views.training.film import Film
from explorer.views.training.legend import ClassLegend, point_colors
from explorer.views.training.readings import ReadingsPage
from explorer.widgets import IconButton, Label, ScrollPage, Segmented
from models.reader.watched import Watched

_PAIRS = 24  # positive pairs that are joined; more would hide the points
_REPLAY_MS = 60
#: How a reader's questions are seen: as text, beside either passage, or as points.
_FACES = (("right", "Its passage"), ("other", "Another"), ("points", "Sphere"))
_NOTHING = (
    "Train, and watch the two views of each image find each other while all images spread over "
    "the sphere. Zoom in, and points become pictures. Questions find their passages instead, and a "
    "reader the answers in them."
)


class Stage(QWidget):
    """Shows a film frame by frame; ``turned`` carries the frame that is seen now."""

    turned = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.film = Film()
        self.number = -1
        #: Whether the newest frame is shown as it comes.
        self.following = True
        self._dressed: object = None
        self.canvas = PointCanvas()
        self.ring = RingView()
        self.readings = ReadingsPage()
        self.face = Segmented(_FACES, "Beside")
        self.face.setProperty("compact", True)  # large text leaves little room between the columns
        self.stack = QStackedWidget(self)
        self.caption = Label("", "muted", wrap=True)
        self.caption.setMinimumWidth(1)  # a long sentence breaks instead of asking for room
        self.legend = ClassLegend()
        self.scrub = QSlider(Qt.Orientation.Horizontal)
        self.scrub.setAccessibleName("Replay")
        self.replay = IconButton("play", "Replay the run", checkable=True)
        self.pictures = IconButton("image", "Pictures in place of points", checkable=True)
        self.pairs = IconButton("pairs", "Join positive pairs", checkable=True)
        self.whole = IconButton("target", "Whole picture (Home)")
        self.pairs.setChecked(True)
        self._player = QTimer(self, interval=_REPLAY_MS)
        self._build()
        self.scrub.valueChanged.connect(self._scrubbed)
        self.replay.toggled.connect(self._play)
        self.face.changed.connect(lambda _: self.refresh())
        self.pictures.toggled.connect(self.canvas.set_thumbnails_always)
        self.pairs.toggled.connect(lambda _: self._join())
        self.whole.clicked.connect(self.canvas.reset_view)
        self._player.timeout.connect(self._advance)
        self.canvas.hovered.connect(self._hover)
        themes().changed.connect(self._dress)
        self._dress(themes().current)
        self.show_film(self.film)

    def _build(self) -> None:
        self.stack.addWidget(self.canvas)
        # Large text leaves the ring too little room.
        self.ring_page = ScrollPage(body=self.ring, parent=self.stack)
        self.stack.addWidget(self.ring_page)
        self.stack.addWidget(self.readings)
        self._bar = QHBoxLayout()
        for part in (self.replay, self.scrub, self.pairs, self.pictures, self.whole):
            self._bar.addWidget(part, 1 if part is self.scrub else 0)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.face)
        self._column.addWidget(self.stack, 1)
        self._column.addLayout(self._bar)
        self._column.addWidget(self.legend)
        self._column.addWidget(self.caption)

    def show_film(self, film: Film) -> None:
        """Begins with another film."""
        self.film, self.number, self._dressed = film, -1, None
        self.replay.setChecked(False)
        self.legend.show_classes(film.classes)
        self.refresh()

    def refresh(self) -> None:
        """Takes in what the film has gained; shows its newest frame where that is followed."""
        last = len(self.film.frames) - 1
        self.face.setVisible(self.film.reads)
        for part in (self.scrub, self.replay, self.pairs, self.pictures, self.whole):
            part.setEnabled(last >= 0)
            part.setVisible(True)
        self.scrub.blockSignals(True)
        self.scrub.setRange(0, max(0, last))
        if self.following:
            self.scrub.setValue(last)
        self.scrub.blockSignals(False)
        if last < 0:
            self.stack.setCurrentWidget(self.canvas)
            self.canvas.set_layout(np.zeros((0, 3), np.float32), "globe", morph=False)
            self.canvas.set_arcs(())
            self.caption.setText(_NOTHING)
        else:
            self._show(self.scrub.value())

    def set_things(
        self,
        pixels: NDArray[np.uint8] | None,
        texts: tuple[str, ...] | None,
        classes: tuple[str, ...],
        watched: tuple[Watched, ...] | None = None,
    ) -> None:
        """What the points stand for, of a film that is still being shot."""
        self.film.pixels, self.film.texts, self.film.classes = pixels, texts, classes
        self.film.watched = watched
        self.legend.show_classes(classes)
        self._dressed = None
        self.refresh()

    def _show(self, number: int) -> None:
        film = self.film
        self.number = number
        frame = film.frames[number]
        reading = film.reads and self.face.value != "points"
        # The ring's curves name the classes, and of texts there are no colours to be named.
        self.legend.setVisible(film.dimensions != 2 and not reading)
        if reading:
            self._show_readings()
        elif film.dimensions == 2:
            self.stack.setCurrentWidget(self.ring_page)
            vectors = frame.vectors.astype(np.float32)
            self.ring.show_ring(vectors, film.labels, film.classes)
        else:
            self.stack.setCurrentWidget(self.canvas)
            self.canvas.set_layout(frame.positions, film.surface, morph=False)
            if self._dressed is not film.labels:
                self._dressed = film.labels
                self.canvas.set_colors(point_colors(film.labels))
                self.canvas.set_thumbnails(film.pixels)
            self._join()
        pointed = film.dimensions != 2 and not reading
        for button in (self.pairs, self.whole):
            button.setEnabled(pointed)
        for button in (self.pairs, self.pictures, self.whole):
            button.setVisible(not reading)
        self.pictures.setEnabled(pointed and film.pixels is not None)
        self._say(frame.step)
        self.turned.emit(number)

    def _show_readings(self) -> None:
        """The half of the watched pairs that is asked for, with what is marked in this frame."""
        film, frame = self.film, self.film.frames[self.number]
        self.stack.setCurrentWidget(self.readings)
        half = len(film.labels) // 2
        part = slice(0, half) if self.face.value == "right" else slice(half, None)
        if frame.marks is not None:
            self.readings.show_readings((film.watched or ())[part], frame.marks[part])

    def _join(self) -> None:
        """Arcs between the two views of a few images."""
        arcs: list[Arc] = []
        if self.number >= 0 and self.pairs.isChecked():
            positions = self.film.frames[self.number].positions
            half = len(positions) // 2
            rows = np.linspace(0, half - 1, min(_PAIRS, half)).astype(int) if half else ()
            color = themes().current.muted
            arcs = [Arc(positions[row], positions[row + half], color, 0.5) for row in rows]
        self.canvas.set_arcs(arcs)

    def _say(self, step: int) -> None:
        count, dimensions = len(self.film.labels) // 2, self.film.dimensions
        if self.film.reads:
            self.caption.setText(f"Step {step:,} of {self.film.steps:,}. {self._told_of(count)}")
            return
        how = {2: "on the ring S¹ itself", 3: "on the sphere S² itself"}.get(
            dimensions, f"{dimensions} → 3 dimensions by PCA, each frame turned nearest to the last"
        )
        joined = f", {min(_PAIRS, count)} pairs joined" if dimensions != 2 else ""
        each = "each with its passage" if self.film.asked else "two views each"
        what = f"{count} {self.film.noun} never trained on, {each}"
        self.caption.setText(f"Step {step:,} of {self.film.steps:,}. {what}{joined}; {how}.")

    def _told_of(self, count: int) -> str:
        """What is seen of a reader."""
        if self.face.value == "points":
            return (
                f"The reader's [CLS] state of {count} questions never trained on, each beside its "
                "passage and beside another; PCA, each frame turned nearest to the last."
            )
        if self.face.value == "right":
            return (
                f"{self.readings.exact} of {count} questions never trained on are answered "
                "exactly. Filled: what the reader marks. Underlined: the right answer."
            )
        return (
            f"Beside another passage of the same article the reader is rightly silent about "
            f"{self.readings.silent} of {count} questions, and misled by the others."
        )

    def _hover(self, row: int) -> None:
        if not 0 <= row < len(self.film.labels):
            if self.number >= 0:
                self._say(self.film.frames[self.number].step)
            return
        half = len(self.film.labels) // 2
        vectors = self.film.frames[self.number].vectors
        other = (row + half) % (2 * half)
        pair = vectors[row].astype(np.float32), vectors[other].astype(np.float32)
        cosine = float(pair[0] @ pair[1])
        other_view = "its other view"
        if self.film.asked:
            other_view = "its passage" if row < half else "its question"
        if self.film.reads:
            other_view = "the same question beside the other passage"
        self.caption.setText(f"{self._name(row, half)} Cosine to {other_view} {cosine:.3f}.")

    def _name(self, row: int, half: int) -> str:
        """What the point ``row`` stands for."""
        if self.film.texts is not None:
            return f"“{self.film.texts[row]}”"
        label = int(self.film.labels[row])
        name = self.film.classes[label] if 0 <= label < len(self.film.classes) else "no class"
        return f"Image {row % half + 1} of {half}, view {row // half + 1}: {name}."

    def _scrubbed(self, number: int) -> None:
        self.following = number == self.scrub.maximum()
        if self.film.frames:
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
        self._join()
        self.face.setMaximumWidth(px(420))
        self._bar.setSpacing(space(1))
        self._column.setSpacing(space(2))
        self._column.setContentsMargins(0, 0, 0, space(3))
