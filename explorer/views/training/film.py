"""What has been seen of a run so far, while it trains or from its folder."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.projection.layout import Surface
from models.projection.moving import MovingPicture, surface_of
from models.reader.watched import Watched
from models.training.best import Score
from models.training.events import Measured, Scored, Snapshot, StepDone
from models.training.history import History

_MOST = 400  # frames; when there are more, every other one is dropped


@dataclass(frozen=True, eq=False)
class Frame:
    """The probe set after ``step`` updates: vectors (n, D), and where they stand (n, 3).

    ``marks`` (n, 6) are what a reader says of each pair, as ``models.reader.watched`` names them.
    """

    step: int
    vectors: NDArray[np.floating]
    positions: NDArray[np.float32]
    marks: NDArray[np.float32] | None = None


class Film:
    """Frames, losses and measurements of one run, in order.

    Attributes:
        labels: (n,) of the probe set; the first half are first views, the rest their second.
        classes: their names, empty where they are not known.
        pixels: (n, H, W, 3) uint8 pictures of the probe set, or None.
        texts: n texts of the probe set, or None.
        watched: of a reader n pairs of question and passage, or None.
        steps: of the whole run.
    """

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.losses: list[float] = []
        self.measured: list[Measured] = []
        self.scores: list[Score] = []
        self.labels: NDArray[np.int64] = np.zeros(0, np.int64)
        self.classes: tuple[str, ...] = ()
        self.pixels: NDArray[np.uint8] | None = None
        self.texts: tuple[str, ...] | None = None
        self.watched: tuple[Watched, ...] | None = None
        self.steps = 0
        self._picture = MovingPicture()

    @property
    def dimensions(self) -> int:
        """D, or 0 before the first frame."""
        return self.frames[0].vectors.shape[1] if self.frames else 0

    @property
    def reads(self) -> bool:
        """Whether a reader learns, and the probe set is pairs of a question and a passage."""
        return self.watched is not None

    @property
    def asked(self) -> bool:
        """Whether the first half are questions and the rest their passages."""
        return self.texts is not None and bool(self.classes)

    @property
    def noun(self) -> str:
        """What half of the points are, in the plural."""
        words = "questions" if self.asked else "sentences"
        return "images" if self.texts is None else words

    @property
    def surface(self) -> Surface:
        """On what the positions lie."""
        return surface_of(self.dimensions)

    def see(self, event: object) -> bool:
        """Keeps what an event tells; whether it told anything."""
        if isinstance(event, StepDone):
            self.losses.append(event.loss)
            self.steps = event.steps
        elif isinstance(event, Measured):
            self.measured.append(event)
        elif isinstance(event, Scored):
            self.scores.append((event.step, event.score))
        elif isinstance(event, Snapshot):
            self.steps = event.steps
            self.labels = event.labels
            self._add(event.step, event.vectors, event.marks)
            if len(self.frames) > _MOST:
                self.frames = [*self.frames[:-1:2], self.frames[-1]]
        else:
            return False
        return True

    def _add(
        self, step: int, vectors: NDArray[np.float32], marks: NDArray[np.float32] | None
    ) -> None:
        positions = self._picture.place(vectors)
        self.frames.append(Frame(step, vectors.astype(np.float16), positions, marks))

    @classmethod
    def of(cls, history: History, watched: tuple[Watched, ...] | None = None) -> "Film":
        """The film of a run that lies in its folder; takes a moment for many frames."""
        film = cls()
        film.losses = history.losses.tolist()
        film.measured, film.scores = list(history.measured), list(history.scores)
        film.labels, film.classes, film.pixels = history.labels, history.classes, history.pixels
        film.texts, film.watched = history.texts, watched
        film.steps = history.steps
        steps: Iterable[int] = history.frame_steps.tolist()
        marks = [None] * len(history.frames) if history.marks is None else history.marks
        for step, vectors, marked in zip(steps, history.frames, marks, strict=True):
            film._add(step, vectors.astype(np.float32), marked)
        return film
