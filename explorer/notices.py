"""The one way by which messages and errors reach the user."""

import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from types import TracebackType
from typing import Literal

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import (
    QCoreApplication,
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

from explorer.folders import log_folder
from models.errors import InputError

Kind = Literal["info", "success", "warning", "error"]

log = logging.getLogger("explorer")

_LOG_BYTES = 512 * 1024
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


@dataclass(frozen=True)
class Notice:
    """A message in plain text; ``details`` are kept folded, ``action`` is a button."""

    text: str
    kind: Kind = "info"
    details: str = ""
    action: tuple[str, Callable[[], object]] | None = None


class Notices(QObject):
    """Takes messages and errors from anywhere, on any thread, and shows them in the window.

    What comes before a window is there waits for it. Everything is also logged.
    """

    told = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._show: Callable[[Notice], object] | None = None
        self._waiting: list[Notice] = []
        self._undo: list[Callable[[], object]] = []
        self.told.connect(self._receive, Qt.ConnectionType.AutoConnection)

    def show_with(self, show: Callable[[Notice], object]) -> None:
        """Shows through ``show`` from now on, beginning with what waits."""
        self._show = show
        waiting, self._waiting = self._waiting, []
        for notice in waiting:
            show(notice)

    def tell(
        self,
        text: str,
        kind: Kind = "info",
        details: str | None = None,
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """Tells the user ``text``, one plain sentence."""
        log.log(logging.WARNING if kind in ("warning", "error") else logging.INFO, text)
        self.told.emit(Notice(text, kind, details or "", action))

    def report(self, error: BaseException, doing: str = "") -> None:
        """Tells the user of ``error``.

        An InputError is the sentence it carries. Any other is a defect of the program: one calm
        sentence, that names ``doing`` or else the module, with the traceback to copy.
        """
        if isinstance(error, InputError):
            self.tell(str(error), "error")
            return
        trace = "".join(traceback.format_exception(error))
        log.error("unexpected error\n%s", trace)
        machine = f"Python {platform.python_version()}, PySide {pyside_version}"
        details = f"{machine}, {platform.platform()}\n\n{trace}"
        text = f"Something went wrong in {doing or _module(error)}; the details can be copied."
        self.told.emit(Notice(text, "error", details))

    def install(self) -> None:
        """Routes here whatever nobody catches: exceptions, those of threads, Qt's own messages.

        Of Qt's messages the user is told only the critical ones; warnings go to the log.
        """
        self._undo.append(_log_to_file())
        before, thread_before = sys.excepthook, threading.excepthook
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        qt_before = qInstallMessageHandler(self._on_qt_message)
        self._undo.append(lambda: setattr(sys, "excepthook", before))
        self._undo.append(lambda: setattr(threading, "excepthook", thread_before))
        self._undo.append(lambda: qInstallMessageHandler(qt_before))

    def uninstall(self) -> None:
        """Puts back what ``install`` replaced."""
        while self._undo:
            self._undo.pop()()

    def _receive(self, notice: Notice) -> None:
        if self._show is None:
            self._waiting.append(notice)
        else:
            self._show(notice)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            QCoreApplication.quit()
            return
        try:
            self.report(error)
        except Exception:  # the route itself is broken: the terminal is what remains
            sys.__excepthook__(kind, error, trace)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and args.exc_type is not SystemExit:
            self._on_exception(args.exc_type, args.exc_value, args.exc_traceback)

    def _on_qt_message(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        log.log(_LEVELS[kind], "Qt (%s): %s", context.category, message)
        if kind == QtMsgType.QtCriticalMsg:
            text = "Qt met a problem; the details can be copied."
            self.told.emit(Notice(text, "error", message))


def _module(error: BaseException) -> str:
    """Where ``error`` came up: the innermost module that is ours."""
    names = [
        frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(error.__traceback__)
    ]
    ours = [name for name in names if name.partition(".")[0] in ("explorer", "models")]
    return ours[-1] if ours else "the program"


def _log_to_file() -> Callable[[], None]:
    """Starts the log file; returns what closes it. Where none can be written there is none."""
    try:
        folder = log_folder()
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / "explorer.log", maxBytes=_LOG_BYTES, backupCount=2, encoding="utf-8"
        )
    except OSError:
        return lambda: None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)

    def close() -> None:
        log.removeHandler(handler)
        handler.close()

    return close
