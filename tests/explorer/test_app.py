"""The whole application: from its start to a question, across restarts, and when things fail."""

import json
import shutil
import subprocess
import sys
import threading

import pytest
from PySide6.QtCore import Qt
from running import (
    CONTROL,
    PATIENCE,
    ROOT,
    SHIFT,
    activate,
    ask,
    click,
    finish,
    idle,
    press,
    python,
    told,
)

from explorer import opening
from explorer.app import Explorer
from explorer.theme import themes
from models.data.cut import Cutting
from models.events import Progress
from models.project import Project, Recipe
from models.samples import assets
from models.unfinished import Unfinished

QUESTION = "Why does dropout work as an augmentation for sentences?"


@pytest.fixture
def launch(qtbot, dressed, compiled):
    """Starts applications in this test's home; those still open in the end are closed."""
    running = []

    def start(folder=None, begin=True):
        explorer = Explorer(dressed)
        running.append(explorer)
        themes().set_animations(False)
        explorer.window.show()
        activate(qtbot, explorer.window)
        if begin:
            explorer.begin(folder)
        return explorer

    def stop(explorer):
        running.remove(explorer)
        finish(qtbot, explorer)

    start.stop = stop
    yield start
    for explorer in list(running):
        stop(explorer)


def ready(qtbot, explorer):
    qtbot.waitUntil(lambda: explorer.session.searcher is not None, timeout=PATIENCE)


def copy_sample(folder):
    shutil.copytree(assets() / "sample" / "project", folder)
    return folder


def test_from_the_start_to_a_passage_on_the_sphere(qtbot, launch):
    explorer = launch()
    assert explorer.window.workspace == "retrieval"
    ready(qtbot, explorer)
    header = explorer.window.header.content
    assert header.name.text() == "Bundled sample" and header.size.text() == "318 passages"
    assert header.encoder.text() == "all-MiniLM-L6-v2 · 384-d"
    ask(qtbot, explorer, QUESTION)
    hits = explorer.window.view("retrieval").lists["dense"].view
    press(qtbot, hits, 0)
    (row,) = explorer.session.selection
    qtbot.keyClick(explorer.window, Qt.Key.Key_2, CONTROL)
    sphere = explorer.window.view("sphere")
    sphere.spin.setChecked(False)
    assert sphere.panel.title.text() == hits.hits.items[0].title == "Unsupervised SimCSE"
    qtbot.waitUntil(lambda: sphere.layout_shown is not None, timeout=PATIENCE)
    assert sphere.canvas._picture.selection.tolist() == [row]
    assert sphere.box.text() == QUESTION
    assert told(explorer) == []
    launch.stop(explorer)


def test_settings_and_the_last_project_come_back(qtbot, launch, tmp_path, home):
    folder = copy_sample(tmp_path / "mine")
    explorer = launch(folder)
    ready(qtbot, explorer)
    window = explorer.window
    before = themes().current.name
    qtbot.keyClick(window, Qt.Key.Key_L, CONTROL | SHIFT)
    qtbot.keyClick(window, Qt.Key.Key_Plus, CONTROL)
    qtbot.keyClick(window, Qt.Key.Key_Plus, CONTROL)
    click(qtbot, window.view("retrieval").methods.button("hybrid"))
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)
    sphere = window.view("sphere")
    sphere.spin.setChecked(False)
    click(qtbot, sphere.surface.button("flat"))
    after = themes().current.name
    assert after != before and themes().scale == 1.2
    launch.stop(explorer)
    themes().set_mode("system")
    themes().set_scale(1.0)
    again = launch()
    assert themes().current.name == after and themes().scale == 1.2
    assert again.window.workspace == "sphere"
    assert again.window.view("sphere").surface.value == "flat"
    assert again.window.view("sphere").spin.isChecked() is False
    ready(qtbot, again)
    assert again.session.project.folder == folder
    assert again.settings.current.recent_projects == (str(folder),)
    qtbot.keyClick(again.window, Qt.Key.Key_1, CONTROL)
    assert again.window.view("retrieval").methods.value == "hybrid"
    assert json.loads((home / "settings.json").read_text())["last_project"] == str(folder)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("data-*/vectors.npy", b"\x93NUMPY", "does not match its checksum"),
        ("project.json", b'{"format": 1', "is damaged and cannot be read"),
    ],
)
def test_a_damaged_last_project_is_told_and_the_window_goes_on(
    qtbot, launch, tmp_path, home, name, content, words
):
    folder = copy_sample(tmp_path / "mine")
    (damaged,) = folder.glob(name)
    damaged.write_bytes(content)
    home.mkdir()
    (home / "settings.json").write_text(json.dumps({"last_project": str(folder)}))
    explorer = launch()
    qtbot.waitUntil(lambda: len(told(explorer)) == 1, timeout=PATIENCE)
    toast = explorer.window.toasts.toasts[0]
    assert words in toast.notice.text and "build" in toast.notice.text and not toast.notice.details
    assert explorer.session.project is None
    start = explorer.window.view("retrieval").start.currentWidget()
    click(qtbot, start.buttons[1])
    ready(qtbot, explorer)
    ask(qtbot, explorer, QUESTION)
    assert explorer.session.answer.hits["dense"]


