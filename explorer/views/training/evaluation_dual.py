"""What a run of DPR finds: top-k accuracy by words, by vectors before and after, and by both."""

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.context import AppContext
from explorer.theme import space, themes
from explorer.views.training.measuring import Measuring
from explorer.widgets import Choice, Label
from explorer.widgets.figures import FigureGrid, FigureLine, highest
from models.evaluation.dual import KS, DualScores
from models.training.shelf import RunCard

_PARTS = (("held", "Held questions"), ("dev", "Development questions"))
_TARGET = "models.evaluation.dual:evaluate_and_keep_dual"
_ADVICE = "memory may have run out: train on fewer passages"


class DualEvaluation(QWidget):
    """The last evaluation of a run, and the button for the next."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._card: RunCard | None = None
        self.part = Choice()
        self.part.setAccessibleName("Questions to measure by")
        for name, title in _PARTS:
            self.part.addItem(title, name)
        self.measuring = Measuring(context, self, _TARGET, _ADVICE)
        self.go = self.measuring.button
        self.hint = Label(
            "The whole corpus is searched for questions that were not trained on.",
            "caption",
            wrap=True,
        )
        self.table = FigureGrid()
        self.about = Label("", "caption", wrap=True)
        self._column, self._start = QVBoxLayout(self), QHBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self.part.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._start.addWidget(self.part, 1)
        self._start.addWidget(self.go)
        self._column.addLayout(self._start)
        for part in (self.hint, self.table, self.about):
            self._column.addWidget(part)
        self.go.clicked.connect(self._measure)
        self.measuring.changed.connect(self._settle)
        themes().changed.connect(self._fit)
        self._fit()
        self.show_run(None, None)

    def show_run(self, card: RunCard | None, scores: DualScores | None) -> None:
        """Shows the last evaluation of a run."""
        self._card = card
        for part in (self.table, self.about):
            part.setVisible(scores is not None)
        if scores is not None:
            self.table.show_lines(_lines(scores))
            self.about.setText(_about(scores))
        self._settle()

    def _measure(self) -> None:
        if self._card is not None:
            part = self.part.currentData()
            self.measuring.start(self._card.title, self._card.folder, part=part)

    def _settle(self) -> None:
        self.measuring.allow(self._card is not None and self._card.step > 0)
        self.part.setEnabled(not self.measuring.busy)

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(3))
        self._start.setSpacing(space(2))


def _lines(scores: DualScores) -> list[FigureLine]:
    """A method a line, k a column; the best of each k in bold."""
    shown = [[figures[f"top{k}"] for k in KS] for _, figures in scores.methods]
    lines = [FigureLine("In percent", tuple(f"top {k}" for k in KS), role="caption")]
    for (name, _), figures, best in zip(scores.methods, shown, highest(shown), strict=True):
        title = name[:1].upper() + name[1:]
        texts = tuple(f"{figure:.1f}" for figure in figures)
        lines.append(FigureLine(title, texts, name, best=best))
    return lines


def _about(scores: DualScores) -> str:
    """What was measured, and what to make of it."""
    part = "held" if scores.part == "held" else "development"
    return (
        f"Questions with their passage among the first k of {scores.passages:,}; "
        f"{scores.after['questions']:,} {part} questions. Before: {scores.base} as it is meant to "
        f"be used. Beside BM25 the vectors count {scores.weight_before:.0%} before and "
        f"{scores.weight_after:.0%} after, chosen on the development questions. What that encoder "
        "itself was trained on may hold these questions."
    )
