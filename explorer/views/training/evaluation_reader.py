"""What a reader has learnt: its answers in held articles, and how often it is rightly silent."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from explorer.context import AppContext
from explorer.theme import space, themes
from explorer.views.training.measuring import Measuring
from explorer.widgets import Button, Label
from explorer.widgets.figures import FigureGrid, FigureLine
from models.evaluation.held_reader import HeldScores
from models.events import Progress, Work
from models.training.shelf import RunCard

_TARGET = "models.evaluation.held_reader:evaluate_and_keep_held"
_ADVICE = "memory may have run out: train on fewer questions"
_HINT = "Each question of the articles held back is read in its own passage, then in a wrong one."


class ReaderEvaluation(QWidget):
    """The last evaluation of a run, the button for the next, and what else can be done with it."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._card: RunCard | None = None
        self.hint = Label(_HINT, "caption", wrap=True)
        self.measuring = Measuring(context, self, _TARGET, _ADVICE)
        self.go = self.measuring.button
        self.use = Button("Read with it", "normal", "text")
        self.use.setToolTip("Answers in Retrieval are read by it from now on")
        self.export = Button("Export …", "normal", "export")
        self.table = FigureGrid()
        self.about = Label("", "caption", wrap=True)
        self.trade = FigureGrid()
        self.cost = Label("", "caption", wrap=True)
        self._column, self._buttons = QVBoxLayout(self), QHBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        for button in (self.use, self.export):
            self._buttons.addWidget(button, 1)
        self._column.addWidget(self.hint)
        self._column.addWidget(self.go)
        self._column.addLayout(self._buttons)
        for part in (self.table, self.about, self.trade, self.cost):
            self._column.addWidget(part)
        self.go.clicked.connect(self._measure)
        self.measuring.changed.connect(self._settle)
        self.use.clicked.connect(self._use)
        self.export.clicked.connect(self._export)
        themes().changed.connect(self._fit)
        self._fit()
        self.show_run(None, None)

    def show_run(self, card: RunCard | None, scores: HeldScores | None) -> None:
        """Shows the last evaluation of a run."""
        self._card = card
        for part in (self.table, self.about):
            part.setVisible(scores is not None)
        for part in (self.trade, self.cost):
            part.setVisible(scores is not None and bool(scores.trade))
        if scores is not None:
            self.table.show_lines(_lines(scores))
            self.about.setText(_about(scores, card))
            self.trade.show_lines(_trade(scores))
            self.cost.setText(
                "Of passages with and without the answer, at other thresholds: who wants to hear "
                "fewer false answers gives up right ones."
            )
        self._settle()

    def _measure(self) -> None:
        if self._card is not None:
            self.measuring.start(self._card.title, self._card.folder)

    def _use(self) -> None:
        if self._card is not None:
            self._context.commands.run("show.retrieval")
            self._context.session.want_reader(self._card.folder)

    def _export(self) -> None:
        """Writes the reader into a new folder."""
        card = self._card
        if card is None:
            return
        name, _ = QFileDialog.getSaveFileName(self, "A new folder for the reader", "reader")
        if name:
            self._context.jobs.start(
                f"Exporting {card.title}",
                _exporting(card, name),
                done=lambda told: self._context.notices.tell(told, "success"),
                failed=self._context.notices.report,
            )

    def _settle(self) -> None:
        saved = self._card is not None and self._card.step > 0
        self.measuring.allow(saved)
        for button in (self.use, self.export):
            button.setEnabled(saved)

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(3))
        self._buttons.setSpacing(space(2))


def _exporting(card: RunCard, name: str) -> Work[str]:
    from models.training.recipes.runs import export_run

    yield Progress("Writing the reader")
    found = export_run(card.folder, Path(name))
    return f"The reader is in {found.folder}. {found.about}"


def _lines(scores: HeldScores) -> list[FigureLine]:
    """Before and after, in percent; only trained heads know when to be silent."""
    lines = [FigureLine("In percent", ("Before", "After"), role="caption")]
    for name, key, before, after in (
        ("Exact answers", "exact", scores.before_exact, scores.exact_match),
        ("F1", "f1", scores.before_f1, scores.f1),
    ):
        best = (1,) if after > before else ()
        figures = f"{before:.1f}", f"{after:.1f}"
        lines.append(FigureLine(name, figures, key, best=best, muted=(0,)))
    lines.append(FigureLine("Passages told apart", role="caption", apart=True))
    for name, key, share, about in (
        ("Answers believed", "accepted", scores.accepted, "Of passages that hold the answer"),
        ("Silent: no answer", "rejected", scores.rejected, "Questions that nothing answers"),
        ("Silent: wrong passage", "near", scores.near_rejected, "Passages that BM25 finds"),
    ):
        if share is not None:
            lines.append(FigureLine(name, ("", f"{share:.1f}"), key, about=about))
    return lines


def _trade(scores: HeldScores) -> list[FigureLine]:
    heads = FigureLine("Of all in percent", ("Believed", "Silent"), role="caption")
    return [
        heads,
        *(
            FigureLine("If it is to believe" if not at else "", (f"{kept:.0f}", f"{seen:.1f}"), at)
            for at, (kept, seen) in enumerate(scores.trade)
        ),
    ]


def _about(scores: HeldScores, card: RunCard | None) -> str:
    """What was measured on what."""
    articles = ", ".join(scores.articles[:4])
    more = f" and {len(scores.articles) - 4} more" if len(scores.articles) > 4 else ""
    gone = ""
    if card is not None and card.step != scores.step:
        gone = f" Measured at step {scores.step:,}; the run has gone on since."
    return (
        f"{scores.questions:,} questions with an answer and {scores.unanswerable:,} without, of "
        f"articles that nothing was learnt from: {articles}{more}. Before: the same layers under "
        f"random heads. The right passage is given; a search comes on top.{gone}"
    )