def test_a_last_project_that_is_gone_gives_way_to_the_sample(qtbot, launch, home, tmp_path):
    home.mkdir()
    (home / "settings.json").write_text(json.dumps({"last_project": str(tmp_path / "gone")}))
    explorer = launch()
    ready(qtbot, explorer)
    assert explorer.session.project.manifest.name == "Bundled sample"
    assert told(explorer) == []


def test_the_last_of_several_projects_asked_for_is_the_one_opened(
    qtbot, launch, tmp_path, monkeypatch
):
    """However long an earlier one takes: it is held here until the later one is open."""
    explorer = launch(begin=False)
    slow, quick = (copy_sample(tmp_path / name) for name in ("slow", "quick"))
    opened, later = [], threading.Event()
    explorer.opener.opened.connect(lambda project: (opened.append(project.folder), later.set()))
    real = Project.open

    def held(folder):
        assert folder != slow or later.wait(10)
        return real(folder)

    monkeypatch.setattr(opening.Project, "open", held)
    explorer.opener.open_path(slow)
    explorer.opener.open_path(quick)
    ready(qtbot, explorer)
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    assert opened == [quick] and explorer.session.project.folder == quick


def test_a_build_can_be_cancelled_from_the_status_bar(qtbot, launch, tmp_path):
    explorer = launch()
    ready(qtbot, explorer)
    project = explorer.session.project
    corpus = tmp_path / "many.tsv"
    lines = (f"{n}\tPassage {n} about {n * n} different things, at length." for n in range(4000))
    corpus.write_text("\n".join(["id\ttext", *lines]))
    folder = tmp_path / "built"
    explorer.opener.build(Recipe(sources=(str(corpus),)), folder, "Many")
    status = explorer.window.status

    def embedding():
        row = status.row
        titled = row is not None and row.title.text() == "Indexing Many · Embedding"
        return titled and row.bar.isVisible()

    qtbot.waitUntil(embedding, timeout=PATIENCE)
    assert "of 4,000 passages" in status.row.count.text()
    explorer.opener.build(Recipe(sources=(str(corpus),)), folder, "Twice")
    assert "Another corpus is being indexed" in told(explorer)[0]
    click(qtbot, status.row.cancel)
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    assert told(explorer)[1:] == ["Indexing was cancelled; what was embedded is kept."]
    assert explorer.session.project is project and not explorer.opener.building
    assert not (folder / "project.json").exists()
    ask(qtbot, explorer, QUESTION)
    assert explorer.session.answer.hits["dense"]


def test_a_build_broken_off_by_closing_is_offered_again_and_goes_on(
    qtbot, launch, home, tmp_path, monkeypatch
):
    monkeypatch.setattr("models.store._FLUSH_SECONDS", 0.2)
    first = launch()
    ready(qtbot, first)
    corpus = tmp_path / "many.tsv"
    lines = (f"{n}\tPassage {n} about {n * n} different things, at length." for n in range(2000))
    corpus.write_text("\n".join(["id\ttext", *lines]))
    folder = first.opener.projects / "many"
    with qtbot.waitSignal(first.jobs.changed):
        first.opener.build(Recipe(sources=(str(corpus),), cutting=Cutting(0)), folder, "Many")
    qtbot.waitUntil(lambda: any((folder / "embedding").rglob("*.npz")), timeout=PATIENCE)
    first.window.close()
    first.close()
    assert Unfinished.read(folder) is not None
    second = launch()
    ready(qtbot, second)
    (toast,) = second.window.toasts.toasts
    assert "Many was broken off" in toast.notice.text
    toast.notice.action[1]()
    opened = lambda: second.session.project.folder == folder  # noqa: E731
    qtbot.waitUntil(opened, timeout=PATIENCE)
    assert len(second.session.project.passages) == 2000
    assert Unfinished.read(folder) is None


