"""Every Qt test runs off screen, with settings of its own, and must leave nothing behind."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import threading

import pytest
from PySide6.QtCore import QEvent, QEventLoop, QObject, QThread, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from running import PATIENCE, activate, settle
from shiboken6 import isValid

from explorer.theme import themes

#: Where the shared window does not lie over what a test without it shows.
_ASIDE = (5000, 5000)
_SHARED = []  # the shared window's application, while there is one
_HARMLESS = ("This plugin does not support", "Populating font family aliases")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that ask for the shared window come last: while it is there, with every workspace in
    it, each change of theme or size dresses all of them anew, which takes seconds."""
    late = set()
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        if {"qapp", "qtbot"} & names:
            item.add_marker("gui")
        if "shared" in names:
            late.add(item.path)
    items.sort(key=lambda item: item.path in late)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """The folder of the application's own files during one test."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def dressed(qapp):
    """The application in its theme."""
    themes().apply(qapp)
    return qapp


@pytest.fixture(autouse=True)
def tidy(request, monkeypatch):
    """Fails a Qt test that leaves a thread, timer or window behind, or makes Qt complain."""
    if not {"qapp", "qtbot"} & set(request.fixturenames):
        yield
        return
    app = request.getfixturevalue("dressed")
    messages = request.getfixturevalue("qtlog")
    widgets = set(app.topLevelWidgets())
    threads = set(threading.enumerate())
    timers = _record(monkeypatch, QTimer)
    workers = _record(monkeypatch, QThread)
    yield
    themes().set_mode("system")
    themes().set_scale(1.0)
    themes().set_animations(True)
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    left = [thread for thread in threading.enumerate() if _is_left(thread, threads)]
    left += [worker for worker in workers if isValid(worker) and worker.isRunning()]
    left += [timer for timer in timers if isValid(timer) and timer.isActive()]
    left += [widget for widget in app.topLevelWidgets() if _is_new(widget, widgets)]
    assert not left, f"left behind: {left}"
    assert QThreadPool.globalInstance().activeThreadCount() == 0, "a pool thread still runs"
    complaints = [
        record.message
        for record in messages.records
        if record.type_name != "QtDebugMsg" and not record.message.startswith(_HARMLESS)
    ]
    assert not complaints, f"Qt complained: {complaints}"


def _is_new(widget: QWidget, before: set[QWidget]) -> bool:
    """Whether a window belongs to none that was there before."""
    # For each chart that is made pyqtgraph leaves the emptied form of its menu.
    if type(widget) is QWidget and not widget.children():
        return False
    owner: QWidget | None = widget
    while owner is not None and owner not in before:
        owner = owner.parentWidget()
    return owner is None


def _is_left(thread: threading.Thread, before: set[threading.Thread]) -> bool:
    # A thread that has done its work may need a moment to be gone. The one that watches the
    # progress bars of libraries lasts as long as the process, and the one that listens to the
    # child that keeps UMAP warm as long as the shared window.
    warm = [application.projector._process for application in _SHARED]
    listening = {f"child {process.pid}" for process in warm if process is not None}
    lasting = {"tqdm_monitor", *listening}
    watcher = thread.name in lasting or isinstance(thread, threading._DummyThread)
    if thread in before or watcher:
        return False
    thread.join(0.5)
    return thread.is_alive()


def _record(monkeypatch: pytest.MonkeyPatch, kind: type[QObject]) -> list[QObject]:
    """Notes every object of ``kind`` that is started."""
    started: list[QObject] = []
    start = kind.start

    def note(self, *args):
        started.append(self)
        return start(self, *args)

    monkeypatch.setattr(kind, "start", note)
    return started


@pytest.fixture
def focused(qtbot):
    """Shows a widget as the active window, which has the keyboard."""

    def show(widget):
        qtbot.addWidget(widget)
        widget.show()
        widget.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is widget)
        return widget

    return show


@pytest.fixture(scope="session")
def compiled(dressed, tmp_path_factory):
    """The canvas's loops, ready before any test could count their threads as its own."""
    from explorer.canvas.warm import kernels

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTRASTIVE_EXPLORER_HOME", str(tmp_path_factory.mktemp("compiled")))
        assert kernels().wait(PATIENCE / 1000)


@pytest.fixture(scope="session")
def shared(dressed, compiled, tmp_path_factory):
    """One whole application on the bundled sample; tests get it through ``explorer``."""
    from explorer.app import Explorer

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTRASTIVE_EXPLORER_HOME", str(tmp_path_factory.mktemp("shared")))
        application = Explorer(dressed)
    application.notices.uninstall()  # so that an error which nobody catches fails the test
    application.window.resize(1280, 800)
    application.window.show()
    for workspace in (
        "sphere",
        "geometry",
        "training",
        "augmentation",
        "triplets",
        "negatives",
        "encoders",
        "retrievers",
        "retrieval",
    ):  # made once, not in the middle of some test
        application.window.show_workspace(workspace)
    loop = QEventLoop()
    application.session.searcher_changed.connect(lambda searcher: searcher and loop.quit())
    QTimer.singleShot(PATIENCE, loop.quit)
    application.begin()
    loop.exec()
    assert application.session.searcher is not None
    application.window.move(*_ASIDE)
    _SHARED.append(application)
    yield application
    _SHARED.remove(application)
    application.window.close()
    application.close()
    application.window.deleteLater()


@pytest.fixture
def explorer(qtbot, shared):
    """The shared application: the sample open, nothing asked, the window active and still."""
    themes().set_animations(False)
    shared.window.move(0, 0)
    activate(qtbot, shared.window)
    settle(qtbot, shared)
    yield shared
    settle(qtbot, shared)
    shared.window.move(*_ASIDE)
