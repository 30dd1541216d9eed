"""How good the features of a run are, against raw pixels and against themselves untrained."""

from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.context import AppContext
from explorer.jobs import Job
from explorer.theme import px, space, themes
from explorer.views.training.confusion import ConfusionMatrix
from explorer.views.training.evaluation_dual import DualEvaluation
from explorer.views.training.evaluation_reader import ReaderEvaluation
from explorer.views.training.evaluation_text import TextEvaluation
from explorer.views.training.evaluation_words import about, of, read_run
from explorer.views.training.measuring import Measuring
from explorer.views.training.scores import margins, score_lines
from explorer.widgets import Chip, Label, NumberField, ScrollPage, Segmented
from explorer.widgets.figures import FigureGrid
from models.errors import InputError
from models.evaluation.dual import DualScores
from models.evaluation.held_reader import HeldScores
from models.evaluation.image_probe import ImageEvaluation, Share
from models.evaluation.run_scores import RunScores
from models.training.shelf import RunCard

_TARGET = "models.evaluation.saved:evaluate_and_keep"
_ADVICE = "evaluate on fewer images"
_FRACTIONS = (1.0, 0.1, 0.01)
_SHOWN = 4  # columns that have room
_NOTHING = (
    "Choose a run that has been trained, and see how well classes are told apart by its frozen "
    "features."
)
_POINT = "Rows are true classes, columns predicted ones. Point at a cell."


