"""How a reader tells passages that answer from those that do not, at the step that is shown."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.theme import Theme
from explorer.views.training.plots import RunChart
from models.reader.watched import MARKS

_BARS = 24
_WIDEST = 12.0  # log odds beyond which nothing is in doubt
_ODDS = MARKS.index("odds")


@dataclass(frozen=True, eq=False)
class Odds:
    """Log odds over the threshold, (m,) beside the right passages and (m,) beside others."""

    right: NDArray[np.float32]
    other: NDArray[np.float32]

    @classmethod
    def of(cls, marks: NDArray[np.float32]) -> "Odds":
        """From what was marked of all pairs (2m, 6), those with the right passage first."""
        half = len(marks) // 2
        return cls(marks[:half, _ODDS], marks[half:, _ODDS])

    @property
    def heard(self) -> tuple[int, int]:
        """How many right passages are taken for such, and how many others are not."""
        return int((self.right >= 0).sum()), int((self.other < 0).sum())


class OddsChart(RunChart):
    """Two histograms; right of the line an answer is believed."""

    title = "Answered or not"
    tall = 170

    def __init__(self) -> None:
        super().__init__("log odds over the threshold", "questions")

    def draw(self, value: Odds, theme: Theme) -> None:
        both = np.concatenate([value.right, value.other])
        reach = min(_WIDEST, max(1.0, 1.05 * float(np.abs(both).max(initial=0.0))))
        edges = np.linspace(-reach, reach, _BARS + 1)
        heights = [
            np.histogram(np.clip(part, -reach, reach), edges)[0]
            for part in (value.other, value.right)
        ]
        self.bars(edges, heights[0], theme.faint, 0.35)
        self.bars(edges, heights[1], theme.accent)
        self.named_line(0, "believed from here", theme, upright=True)
        self.setXRange(-reach, reach, padding=0.01)
        self.setYRange(0, 1.2 * max(1, *(int(height.max()) for height in heights)), padding=0)
