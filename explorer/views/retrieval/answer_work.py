"""Reads the first hits of a question once typing rests, behind the hits and never before them."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.context import AppContext
from explorer.latest import Latest
from models.data.records import Passages
from models.events import Progress, Work
from models.reader.answering import READ, reading_rows
from models.reader.load import load_reader
from models.reader.reader import Reader, Reading
from models.retrieval.searcher import Answer

#: Milliseconds without a key before reading begins.
_REST = 250


@dataclass(frozen=True)
class Read:
    """What was read for a question; ``rows`` are the passages, as ``reading`` numbers them."""

    reader: Reader
    reading: Reading
    rows: tuple[int, ...]


class AnswerWork(QObject):
    """Follows the session's hits with answers, by the reader called ``name``; empty means none."""

    began = Signal()
    arrived = Signal(object)
    cleared = Signal()
    failed = Signal(object)

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self.name = ""
        self._context = context
        self._reader: tuple[str, Reader] | None = None
        self.reading = Latest(context.jobs, "Reading the first hits", self)
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._read)
        self.reading.arrived.connect(self._keep)
        self.reading.failed.connect(self._failed)
        context.session.question_changed.connect(self._stale)
        context.session.answer_changed.connect(self._stale)

    def use(self, name: str) -> None:
        """Reads with another reader from now on."""
        self.name = name
        self._stale()

    def _stale(self, _what: object = None) -> None:
        """What was read belongs to hits that are no more."""
        self.reading.forget()
        self.cleared.emit()
        answer = self._context.session.answer
        if self.name and answer is not None and answer.hits.get("hybrid"):
            self._rest.start()
        else:
            self._rest.stop()

    def _read(self) -> None:
        session = self._context.session
        answer, project = session.answer, session.project
        if answer is None or project is None or answer.question != session.question:
            return  # the hits of what was typed since bring this about again
        name, known = self.name, self._reader
        reader = known[1] if known is not None and known[0] == name else None
        self.began.emit()
        work = _reading(name, reader, project.passages, answer)
        self.reading.ask(work, (name, answer.question))

    def _keep(self, read: Read) -> None:
        self._reader = (self.name, read.reader)
        self.arrived.emit(read)

    def _failed(self, error: BaseException) -> None:
        self.name = ""
        self.cleared.emit()
        self.failed.emit(error)


def _reading(
    name: str, reader: Reader | None, passages: Passages, answer: Answer
) -> Callable[[], Work[Read]]:
    rows = tuple(hit.row for hit in answer.hits["hybrid"][:READ])

    def work() -> Work[Read]:
        yield Progress("Loading the reader")
        used = load_reader(name) if reader is None else reader
        reading = yield from reading_rows(passages, used, answer.question, rows)
        return Read(used, reading, rows)

    return work
