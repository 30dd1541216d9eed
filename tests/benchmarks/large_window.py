"""A window over a large project: what a person waits for, how late the event loop is, and memory.

    python tests/benchmarks/large_window.py PROJECT [PICTURES]

Every step is done by clicks and keys. A timer is due every 5 ms; its delay is what a key press
would have waited, and "busy" is the longest that the event loop's own thread has computed between
two of its turns, which other programs on the machine do not lengthen. The peer of the key's time
is the same window over the bundled sample, which is opened first. Pictures of the window go to the
folder PICTURES; with UMAP in the environment it is tried too, which takes minutes.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

_QUESTION = "what is the largest river"


class Drive:
    """One window, driven by hand."""

    def __init__(self, pictures: Path | None) -> None:
        from PySide6.QtCore import Qt, QTimer
        from PySide6.QtWidgets import QApplication

        from explorer.app import Explorer

        self.app = QApplication(sys.argv[:1])
        self.pictures = pictures
        self.explorer = Explorer(self.app)
        self.window, self.session = self.explorer.window, self.explorer.session
        self.window.resize(1280, 800)
        self.window.show()
        self.delays: list[float] = []
        self.busy: list[float] = []
        self._due, self._spent = time.perf_counter(), time.thread_time()
        self._timer = QTimer(interval=5, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.delays.append(max(0.0, 1000 * (now - self._due)))
        self._due = now + 0.005
        spent = time.thread_time()
        self.busy.append(1000 * (spent - self._spent))
        self._spent = spent

    def until(self, done: Callable[[], object], seconds: float = 600.0) -> float:
        """Lets the window live until ``done``; the seconds that took."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop, began = QEventLoop(), time.perf_counter()

        def look() -> None:
            if done():
                loop.quit()
            elif time.perf_counter() - began > seconds:
                print(f"  gave up after {seconds:.0f} s")
                loop.quit()

        poll = QTimer(interval=10)
        poll.timeout.connect(look)
        poll.start()
        loop.exec()
        poll.stop()
        return time.perf_counter() - began

    def rest(self, seconds: float = 1.0) -> None:
        end = time.perf_counter() + seconds
        self.until(lambda: time.perf_counter() > end)

    def step(self, what: str, act: Callable[[], object], done: Callable[[], object]) -> None:
        """Does one thing, waits for its end, and tells what it cost."""
        self.rest(0.3)
        self.delays.clear()
        self.busy.clear()
        began, spent = time.perf_counter(), time.thread_time()
        act()
        acted = 1000 * (time.thread_time() - spent)
        self.until(done)
        seconds = time.perf_counter() - began
        self.rest(0.4)
        p99, worst = np.percentile(self.delays, (99, 100)) if self.delays else (0, 0)
        rss, own = memory()
        print(
            f"{what:34} {seconds:7.2f} s  handler {acted:6.1f}  busy {max(self.busy):6.1f}  "
            f"loop p99 {p99:6.1f} max {worst:6.1f} ms  memory {rss:5.0f} MB, own {own:5.0f}",
            flush=True,
        )
        if self.pictures is not None:
            name = "".join(c if c.isalnum() else "-" for c in what)
            self.window.grab().save(str(self.pictures / f"{name}.png"))


def memory() -> tuple[float, float]:
    """Megabytes resident, and of these the process's own."""
    found = {}
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split(":")
        found[name] = int(value.split()[0]) / 1024
    return found["Rss"], found["Anonymous"]


def idle(drive: Drive) -> bool:
    from explorer.jobs import Job

    return not drive.explorer.jobs.findChildren(Job)


def open_project(drive: Drive, folder: Path | None) -> None:
    session = drive.session
    before = session.project

    def act() -> None:
        drive.explorer.begin(folder)

    name = "sample" if folder is None else folder.name
    drive.step(f"open {name}", act, lambda: session.project not in (None, before))
    drive.step("  until it can be asked", lambda: None, lambda: session.searcher is not None)


def retrieval(drive: Drive) -> None:
    from PySide6.QtTest import QTest

    drive.window.show_workspace("retrieval")
    view, session = drive.window.view("retrieval"), drive.session
    times = []
    drive.rest(1.0)
    drive.delays.clear()
    for turn in range(2):
        view.box.clear()
        for letter in _QUESTION:
            began = time.perf_counter()
            QTest.keyClick(view.box, letter)
            wanted = view.box.text()
            if wanted.strip():
                drive.until(lambda w=wanted: session.answer and session.answer.question == w)
                drive.app.processEvents()
                times += [1000 * (time.perf_counter() - began)] if turn else []
            drive.rest(0.1)
    p50, p95, worst = np.percentile(times, (50, 95, 100))
    print(f"  key to painted hits: p50 {p50:.0f}, p95 {p95:.0f}, max {worst:.0f} ms")
    drive.step("retrieval, marked", lambda: None, lambda: True)
    drive.step("  select a hit", lambda: _press(view.lists["dense"].view, 2), lambda: True)


