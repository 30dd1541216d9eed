"""What is open, asked and selected: the only state that views share, and how they hear of it."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from models.augment.spec import SimCLRAugment
from models.project import Project
from models.retrieval.searcher import Answer, Searcher


class Session(QObject):
    """One owner of mutable state. Views call its methods and listen to its signals.

    Rows are passage rows of the open project; the first selected row is the primary one.
    """

    project_changed = Signal(object)
    searcher_changed = Signal(object)
    question_changed = Signal(str)
    answer_changed = Signal(object)
    selection_changed = Signal(tuple)
    run_changed = Signal(object)
    run_wanted = Signal(object)
    runs_changed = Signal()
    augment_changed = Signal(object)
    reader_wanted = Signal(object)
    training_wanted = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project: Project | None = None
        self.searcher: Searcher | None = None
        self.trouble = ""
        self.question = ""
        self.answer: Answer | None = None
        self.selection: tuple[int, ...] = ()
        self.run: Path | None = None
        self.augment: SimCLRAugment | None = None

    def open(self, project: Project | None) -> None:
        """Makes ``project`` the open one; its searcher follows when its encoder is loaded."""
        self.select(())
        self.answer = None
        self.answer_changed.emit(None)
        self.trouble = ""
        self.searcher = None
        self.searcher_changed.emit(None)
        self.project = project
        self.project_changed.emit(project)

    def attach(self, searcher: Searcher) -> None:
        """The open project can be searched from now on."""
        self.searcher = searcher
        self.searcher_changed.emit(searcher)

    def refuse(self, trouble: str) -> None:
        """The open project cannot be searched: its text and sphere are there, its encoder is not.

        ``trouble`` is the sentence that says why.
        """
        self.trouble = trouble
        self.searcher_changed.emit(None)

    def ask(self, question: str) -> None:
        """A question as it stands in the box, at every key."""
        if question != self.question:
            self.question = question
            self.question_changed.emit(question)

    def answered(self, answer: Answer | None) -> None:
        """The answer to the present question."""
        self.answer = answer
        self.answer_changed.emit(answer)

    def select(self, rows: Iterable[int]) -> None:
        """Selects rows, in every view."""
        if isinstance(rows, np.ndarray) and (rows[1:] > rows[:-1]).all():
            chosen = tuple(rows.tolist())  # a lasso may hold a million
        else:
            chosen = tuple(dict.fromkeys(int(row) for row in rows))
        if chosen != self.selection:
            self.selection = chosen
            self.selection_changed.emit(chosen)

    def open_run(self, folder: Path | None) -> None:
        """Makes the training run in ``folder`` the one that is looked at."""
        if folder != self.run:
            self.run = folder
            self.run_changed.emit(folder)

    def want_run(self, folder: Path) -> None:
        """Asks for the training run in ``folder`` to be opened; it may turn out to be none."""
        self.run_wanted.emit(folder)

    def want_reader(self, folder: Path) -> None:
        """Asks for answers to be read by the reader in ``folder``."""
        self.reader_wanted.emit(folder)

    def want_training(self, kind: str) -> None:
        """Asks for a new training run of a kind to be set up; nothing is started."""
        self.training_wanted.emit(kind)

    def show_augment(self, augment: SimCLRAugment) -> None:
        """The augmentation as it is set by hand, for whoever wants to train with it."""
        if augment != self.augment:
            self.augment = augment
            self.augment_changed.emit(augment)

    def tell_runs(self) -> None:
        """A run was started, saved or evaluated: whoever lists runs reads them again."""
        self.runs_changed.emit()
