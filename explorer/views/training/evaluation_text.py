"""What a run on texts has learnt: scores before and after training, measured side by side."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.context import AppContext
from explorer.test_sets import ask_senteval, senteval_folder, triplets_source
from explorer.theme import space, themes
from explorer.views.training.measuring import Measuring
from explorer.widgets import Button, Choice, ElidedLabel, Label
from explorer.widgets.figures import FigureGrid, FigureLine
from models.data.nli import BUNDLED
from models.data.sts import STS_TASKS
from models.evaluation.run_scores import COLUMNS, RunScores
from models.evaluation.score_table import Column
from models.evaluation.text_material import GEOMETRY, TRIPLETS
from models.printed import signed
from models.training.shelf import RunCard

_KINDS = {
    "quick": ("STS-B and geometry", ("STSB", GEOMETRY)),
    "sts": ("All STS tasks", (*STS_TASKS, GEOMETRY)),
}
_TARGET = "models.evaluation.run_scores:evaluate_text_run"
_ADVICE = "memory may have run out: measure STS-B alone"
_HEADS = ("Before", "After", "Change")
_NAMES = {"sts": "STS average", "ordered": "Triplets in order"}  # where the title is too short


class TextEvaluation(QWidget):
    """The last evaluation of a run, and the button for the next."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._card: RunCard | None = None
        self.kind = Choice()
        self.kind.setAccessibleName("Tasks")
        for name, (title, _) in _KINDS.items():
            self.kind.addItem(title, name)
        self.measuring = Measuring(context, self, _TARGET, _ADVICE)
        self.go = self.measuring.button
        self.folder = Button("SentEval folder …", "normal", "folder")
        self.where = ElidedLabel("", "caption", mode=Qt.TextElideMode.ElideLeft)
        self.hint = Label("", "caption", wrap=True)
        self.table = FigureGrid()
        self.about = Label("", "caption", wrap=True)
        self._build()
        self.go.clicked.connect(self._measure)
        self.measuring.changed.connect(self._settle)
        self.folder.clicked.connect(self._ask)
        context.settings.changed.connect(self._settle)
        themes().changed.connect(self._fit)
        self._fit()
        self.show_run(None, None)

    def _build(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._start, self._data = QHBoxLayout(), QHBoxLayout()
        self.kind.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._start.addWidget(self.kind, 1)
        self._start.addWidget(self.go)
        self._data.addWidget(self.folder)
        self._data.addWidget(self.where, 1)
        self._column.addLayout(self._start)
        self._column.addLayout(self._data)
        for part in (self.hint, self.table, self.about):
            self._column.addWidget(part)

    def show_run(self, card: RunCard | None, found: RunScores | None) -> None:
        """Shows the last evaluation of a run."""
        self._card = card
        self.table.setVisible(found is not None)
        self.about.setVisible(found is not None)
        if found is not None:
            self.table.show_lines(_lines(found))
            self.about.setText(_about(found, card))
        self._settle()

    def _tasks(self) -> tuple[str, ...]:
        """What is measured now: without a SentEval folder triplets alone."""
        if senteval_folder(self._context.settings) is None:
            return (TRIPLETS,)
        return (*_KINDS[self.kind.currentData()][1], TRIPLETS)

    def _measure(self) -> None:
        card, settings = self._card, self._context.settings
        if card is not None:
            self.measuring.start(
                card.title,
                card.folder,
                tasks=self._tasks(),
                data=senteval_folder(settings),
                triplets=triplets_source(settings),
            )

    def _ask(self) -> None:
        ask_senteval(self, self._context.settings)

    def _settle(self, _settings: object = None) -> None:
        """What can be done now."""
        settings = self._context.settings
        folder = senteval_folder(settings)
        self.measuring.allow(self._card is not None and self._card.step > 0)
        self.kind.setEnabled(not self.measuring.busy and folder is not None)
        self.where.setText("" if folder is None else str(folder))
        triplets = triplets_source(settings)
        which = "bundled" if triplets == BUNDLED else Path(triplets).name
        self.hint.setText(
            f"Also measured: triplets ({which})."
            if folder is not None
            else "STS-B takes a folder laid out as SentEval's, which does not come with this "
            f"program. Without one, triplets alone are measured ({which})."
        )

    def _fit(self, _theme: object = None) -> None:
        self._column.setSpacing(space(3))
        self._start.setSpacing(space(2))
        self._data.setSpacing(space(2))


def _lines(found: RunScores) -> list[FigureLine]:
    """A figure a line: before training, after it, and what has changed; bold: better now."""
    before, after = found.figures(found.before), found.figures(found.after)
    lines = [FigureLine("", _HEADS, role="caption")]
    for column in COLUMNS:
        if column.id not in after:
            continue
        was, now = before.get(column.id), after[column.id]
        better = column.best is not None and was is not None and now > was
        lines.append(
            FigureLine(
                _NAMES.get(column.id, column.title),
                (column.text(was), column.text(now), change_text(column, was, now)),
                column.id,
                best=(1,) if better else (),
                muted=(0,),
                about=column.about,
            )
        )
    return lines


def change_text(column: Column, before: float | None, after: float) -> str:
    """ "+5.42" as the difference of what is printed; nothing where one side is missing."""
    if before is None:
        return ""
    change = round(after, column.digits) - round(before, column.digits)
    return signed(change, column.digits)


def _about(found: RunScores, card: RunCard | None) -> str:
    """What was measured on what."""
    parts = [f"Before: {found.base}, {found.pooling}. After: the weights of step {found.step:,}."]
    counts = {task: score.count for task, score in found.after.items()}
    if "STSB" in counts:
        parts.append(f"Spearman × 100 over {counts['STSB']:,} pairs of STS-B's test set.")
    if TRIPLETS in counts:
        parts.append(f"{counts[TRIPLETS]:,} triplets.")
    parts.append("Lower alignment is closer, lower uniformity is more even.")
    now = None if card is None else card.step if card.best is None else card.best[0]
    if now is not None and now != found.step:
        parts.append(f"The run has gone on since, to step {now:,}.")
    return " ".join(parts)
