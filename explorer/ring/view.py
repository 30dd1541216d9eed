"""The ring and its angles side by side, as in figure 3 of Wang & Isola (2020)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from explorer.ring.curves import AngleCurves
from explorer.ring.disc import RingDisc
from explorer.theme import space, themes
from explorer.widgets import Label
from models.ring import BANDWIDTH, CONCENTRATION, Ring, ring

#: From this width over height on, the angles stand beside the ring and not below it.
_WIDE = 1.3


class RingView(QWidget):
    """Shows vectors of two dimensions; quick enough to be told of every frame of a run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.disc, self.curves = RingDisc(), AngleCurves()
        self.caption = Label("", "caption", wrap=True)
        nothing = Label(
            "The ring appears with the first vectors of two dimensions.", "muted", wrap=True
        )
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        page = QWidget()
        self._parts = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._parts.addWidget(self.disc, 3)
        self._parts.addWidget(self.curves, 2)
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._parts, 1)
        self._column.addWidget(self.caption)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(nothing)
        self._stack.addWidget(page)
        self.disc.pointed.connect(self.curves.set_angle)
        self.curves.pointed.connect(self.disc.set_angle)
        themes().changed.connect(self._fit)
        self._fit()

    @property
    def ring(self) -> Ring | None:
        """What is shown, or None."""
        return self.disc.ring if self._stack.currentIndex() else None

    def show_ring(
        self, vectors: NDArray[np.float32], labels: NDArray[np.int64], classes: Sequence[str]
    ) -> None:
        """Shows vectors (n, 2) with labels (n,), −1 for none; ``classes`` may be empty.

        The first n/2 rows are first views, row i + n/2 the other view of row i.

        Raises:
            ValueError: the shapes do not fit, or a label has no class.
        """
        found = ring(vectors, labels, classes)
        self._stack.setCurrentIndex(1 if len(found) else 0)
        if not len(found):
            return
        self.disc.show_ring(found, mates(found))
        self.curves.show_ring(found)
        self._say(found)

    def clear(self) -> None:
        """Shows nothing but a quiet message."""
        self._stack.setCurrentIndex(0)

    def _say(self, found: Ring) -> None:
        left = f"{len(found):,} of {found.of:,} vectors. " if len(found) < found.of else ""
        self.caption.setText(
            f"{left}{self._joined(found)}Density by a Gaussian kernel of "
            f"width {BANDWIDTH:g} in the plane, and of the angles by its equal on the circle, a "
            f"von Mises kernel with κ\u00a0=\u00a0{CONCENTRATION:g}; 1× is an even spread."
        )

    def _joined(self, found: Ring) -> str:
        lines, pairs = len(self.disc.joined()), len(found) // 2
        if not lines:
            return ""
        some = "each image" if lines >= pairs else f"{lines} of {pairs} images"
        return f"Lines join the two views of {some}. "

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() > _WIDE * self.height()
        directions = QBoxLayout.Direction
        self._parts.setDirection(directions.LeftToRight if beside else directions.TopToBottom)

    def _fit(self, _theme: object = None) -> None:
        self._parts.setSpacing(space(3))
        self._column.setSpacing(space(2))


def mates(found: Ring) -> NDArray[np.int64]:
    """(n,) for each feature the other view of its image, or −1 where that was left out."""
    half = found.of // 2
    place = np.full(found.of + 1, -1, np.int64)  # the last for rows without a mate
    place[found.rows] = np.arange(len(found.rows))
    other = np.where(found.rows < half, found.rows + half, found.rows - half)
    return place[np.where(found.rows < 2 * half, other, found.of)]