def test_a_project_whose_encoder_is_gone_still_shows_and_says_so(qtbot, launch, tmp_path):
    folder = copy_sample(tmp_path / "moved")
    manifest = json.loads((folder / "project.json").read_text("utf-8"))
    manifest["recipe"] |= {"encoder": str(tmp_path / "no-model"), "sources": ["elsewhere"]}
    (folder / "project.json").write_text(json.dumps(manifest))
    explorer = launch(folder)
    qtbot.waitUntil(lambda: explorer.session.trouble != "", timeout=PATIENCE)
    assert "no-model" in explorer.session.trouble
    assert len(explorer.session.project.passages) == 318
    status = explorer.window.view("retrieval").status.text()
    assert status.startswith("Cannot be searched") and "no-model" in status
    assert len(told(explorer)) == 1


def test_a_build_that_fails_leaves_everything_as_it_was(qtbot, launch, tmp_path, monkeypatch):
    explorer = launch()
    ready(qtbot, explorer)
    project, searcher = explorer.session.project, explorer.session.searcher

    def failing(recipe, folder, encoder, name):
        yield Progress("Embedding", 1, 10, "passages")
        raise RuntimeError("DefaultCPUAllocator: not enough memory")

    with monkeypatch.context() as patch:
        patch.setattr(opening, "build", failing)
        explorer.opener.build(Recipe(sources=("x.txt",)), tmp_path / "built", "Failing")
        qtbot.waitUntil(lambda: bool(told(explorer)), timeout=PATIENCE)
        qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    (toast,) = explorer.window.toasts.toasts
    assert toast.notice.text.startswith("Something went wrong in ")
    assert "not enough memory" in toast.notice.details
    assert explorer.session.project is project and explorer.session.searcher is searcher
    assert not explorer.opener.building
    ask(qtbot, explorer, QUESTION)
    assert explorer.session.answer.hits["dense"]


def test_commands_shortcuts_and_workspaces_by_key(qtbot, launch):
    explorer = launch(begin=False)
    window = explorer.window
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)
    assert window.workspace == "sphere"
    qtbot.keyClick(window, Qt.Key.Key_1, CONTROL)
    assert window.workspace == "retrieval"
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    palette = window.palette_sheet
    assert palette.isVisible()
    qtbot.keyClicks(palette.field, "show sphere")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.workspace == "sphere" and not palette.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F1)
    sheet = window.shortcuts_sheet
    assert sheet.isVisible()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_nothing_heavy_is_imported_before_the_window_is_shown(home):
    code = """
import sys
from PySide6.QtWidgets import QApplication
from explorer.app import Explorer

app = QApplication([])
explorer = Explorer(app)
explorer.window.show()
heavy = ("torch", "umap", "numba", "faiss", "transformers", "pyqtgraph", "sklearn", "bm25s")
print([name for name in heavy if name in sys.modules])
explorer.window.close()
explorer.close()
"""
    run = python(code=code, QT_QPA_PLATFORM="offscreen")
    assert (run.stdout.strip(), run.returncode) == ("[]", 0), run.stderr


def test_workspaces_are_read_once_the_first_question_can_be_asked_and_no_sooner(home):
    code = """
import gc, sys, time
from PySide6.QtWidgets import QApplication
import explorer.app as program

def read():
    names = ("geometry", "training", "retrievers")
    return [f"explorer.views.{name}.view" in sys.modules for name in names]

def told():
    print(explorer.session.searcher is not None, read())
    return reading()

reading, program.reading_ahead = program.reading_ahead, told
app = QApplication([])
explorer = program.Explorer(app)
explorer.window.show()
explorer.begin()
end = time.monotonic() + 60
while not gc.get_freeze_count() and time.monotonic() < end:
    app.processEvents()
print(read())
explorer.window.close()
explorer.close()
"""
    run = python(code=code, QT_QPA_PLATFORM="offscreen")
    assert run.stdout.splitlines() == ["True [False, False, False]", "[True, True, True]"], (
        run.stderr
    )


def test_without_a_display_it_says_so_and_exits(home):
    nothing = dict.fromkeys(("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"), "")
    run = python("-m", "explorer", **nothing)
    assert run.returncode == 2 and run.stdout == ""
    assert run.stderr.startswith("There is no display to open a window on")
    assert len(run.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(("busy", "torn"), [(True, ""), (False, "orderly")])
def test_the_process_ends_though_a_job_is_deep_in_foreign_code(busy, torn):
    """Without ``leave`` an interpreter runs its exit handlers while the thread still works."""
    script = (
        "import atexit, threading\n"
        "from explorer.__main__ import leave\n"
        "atexit.register(print, 'orderly')\n"
        "thread = threading.Thread(target=threading.Event().wait, daemon=True)\n"
        f"{'thread.start()' if busy else ''}\n"
        "raise SystemExit(leave(3))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (3, torn, "")