def _press(view, position: int) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    place = view.visualRect(view.model().index(position, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def sphere(drive: Drive, umap: bool) -> None:
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    left, shift = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
    none = Qt.KeyboardModifier.NoModifier

    def enter() -> None:
        drive.window.show_workspace("sphere")

    def settled() -> bool:
        view = drive.window.view("sphere")
        return view.layout_shown is not None and view.column.currentIndex() >= 0 and idle(drive)

    drive.step("sphere, first picture", enter, settled)
    view = drive.window.view("sphere")
    canvas, session = view.canvas, drive.session
    print(f"  {view.facts.text()}")
    end = time.perf_counter() + 4
    drive.step("  turning", lambda: None, lambda: time.perf_counter() > end)
    view.spin.setChecked(False)
    for place in (QPoint(canvas.width() // 2 + 40, canvas.height() // 2 + n) for n in range(3)):
        drive.step("  pointing", lambda p=place: QTest.mouseMove(canvas, p), lambda: True)
    middle = canvas.rect().center()
    drive.step("  click", lambda: QTest.mouseClick(canvas, left, pos=middle), lambda: idle(drive))
    for reach in (60, 240):
        corners = [middle + QPoint(x * reach, y * reach) for x, y in _SQUARE]

        def lasso(path=corners) -> None:
            QTest.mousePress(canvas, left, shift, path[0])
            for place in path[1:]:
                QTest.mouseMove(canvas, place)
            QTest.mouseRelease(canvas, left, shift, path[-1])

        drive.step(f"  lasso of {reach}", lasso, lambda: idle(drive))
        print(f"  {len(session.selection):,} selected")
    drive.step(
        "  escape", lambda: QTest.keyClick(canvas, Qt.Key.Key_Escape, none), lambda: idle(drive)
    )
    for key, title in [
        (view.column.itemData(n), view.column.itemText(n)) for n in range(view.column.count())
    ]:

        def color(key=key) -> None:
            view.column.setCurrentIndex(view.column.findData(key))
            view.column.activated.emit(view.column.currentIndex())

        drive.step(f"  colour by {title}", color, lambda: idle(drive))
        if view.legend.chips:
            drive.step("  single out", view.legend.chips[0].click, lambda: True)
            view.legend.chips[0].click()
    drive.step(
        "  another question, by score",
        lambda: session.ask("who wrote the book"),
        lambda: idle(drive) and session.answer.question == "who wrote the book",
    )
    for surface in ("unrolled", "flat", "globe"):
        drive.step(f"  {surface}", view.surface.button(surface).click, lambda: idle(drive))
    if umap:
        drive.step("  UMAP", view.technique.button("umap").click, lambda: idle(drive))
        print(f"  {view.facts.text()}")
        drive.step("  question on UMAP", lambda: session.ask("a river"), lambda: idle(drive))
        drive.step("  PCA again", view.technique.button("pca").click, lambda: idle(drive))


_SQUARE = ((-1, -1), (0, -1), (1, -1), (1, 1), (-1, 1), (-1, 0), (-1, -1))


def geometry(drive: Drive) -> None:
    def enter() -> None:
        drive.window.show_workspace("geometry")

    def ready() -> bool:
        return drive.window.view("geometry").portrait is not None and idle(drive)

    drive.step("geometry", enter, ready)
    view = drive.window.view("geometry")
    for value in (-1.0, -0.5, 0.0):
        drive.step(
            f"  temperature {10**value:.2f}",
            lambda v=value: view.temperature.slider.set_value(v),
            lambda: idle(drive),
        )


def others(drive: Drive) -> None:
    def compare() -> None:
        drive.window.show_workspace("encoders")
        drive.window.view("encoders").show_page("compare")

    drive.step("encoders, compared", compare, lambda: idle(drive))
    drive.step(
        "encoders, by layer",
        lambda: drive.window.view("encoders").show_page("layers"),
        lambda: idle(drive),
    )
    for name in ("augmentation", "triplets"):
        drive.step(name, lambda n=name: drive.window.show_workspace(n), lambda: idle(drive))


def indexes(drive: Drive) -> None:
    from explorer.views.retrieval.index_sheet import IndexSheet

    drive.window.show_workspace("retrieval")

    def sheet() -> IndexSheet:
        return drive.window.findChildren(IndexSheet)[-1]

    drive.step(
        "index sheet",
        lambda: drive.explorer.commands.run("retrieval.indexes"),
        lambda: sheet().measures,
    )
    print(f"  {sheet().suggestion.text()}\n  {sheet().note.text()}")
    sheet().dismiss()


def main(project: Path, pictures: Path | None) -> None:
    from explorer.canvas.warm import kernels

    drive = Drive(pictures)
    for folder in (None, project):
        open_project(drive, folder)
        retrieval(drive)
    kernels().wait(600)
    sphere(drive, umap="UMAP" in os.environ)
    geometry(drive)
    others(drive)
    indexes(drive)
    drive.window.close()
    drive.explorer.close()


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        os.environ["CONTRASTIVE_EXPLORER_HOME"] = home
        place = Path(sys.argv[2]) if len(sys.argv) > 2 else None
        if place is not None:
            place.mkdir(parents=True, exist_ok=True)
        main(Path(sys.argv[1]).absolute(), place)
