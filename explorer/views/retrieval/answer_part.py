"""Answers in Retrieval: the strip, which reader reads, and the span marked inside its hit."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.context import AppContext
from explorer.theme import space
from explorer.views.retrieval.answer_strip import AnswerStrip
from explorer.views.retrieval.answer_work import AnswerWork, Read
from explorer.widgets import IconButton, Menu
from models.reader.load import shipped_readers

#: Of a passage row the span of its answer in code points, or None where nothing is marked.
Mark = Callable[[int, tuple[int, int] | None], None]


class AnswerPart(QObject):
    """Keeps strip, switch and marks in step; the choice of reader is remembered."""

    def __init__(self, context: AppContext, parent: QWidget, mark: Mark) -> None:
        super().__init__(parent)
        self._context, self._mark, self._view = context, mark, parent
        self.strip = AnswerStrip()
        self.button = IconButton("text", "Reader: choose what reads answers out of the first hits")
        self.work = AnswerWork(context, self)
        self._folder = str(context.settings.view("retrieval").get("reader_folder", ""))
        self.button.clicked.connect(self.open_menu)
        self.strip.chosen.connect(lambda row: context.session.select((row,)))
        self.work.began.connect(self.strip.wait)
        self.work.arrived.connect(self._arrived)
        self.work.cleared.connect(self._cleared)
        self.work.failed.connect(self._failed)
        context.session.reader_wanted.connect(self._take)
        # The small one that ships hardly knows when to be silent: it reads where it is asked to.
        self._use(str(context.settings.view("retrieval").get("reader", "")))

    def choose(self, name: str) -> None:
        """Reads with the reader called ``name`` from now on; an empty name switches it off."""
        if name and name not in shipped_readers():
            self._folder = name
        self._context.settings.update_view("retrieval", reader=name, reader_folder=self._folder)
        self._use(name)

    def _take(self, folder: Path) -> None:
        """Another view wants answers by the reader in ``folder``."""
        self.choose(str(folder))
        told = f"{folder.name} reads the first hits from now on; ask a question."
        self._context.notices.tell(told, "success")

    def _use(self, name: str) -> None:
        self.strip.setVisible(bool(name))
        self.work.use(name)

    def open_menu(self) -> None:
        """Lets a person choose a reader, or none."""
        menu = Menu(self._view)
        menu.aboutToHide.connect(menu.deleteLater)
        names = [("Off", ""), *((f"{name} (bundled)", name) for name in shipped_readers())]
        if self._folder:
            names.append((Path(self._folder).name, self._folder))
        for title, name in names:
            action = menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(name == self.work.name)
            action.triggered.connect(lambda _=False, n=name: self.choose(n))
        menu.addSeparator()
        menu.addAction("Choose a reader's folder …").triggered.connect(self._pick)
        menu.addAction("Train a reader …").triggered.connect(self._train)
        menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height() + space(1))))

    def _pick(self) -> None:
        name = QFileDialog.getExistingDirectory(
            self._view, "Choose a reader: a model's folder, or a run that trained one"
        )
        if name:
            self.choose(name)

    def _train(self) -> None:
        self._context.commands.run("show.training")
        self._context.session.want_training("reader")

    def _arrived(self, read: Read) -> None:
        project = self._context.session.project
        if project is None:
            return
        self.strip.show_read(read, project.passages)
        best = read.reading.best
        if best is not None:
            self._mark(read.rows[best.passage], (best.start, best.end))

    def _cleared(self) -> None:
        self.strip.clear()
        self._mark(-1, None)

    def _failed(self, error: BaseException) -> None:
        """A reader that cannot read is switched off, or every key would bring its message."""
        self.strip.setVisible(False)
        self._context.notices.report(error)
