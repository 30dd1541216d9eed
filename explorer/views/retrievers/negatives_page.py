"""The table of negatives as the paper has it, filled in by runs of DPR."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from explorer.theme import px, space, themes
from explorer.widgets import Button, ElidedLabel, Label
from models.evaluation.comparison import Entry
from models.evaluation.curves import By
from models.evaluation.negatives_table import NegativesRun
from models.evaluation.published_retrieval import NEGATIVES, PAPER

_KS = (5, 20, 100)
_ABOUT = (
    f"In italics what is published: {PAPER}, table 3, top-k accuracy on the development questions "
    "of Natural Questions over 21 million passages. Below each kind stand your runs of DPR with "
    "such negatives, over this corpus and these questions. Questions that a run was trained on "
    "flatter it; the figures marked * are of its own held questions, over its own corpus."
)
_NONE = "No run of DPR is there yet; one trained in Training fills its row in."
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class NegativesPage(QWidget):
    """``wanted`` carries the folder and the title of a run to be measured."""

    wanted = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, Button] = {}
        self.cells: dict[str, list[Label]] = {}
        self._shown: object = None
        self._body = QWidget()
        self.none = Label(_NONE, wrap=True)
        self.about = Label(_ABOUT, "caption", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._body)
        self._column.addWidget(self.none)
        self._column.addWidget(self.about)
        self._column.addStretch(1)
        themes().changed.connect(self._fit)
        self._fit()
        self.show_runs((), {}, "gold")

    def show_runs(
        self, runs: Sequence[NegativesRun], entries: dict[str, Entry], by: By, busy: str = ""
    ) -> None:
        """Shows ``runs``; ``entries`` are those measured here, by the run's folder, and ``busy``
        is the folder of the one that waits or is under way."""
        measured = {name: _figures(entry, by) for name, entry in entries.items()}
        shown = (tuple(runs), sorted(measured.items()), busy)
        if shown == self._shown:
            return
        self._shown = shown
        old, self._body = self._body, QWidget()
        self.buttons, self.cells = {}, {}
        grid = self._grid = QGridLayout(self._body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(0, 1)
        self._row(grid, "Negatives", ["each", *(f"top-{k}" for k in _KS)], "caption", False)
        for row in NEGATIVES:
            figures = [row.count, *(f"{row.top[k]:.1f}" for k in _KS)]
            self._row(grid, row.title, figures, "muted", True)
            self._runs(grid, [run for run in runs if run.kind == row.kind], measured, busy)
        others = [run for run in runs if run.kind == "other"]
        if others:
            self._row(grid, "Other mixes", ["", "", "", ""], "muted", False)
            self._runs(grid, others, measured, busy)
        self.none.setVisible(not runs)
        self._column.replaceWidget(old, self._body)
        old.setParent(None)
        old.deleteLater()
        self._fit()

    def _runs(
        self,
        grid: QGridLayout,
        runs: Sequence[NegativesRun],
        measured: dict[str, tuple[str, ...]],
        busy: str,
    ) -> None:
        for run in runs:
            name = str(run.folder)
            known = measured.get(name)
            held = tuple(f"{run.held[k]:.1f}*" if k in run.held else "–" for k in _KS)
            self.cells[name] = self._row(grid, run.title, ("", *(known or held)), "body", False)
            self.cells[name][0].setContentsMargins(px(12), 0, 0, 0)
            self.cells[name][0].setToolTip(f"{run.told}; step {run.step:,}")
            if known is None:
                button = Button("Measuring …" if name == busy else "Measure", "quiet", "play")
                button.setEnabled(name != busy)
                button.setToolTip("Measure it over this corpus and by these questions")
                button.clicked.connect(lambda _=False, n=name, t=run.title: self.wanted.emit(n, t))
                grid.addWidget(button, grid.rowCount(), 0, 1, 5, Qt.AlignmentFlag.AlignRight)
                self.buttons[name] = button

    def _row(
        self, grid: QGridLayout, title: str, cells: Sequence[str], role: str, italic: bool
    ) -> list[Label]:
        at = grid.rowCount()
        labels: list[Label] = [ElidedLabel(title, role), *(Label(text, role) for text in cells)]
        for column, label in enumerate(labels):
            if column:
                label.setAlignment(_RIGHT)
            if italic:
                font = label.font()
                font.setItalic(True)
                label.setFont(font)
            grid.addWidget(label, at, column)
        return labels

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(3))
        layout = self._body.layout()
        if isinstance(layout, QGridLayout):
            layout.setHorizontalSpacing(space(3))
            layout.setVerticalSpacing(space(2))
            for column in range(1, 5):
                layout.setColumnMinimumWidth(column, px(44))


def _figures(entry: Entry, by: By) -> tuple[str, ...]:
    curve = entry.figures.curve(by)
    return tuple("–" if curve is None else f"{curve.at(k).value:.1f}" for k in _KS)