class EvaluationPanel(QWidget):
    """Evaluates the run that is shown, in a process of its own, and shows its last evaluation."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page = ScrollPage("Evaluation", parent=self)
        self._body = self._page.body
        self._results = QWidget(self._body)
        self._context = context
        self.folder: Path | None = None
        self.result: ImageEvaluation | None = None
        self._card: RunCard | None = None
        self._reading: Job | None = None
        self.about = Label(_NOTHING, "muted", wrap=True)
        self.fractions = {
            fraction: Chip(f"{fraction:.0%}".replace("%", " %"), checkable=True)
            for fraction in _FRACTIONS
        }
        self.most = NumberField("Images, at most", 0, 9_999_999, 0)
        self.most.setSpecialValueText("all")
        self.measuring = Measuring(context, self, _TARGET, _ADVICE, "Evaluate")
        self.go = self.measuring.button
        self.of = Label("", "caption", wrap=True)
        self.table = FigureGrid()
        self.share = Segmented((("0", ""),), "Share of the labels")
        self.words = Label("", wrap=True)
        self.settings = Label("", "caption", wrap=True)
        self.notes = Label("", "caption", wrap=True)
        self.percent = Chip("In percent", checkable=True)
        self.matrix = ConfusionMatrix()
        self.cell = Label(_POINT, "caption", wrap=True)
        self.text = TextEvaluation(context, self._body)
        self.dual = DualEvaluation(context, self._body)
        self.reader = ReaderEvaluation(context, self._body)
        self._build()
        self._connect()
        self._fit()
        self._settle()
        self._show(None)

    def show_run(self, folder: Path | None) -> None:
        """Shows the last evaluation of the run in ``folder``; None shows none."""
        if folder == self.folder:
            return
        self.folder, self._card = folder, None
        self.about.setText(_NOTHING if folder is None else "")
        self._show(None)
        self._read()
        self._settle()

    # What is read and measured

    def _read(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        if self.folder is None:
            return
        job = self._context.jobs.start(
            "Reading an evaluation",
            read_run(self.folder),
            done=lambda found: self._found(*found) if job is self._reading else None,
            failed=lambda error: self._unread(error) if job is self._reading else None,
            quiet=True,
        )
        self._reading = job

    def _found(
        self,
        card: RunCard,
        result: ImageEvaluation | None,
        scores: RunScores | None,
        found: DualScores | None,
        read: HeldScores | None,
    ) -> None:
        self._reading, self._card = None, card
        self.about.setText(about(card))
        self._show(result)
        self.text.show_run(card, scores)
        self.dual.show_run(card, found)
        self.reader.show_run(card, read)
        self._settle()

    def _unread(self, error: BaseException) -> None:
        self._reading = None
        if isinstance(error, InputError):
            self.about.setText(str(error))
        else:
            self._context.notices.report(error)

    def _evaluate(self) -> None:
        if self.folder is not None:
            limit = self.most.value() or None
            chosen = self._chosen()
            self.measuring.start(self.folder.name, self.folder, fractions=chosen, limit=limit)

    def _chosen(self) -> tuple[float, ...]:
        return tuple(f for f, chip in self.fractions.items() if chip.isChecked())

    def _settle(self) -> None:
        """What can be done now."""
        for part in self._controls:
            part.setVisible(self._card is None or self._card.kind == "image")
        self.text.setVisible(self._card is not None and self._card.kind == "text")
        self.dual.setVisible(self._card is not None and self._card.kind == "question")
        self.reader.setVisible(self._card is not None and self._card.kind == "reader")
        self.measuring.allow(self.folder is not None and bool(self._chosen()))
        for part in (*self.fractions.values(), self.most):
            part.setEnabled(not self.measuring.busy)

    # What is shown

    def _show(self, result: ImageEvaluation | None) -> None:
        self.result = result
        self._results.setVisible(result is not None)
        if result is None:
            return
        shares = result.shares[:_SHOWN]
        self.table.show_lines(score_lines(shares))
        self.of.setText(of(result, self._card, _SHOWN))
        self.notes.setText("\n".join(result.notes))
        self.notes.setVisible(bool(result.notes))
        self._offer(shares)
        self._show_share("0")

    def _offer(self, shares: tuple[Share, ...]) -> None:
        """One segment a share; made anew, for a Segmented keeps its options."""
        old = self.share
        options = [(str(at), f"{share.labels:g} %") for at, share in enumerate(shares)]
        self.share = Segmented(options, "Share of the labels")
        self.share.changed.connect(self._show_share)
        self._switches.replaceWidget(old, self.share)
        self.share.setVisible(len(shares) > 1)
        old.hide()
        old.deleteLater()

    def _show_share(self, at: str) -> None:
        assert self.result is not None
        share = self.result.shares[int(at)]
        self.words.setText(margins(share.figures))
        kind = "kNN" if "linear" not in share.figures else "linear classifier"
        chosen = f"; λ = {share.l2:.2g} for the trained encoder" if share.l2 is not None else ""
        self.settings.setText(
            f"In percent of test images, with {share.count:,} labels. k = {share.k}{chosen}. Bold: "
            f"the best of its kind. The matrix is the {kind}'s."
        )
        self.matrix.show_counts(self.result.classes, share.confusion)

    def _build(self) -> None:
        self._column = QVBoxLayout(self._body)
        self._column.addWidget(self.about)
        self._labels, self._start = QHBoxLayout(), QHBoxLayout()
        names = Label("Labels", "caption"), Label("Images, at most", "caption")
        self._labels.addWidget(names[0])
        for chip in self.fractions.values():
            chip.setChecked(True)
            self._labels.addWidget(chip)
        self._labels.addStretch(1)
        self._start.addWidget(names[1])
        self._start.addWidget(self.most)
        self._start.addStretch(1)
        self._start.addWidget(self.go)
        self._column.addLayout(self._labels)
        self._column.addLayout(self._start)
        self._controls = [*self.fractions.values(), self.most, self.go, *names]
        self._found_column = QVBoxLayout(self._results)
        self._switches = QHBoxLayout()
        self._switches.addWidget(self.share, 1)
        self._heading = QHBoxLayout()
        self._heading.addWidget(Label("Confusion", "heading"))
        self._heading.addStretch(1)
        self._heading.addWidget(self.percent)
        for part in (self.of, self.notes, self.table):
            self._found_column.addWidget(part)
        self._found_column.addLayout(self._switches)
        for part in (self.words, self.settings):
            self._found_column.addWidget(part)
        self._found_column.addLayout(self._heading)
        for part in (self.matrix, self.cell):
            self._found_column.addWidget(part)
        self._column.addWidget(self.text)
        self._column.addWidget(self.dual)
        self._column.addWidget(self.reader)
        self._column.addWidget(self._results)
        self._column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._page)

    def _connect(self) -> None:
        self.go.clicked.connect(self._evaluate)
        self.measuring.changed.connect(self._settle)
        for chip in self.fractions.values():
            chip.toggled.connect(lambda _: self._settle())
        self.percent.toggled.connect(self.matrix.set_percent)
        self.matrix.pointed.connect(lambda sentence: self.cell.setText(sentence or _POINT))
        self._context.session.runs_changed.connect(self._read)
        themes().changed.connect(self._fit)

    def _fit(self, _theme: object = None) -> None:
        self.most.setFixedWidth(px(76))
        self.cell.setMinimumHeight(2 * self.cell.fontMetrics().height())
        self._column.setContentsMargins(space(1), space(1), space(2), space(2))
        self._found_column.setContentsMargins(0, space(2), 0, 0)
        for layout in (self._column, self._found_column):
            layout.setSpacing(space(3))
        for layout in (self._labels, self._start, self._switches):
            layout.setSpacing(space(2))
