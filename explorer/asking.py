"""Answers while you type: the newest question wins, and a stale answer is never shown."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal

from explorer.session import Session
from models.cores import one_core
from models.retrieval.highlight import SentenceVectors
from models.retrieval.marking import Marks, mark
from models.retrieval.searcher import Searcher

#: Comparing sentences takes a while, so it begins when the typing pauses.
_PAUSE = 0.15


@dataclass(frozen=True)
class Request:
    """Everything one search needs."""

    id: int
    question: str
    k: int
    searcher: Searcher


class Asker(QObject):
    """Listens to the session's question and brings its answers, one thread behind it.

    Hits come first; the sentences that matter most follow for the same question, unless a newer
    one has been typed by then.
    """

    marked = Signal(object)
    failed = Signal(object)

    _arrived = Signal(object)

    def __init__(self, session: Session, k: int = 20, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.k = k
        self._session = session
        self._newest = 0
        self._waiting: Request | None = None
        self._condition = threading.Condition()
        self._closed = False
        self._vectors: SentenceVectors | None = None
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        session.question_changed.connect(self._request)
        session.searcher_changed.connect(self._request)
        self._thread = threading.Thread(target=self._run, name="asker", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the thread."""
        with self._condition:
            self._closed = True
            self._newest += 1
            self._condition.notify()
        self._thread.join(5.0)

    def _request(self) -> None:
        searcher, question = self._session.searcher, self._session.question
        with self._condition:
            self._newest += 1
            ready = searcher is not None and question.strip()
            self._waiting = Request(self._newest, question, self.k, searcher) if ready else None
            self._condition.notify()
        if not ready and self._session.answer is not None:
            self._session.answered(None)

    def _run(self) -> None:
        alone = False
        while (request := self._next()) is not None:
            try:
                if not alone:
                    one_core()
                    alone = True
                answer = request.searcher.search(request.question, request.k)
                self._post(request, lambda a=answer: self._session.answered(a))
                pause = _PAUSE
                for found in mark(request.searcher, answer, self._sentences(request.searcher)):
                    if isinstance(found, Marks):
                        self._post(request, lambda f=found: self.marked.emit(f))
                    if self._superseded(pause):
                        break
                    pause = 0.0
            except Exception as error:  # whatever it is, typing goes on and the user is told once
                self._post(request, lambda e=error: self.failed.emit(e))

    def _sentences(self, searcher: Searcher) -> SentenceVectors:
        """Vectors of sentences seen so far, kept while the encoder stays the same."""
        if self._vectors is None or self._vectors.encoder is not searcher.encoder:
            self._vectors = SentenceVectors(searcher.encoder)
        return self._vectors

    def _next(self) -> Request | None:
        with self._condition:
            self._condition.wait_for(lambda: self._waiting is not None or self._closed)
            request, self._waiting = self._waiting, None
            return None if self._closed else request

    def _superseded(self, seconds: float) -> bool:
        """Whether a newer question comes within ``seconds``."""
        with self._condition:
            return self._condition.wait_for(
                lambda: self._waiting is not None or self._closed, timeout=seconds
            )

    def _post(self, request: Request, deliver: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # closing: the receiver is gone
            self._arrived.emit((request.id, deliver))

    def _deliver(self, message: tuple[int, Callable[[], None]]) -> None:
        identity, deliver = message
        if identity == self._newest:
            deliver()
