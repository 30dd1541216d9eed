"""What is said of two encoders, in figures, each with what it is to be held against."""

import numpy as np
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from explorer.theme import space, themes
from explorer.views.encoders.compare_work import Compared
from explorer.widgets import Card, Label
from explorer.widgets.figures import FigureGrid, FigureLine
from models.comparison.compare import Comparison
from models.comparison.sides import Side
from models.printed import number

#: Name, what it is, and what changes it.
_ABOUT = {
    "kept": "The mean share of a point's nearest neighbours by cosine that the other encoder "
    "gives it too. Turning, mirroring and stretching change nothing. By chance: sets drawn "
    "blindly.",
    "moved": "The mean angle between a point's two places, seen from the centre of all points, "
    "after B was shifted, stretched and turned onto A (orthogonal Procrustes, Schönemann 1966). "
    "Shuffled: the same with B's points mixed up.",
    "cka": "Linear centred kernel alignment (Kornblith et al. 2019). Shifting, turning and "
    "stretching as a whole change nothing. Shuffled: the same with B's points mixed up.",
    "rank": "Spearman's correlation between the cosines of all pairs of points under A and "
    "under B (representational similarity analysis). 0 for unrelated encoders.",
}


class Figure(QWidget):
    """A figure under its name, over what to hold it against."""

    def __init__(self, about: str) -> None:
        super().__init__()
        self.name = Label("", "caption", wrap=True)
        self.figure = Label("", "title")
        self.note = Label("", "caption", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for part in (self.name, self.figure, self.note):
            self._column.addWidget(part)
        self._column.addStretch(1)
        self.setToolTip(f"<span>{about}</span>")

    def show_figure(self, name: str, figure: str, note: str) -> None:
        self.name.setText(name)
        self.figure.setText(figure)
        self.note.setText(note)


class FiguresCard(Card):
    """Four figures of both, and a small table of either."""

    def __init__(self) -> None:
        super().__init__(padding=3)
        self.figures = {key: Figure(about) for key, about in _ABOUT.items()}
        self._tiles = QGridLayout()
        for at, figure in enumerate(self.figures.values()):
            self._tiles.addWidget(figure, at // 2, at % 2)
            self._tiles.setColumnStretch(at % 2, 1)
        self.table = FigureGrid()
        self.column.addLayout(self._tiles)
        self.column.addWidget(self.table)
        themes().changed.connect(self._space)
        self._space()

    def show_compared(self, compared: Compared) -> None:
        """Shows the figures of ``compared``."""
        for key, figure in figures(compared.comparison).items():
            self.figures[key].show_figure(*figure)
        self.table.show_lines(
            [
                FigureLine(name, (a, b), name, role="caption")
                for name, a, b in table(*compared.sides)
            ]
        )

    def _space(self, _theme: object = None) -> None:
        self._tiles.setHorizontalSpacing(space(3))
        self._tiles.setVerticalSpacing(space(2))


def figures(found: Comparison) -> dict[str, tuple[str, str, str]]:
    """Name, figure and what to hold it against, of both encoders together."""
    chance = _percent(found.overlap_by_chance)
    rank = "–" if found.rank is None else number(found.rank)
    return {
        "kept": (
            "Neighbours kept",
            _percent(found.overlap),
            f"of {found.k}; {chance} by chance",
        ),
        "moved": (
            "Displacement",
            f"{np.degrees(found.angle):.0f}°",
            f"{np.degrees(found.shuffled_angle):.0f}° shuffled",
        ),
        "cka": ("Linear CKA", f"{found.cka:.2f}", f"{found.shuffled_cka:.2f} shuffled"),
        "rank": ("Rank correlation", rank, f"of cosines, {found.ranked:,} points"),
    }


def table(first: Side, second: Side) -> list[tuple[str, str, str]]:
    """Figures of A and of B alone."""
    sides = first, second
    lines = [
        ("", "A", "B"),
        ("Dimensions", *(str(side.dimensions) for side in sides)),
        ("Uniformity", *(number(side.uniformity) for side in sides)),
        ("Mean cosine", *(number(side.mean_cosine) for side in sides)),
    ]
    if first.alignment is not None and second.alignment is not None:
        name = f"Alignment, {first.alike:,} pairs"
        lines.append((name, *(number(side.alignment or 0) for side in sides)))
    if first.spearman is not None and second.spearman is not None:
        name = f"STS-B, {first.judged:,} pairs"
        lines.append((name, *(f"{side.spearman:.1f}" for side in sides)))
    return lines


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.1f} %"
