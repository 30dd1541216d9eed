"""Running applications for tests: waiting, clicking, typing, dropping files."""

import os
import subprocess
import sys
import threading
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication

from explorer.jobs import Job
from explorer.widgets.overlay import Overlay
from models.events import Progress

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PATIENCE = 120_000
ROOT = Path(__file__).parents[2]


def idle(explorer):
    """Whether no job runs, shown or not."""
    return not explorer.jobs.findChildren(Job)


def held(monkeypatch, module, name):
    """Holds up the work that ``module`` calls ``name`` until the event that is returned is set.

    So a test that cancels it comes in time, however quick the work is.
    """
    work, go = getattr(module, name), threading.Event()

    def wait_and_work(*arguments, **named):
        while not go.wait(0.005):
            yield Progress("Waiting")
        return (yield from work(*arguments, **named))

    monkeypatch.setattr(module, name, wait_and_work)
    return go


def settle(qtbot, explorer):
    """Leaves an application as quiet as it began: nothing open, running or unsaved."""
    if QApplication.activePopupWidget():
        QApplication.activePopupWidget().close()
    for sheet in explorer.window.findChildren(Overlay):
        sheet.dismiss()
    explorer.session.ask("")
    explorer.session.select(())
    explorer.window.show_workspace("retrieval")
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    explorer.window.toasts.clear()
    explorer.settings.flush()


def finish(qtbot, explorer):
    """Closes an application and lets its window go."""
    explorer.window.close()
    explorer.close()
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    explorer.window.toasts.clear()
    explorer.window.deleteLater()
    explorer.deleteLater()


def activate(qtbot, window):
    """Makes ``window`` the one that has the keyboard, as shortcuts need."""
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)


def ask(qtbot, explorer, question):
    """Types a question into Retrieval's box and waits for its answer."""
    box = explorer.window.view("retrieval").box
    box.selectAll()
    qtbot.keyClicks(box, question)
    session = explorer.session
    qtbot.waitUntil(
        lambda: session.answer is not None and session.answer.question == question,
        timeout=PATIENCE,
    )


def click(qtbot, button):
    qtbot.mouseClick(button, LEFT)


def choose(qtbot, name):
    """Clicks the entry called ``name`` of the menu that is open."""
    menu = QApplication.activePopupWidget()
    (action,) = [action for action in menu.actions() if action.text() == name]
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def press(qtbot, view, position):
    """Clicks entry ``position`` of a list."""
    index = view.model().index(position, 0)
    view.scrollTo(index)
    qtbot.mouseClick(view.viewport(), LEFT, pos=view.visualRect(index).center())


def drop(window, *paths):
    """Drops files onto the middle of ``window``."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    plain, copy = Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    event = QDropEvent(QPoint(600, 300), copy, data, LEFT, plain)
    QApplication.sendEvent(window.windowHandle(), event)


def told(explorer):
    """The texts of the messages that are shown."""
    return [toast.notice.text for toast in explorer.window.toasts.toasts]


def dialogs(answer):
    """A QFileDialog whose every question is answered with ``answer``."""

    class Answering:
        @staticmethod
        def getSaveFileName(*_):
            return str(answer), ""

        @staticmethod
        def getOpenFileNames(*_):
            return [str(answer)], ""

        @staticmethod
        def getExistingDirectory(*_):
            return str(answer)

    return Answering


def python(*arguments, code=None, **changes):
    """Runs a Python of its own from the root of the project."""
    changed = {**os.environ, **changes}
    environment = {name: value for name, value in changed.items() if value}
    command = [sys.executable, *arguments, *(("-c", code) if code else ())]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
