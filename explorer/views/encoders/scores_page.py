"""Scores: encoders by tasks, with what papers print, and the pairs behind a figure."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from explorer.context import AppContext
from explorer.statusbar import remaining_text
from explorer.theme import px, space, themes
from explorer.views.encoders.scores_bar import ScoresBar
from explorer.views.encoders.scores_board import Board
from explorer.views.encoders.scores_detail import Detail
from explorer.views.encoders.scores_export import FORMATS, copy_table, save_table
from explorer.views.encoders.scores_rows import GROUPS, Line, lines, task_of
from explorer.views.encoders.scores_table import ScoresTable
from explorer.widgets import Button, ElidedLabel, EmptyState, Label, Menu, ScrollPage, Segmented
from models.data.nli import BUNDLED
from models.evaluation.score_table import Column, Row

_BESIDE = 1500  # pixels at text size 100 % from which on table and detail stand side by side
_NOTE = "Bold: best measured. Italic: printed by a paper, MRPC on its test set."


class ScoresPage(QWidget):
    """What to measure above, the table below it, and what lies behind a figure at the end."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        self.board = Board(context, self)
        self.bar = ScoresBar(context, self.board)
        self.group = Segmented([(name, title) for name, (title, _) in GROUPS.items()], "Columns")
        self.progress = ElidedLabel("", "muted")
        self.stop = Button("Stop", "quiet", "stop")
        self.remove = Button("Remove", "quiet", "trash")
        self.export = Button("Export", "normal", "export")
        self.table = ScoresTable()
        self.note = Label(_NOTE, "caption", wrap=True)
        self.trouble = Label("", "danger", wrap=True)
        self.detail = Detail(context, self.board)
        self.choose = EmptyState(
            "folder",
            "Measure encoders beside these",
            "Choose a folder laid out as SentEval's, with STS, SICK, MR and the others; its own "
            "script get_transfer_data.bash makes one. These test sets belong to their publishers "
            "and do not come with this program. Without them, only the bundled triplets can be "
            "measured.",
            (("Choose the folder …", self.bar.ask_folder),),
        )
        self._build()
        self._connect()
        self._show()
        self._settle()

    def _build(self) -> None:
        self._tools = QHBoxLayout()
        self._tools.addWidget(self.group)
        self._tools.addWidget(self.progress, 1)
        for part in (self.stop, self.remove, self.export):
            self._tools.addWidget(part)
        self._upper = QVBoxLayout()
        self._upper.addLayout(self._tools)
        self._upper.addWidget(self.table)
        self._upper.addWidget(self.note)
        self._gap = QSpacerItem(0, 0)
        self._upper.addItem(self._gap)
        page = ScrollPage(keys=False, parent=self)
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom, page.body)
        self._lower = QVBoxLayout()
        self._lower.addWidget(self.detail, 1)
        self._lower.addWidget(self.choose)
        self._lower.addStretch(0)
        self._body.addLayout(self._upper, 5)
        self._body.addLayout(self._lower, 4)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for part in (self.bar, self.trouble):
            self._column.addWidget(part)
        self._column.addWidget(page, 1)

    def _connect(self) -> None:
        board, table = self.board, self.table
        self.bar.wanted.connect(self._measure)
        self.group.changed.connect(lambda _: self._show())
        self.stop.clicked.connect(board.stop)
        self.remove.clicked.connect(self._remove)
        self.export.clicked.connect(self._export_menu)
        table.picked.connect(self._picked)
        table.unwanted.connect(lambda line: board.remove(line.id))
        self.detail.wanted.connect(lambda entry, task: board.measure_more(entry, (task,)))
        board.changed.connect(self._show)
        board.progressed.connect(self._settle)
        themes().changed.connect(self._arrange)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()
        self.board.refresh()

    @property
    def columns(self) -> tuple[Column, ...]:
        """Those that are shown."""
        return GROUPS[self.group.value][1]

    def rows(self) -> list[Row]:
        """What is shown, in its order."""
        return [line.row for line in self.table.rows.lines]

    # What is done

    def _measure(self, card: object, tasks: tuple[str, ...]) -> None:
        survey = self.board.survey
        there = [task for task in tasks if survey is not None and task in survey.data]
        groups = {name: {task_of(c) for c in columns} for name, (_, columns) in GROUPS.items()}
        if not groups[self.group.value] & set(there):
            self.group.set_value(next(name for name in groups if groups[name] & set(there)))
        self.board.measure(card, tasks)

    def _remove(self) -> None:
        line, _ = self.table.current
        if line is not None and line.entry is not None:
            self.board.remove(line.id)

    def _export_menu(self) -> None:
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for kind, title in FORMATS.items():
            menu.addAction(f"Copy as {title}").triggered.connect(
                lambda _=0, k=kind: copy_table(self.context.notices, k, self.rows(), self.columns)
            )
        menu.addSeparator()
        for kind, title in FORMATS.items():
            menu.addAction(f"Save as {title} …").triggered.connect(
                lambda _=0, k=kind: save_table(
                    self, self.context.notices, k, self.rows(), self.columns
                )
            )
        menu.popup(self.export.mapToGlobal(QPoint(0, self.export.height() + space(1))))

    # What is shown

    def _show(self) -> None:
        board = self.board
        self.trouble.setText(board.trouble)
        self.trouble.setVisible(bool(board.trouble))
        self.choose.setVisible(board.folder is None)
        self.detail.setVisible(board.folder is not None or bool(board.entries))
        columns = self.columns
        self.table.show_lines(lines(board.entries, board.survey, columns), columns)
        self.note.setText(f"{_NOTE} {_data(board)}")
        self._pick_first()
        self._picked(*self.table.current)

    def _pick_first(self) -> None:
        """Shows the pairs behind a figure unless something else is looked at."""
        rows = self.table.rows
        if self.table.current[0] is not None or rows.columns != GROUPS["sts"][1]:
            return
        for at, line in enumerate(rows.lines):
            scores = {} if line.entry is None else line.entry.scores
            known = [c for c, column in enumerate(rows.columns, 1) if task_of(column) in scores]
            if known:
                self.table.pick(at, known[-1])
                return

    def _picked(self, line: Line | None, column: Column | None) -> None:
        self.remove.setEnabled(line is not None and line.entry is not None)
        self.detail.show_cell(line, column)

    def _settle(self) -> None:
        job = self.board.job
        self.stop.setVisible(job is not None)
        self.progress.setText("" if job is None else _said(job.progress, self.board.remaining))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self, _theme: object = None) -> None:
        direction = QBoxLayout.Direction
        beside = self.width() >= px(_BESIDE)
        self._body.setDirection(direction.LeftToRight if beside else direction.TopToBottom)
        self._body.setStretchFactor(self._upper, 5 if beside else 0)
        # Beside one another the table stays at the top of what is high.
        policy = QSizePolicy.Policy.Expanding if beside else QSizePolicy.Policy.Fixed
        self._gap.changeSize(0, 0, QSizePolicy.Policy.Minimum, policy)
        self._upper.invalidate()
        self._lower.setSpacing(space(4))
        self._body.setSpacing(space(4))
        self._body.setContentsMargins(0, 0, 0, space(3))
        self._upper.setSpacing(space(2))
        self._tools.setSpacing(space(2))
        self._column.setSpacing(space(3))


def _data(board: Board) -> str:
    """Where the test sets are."""
    folder = "no SentEval folder" if board.folder is None else str(board.folder)
    own = "the bundled triplets"
    return f"Test sets: {folder}, {own if board.triplets == BUNDLED else board.triplets}."


def _said(progress: object, remaining: float | None) -> str:
    """What is under way, and how long all of it will take."""
    stage = getattr(progress, "stage", "Starting")
    total, done = getattr(progress, "total", None), getattr(progress, "done", 0)
    share = f" {done / total:.0%}".replace("%", " %") if total else ""
    left = "" if remaining is None else f" · {remaining_text(remaining)}"
    return f"{stage}{share}{left}"
