"""A corpus of many passages: nothing is held whole, and what is looked at in part is said."""

import shutil
import threading

import numpy as np
import pyarrow as pa
import pytest
from PySide6.QtCore import QPoint, Qt
from running import LEFT, PATIENCE, SHIFT, click, idle, told

from explorer.views.retrieval import index_work
from explorer.views.retrieval.index_sheet import IndexSheet
from explorer.views.sphere import arranging, view
from models import checksums
from models.data.records import COLUMNS, Passages
from models.encoders.card import Conventions, EncoderCard
from models.events import finish
from models.project import Manifest, Project, Recipe
from models.vectors import Vectors

COUNT, DIMENSIONS, KINDS = 60_000, 8, 3
CARD = EncoderCard(
    "tiny", "bundled", "None", DIMENSIONS, Conventions("mean", True, "cosine", 9), "tiny-1", ()
)


def table():
    """Passages of three kinds in turn, in several pieces as a build writes them."""
    names = [f"p{row}" for row in range(COUNT)]
    kinds = [f"kind {row % KINDS}" for row in range(COUNT)]
    texts = [f"words of {kind} and {row}" for row, kind in enumerate(kinds)]
    columns = dict(zip(COLUMNS, (names, names, names, texts, ["file"] * COUNT), strict=True))
    whole = pa.table({k: pa.array(v, pa.large_string()) for k, v in columns.items()})
    whole = whole.append_column("kind", pa.array(kinds, pa.large_string()))
    return pa.concat_tables([whole.slice(0, 25_000), whole.slice(25_000)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A project whose large files are only glanced at when it is opened."""
    folder = tmp_path_factory.mktemp("large")
    data = folder / "data-1"
    data.mkdir()
    random = np.random.default_rng(0)
    vectors = 0.3 * random.normal(size=(COUNT, DIMENSIONS)) + np.eye(8)[np.arange(COUNT) % KINDS]
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    Vectors(vectors, CARD.key, True).save(data / "vectors.npy")
    Passages(table()).save(data / "passages.arrow")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checksums, "_SMALL_PROJECT", 0)
        patch.setattr(checksums, "_SMALL_FILE", 0)
        files, large = finish(checksums.summing(data))
    recipe = Recipe(("somewhere",))
    about = ("Many", "data-1", recipe, False, CARD, COUNT, COUNT, 0, (), 1.0, files, large)
    Manifest(*about).write(folder)
    return folder


@pytest.fixture
def many(qtbot, explorer, folder, monkeypatch):
    """The corpus, open; no whole column may become a list."""
    before = explorer.session.project, explorer.session.searcher

    def refuse(self, name):
        raise AssertionError(f"the column {name} was read whole")

    monkeypatch.setattr(Passages, "column", refuse)
    explorer.session.open(Project.open(folder))
    yield explorer.session.project
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    monkeypatch.undo()
    reopen(qtbot, explorer, *before)


def reopen(qtbot, explorer, project, searcher):
    """Opens what was open, and waits until all have followed."""
    explorer.session.open(project)
    explorer.session.attach(searcher)
    geometry = explorer.window.view("geometry")
    qtbot.waitUntil(
        lambda: idle(explorer) and not geometry._steps and not geometry._stepper.isActive(),
        timeout=PATIENCE,
    )


@pytest.fixture
def sphere(qtbot, explorer, many):
    explorer.window.show_workspace("sphere")
    found = explorer.window.view("sphere")
    found.spin.setChecked(False)
    qtbot.waitUntil(lambda: found.canvas.count == COUNT and idle(explorer), timeout=PATIENCE)
    return found


def test_the_picture_waits_until_somebody_looks(qtbot, explorer, many):
    view = explorer.window.view("sphere")
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    assert view.layout_shown is None and view.canvas.count == 0
    explorer.window.show_workspace("sphere")
    qtbot.waitUntil(lambda: view.canvas.count == COUNT, timeout=PATIENCE)


def test_points_are_arranged_and_coloured_beside_the_event_loop(
    qtbot, explorer, sphere, monkeypatch
):
    assert sphere.facts.text().endswith("on 500 of 60,000 points.")
    assert sphere.column.currentText() == "Kind", "the column that groups passages"
    assert [chip.text() for chip in sphere.legend.chips] == ["kind 0", "kind 1", "kind 2"]
    threads = []
    whole = arranging.arrange

    def noted(*given):
        threads.append(threading.current_thread())
        return whole(*given)

    for module in (arranging, view):
        monkeypatch.setattr(module, "arrange", noted)
    click(qtbot, sphere.surface.button("unrolled"))
    qtbot.waitUntil(lambda: sphere.facts.text().endswith("map."), timeout=PATIENCE)
    click(qtbot, sphere.surface.button("globe"))
    qtbot.waitUntil(lambda: not sphere.facts.text().endswith("map."), timeout=PATIENCE)
    assert len(threads) == 2 and threading.main_thread() not in threads


def test_an_arrangement_that_is_no_longer_wanted_is_not_shown(qtbot, explorer, sphere):
    click(qtbot, sphere.surface.button("unrolled"))
    click(qtbot, sphere.surface.button("globe"))
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    assert not sphere.facts.text().endswith("map.")
    assert sphere.surface.value == "globe" and sphere.spin.isEnabled()


@pytest.mark.parametrize(("key", "classes"), [("title", 24), ("source", 1), ("cluster", 24)])
def test_every_column_colours_all_points(qtbot, explorer, sphere, key, classes):
    with qtbot.waitSignal(sphere.colors.arrived, timeout=PATIENCE):
        sphere.column.setCurrentIndex(sphere.column.findData(key))
        sphere.column.activated.emit(sphere.column.currentIndex())
    entries = sphere._coloring.legend
    assert sum(entry.count for entry in entries) == COUNT
    assert len(entries) <= classes
    click(qtbot, sphere.legend.chips[0])
    dimmed = sphere.canvas._picture.dimmed
    assert np.count_nonzero(~dimmed) == entries[0].count


def test_a_lasso_may_hold_tens_of_thousands(qtbot, explorer, sphere):
    canvas = sphere.canvas
    reach = min(canvas.width(), canvas.height()) // 2 - 4
    middle = canvas.rect().center()
    path = [middle + QPoint(x * reach, y * reach) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    qtbot.mousePress(canvas, LEFT, SHIFT, path[0])
    for place in path[1:]:
        qtbot.mouseMove(canvas, place)
    qtbot.mouseRelease(canvas, LEFT, SHIFT, path[-1])
    chosen = explorer.session.selection
    assert len(chosen) > COUNT / 4
    assert list(chosen) == sorted(set(chosen))
    assert sphere.panel.title.text() == f"{len(chosen):,} passages"
    assert "the first 30 listed" in sphere.panel.source.text()


def test_geometry_measures_a_sample_and_says_so(qtbot, explorer, many):
    explorer.window.show_workspace("geometry")
    geometry = explorer.window.view("geometry")
    geometry.source.choose("corpus")
    said = "5,000 of 60,000 passages, drawn at random with seed 0"
    qtbot.waitUntil(lambda: geometry.about.text().startswith(said), timeout=PATIENCE)
    assert geometry.portrait.points == 5000


def test_indexes_are_measured_on_a_sample_at_first(qtbot, explorer, many, monkeypatch):
    monkeypatch.setattr(index_work, "MOST", 2000)
    monkeypatch.setattr("explorer.views.retrieval.index_sheet.MOST", 2000)
    explorer.commands.run("retrieval.indexes")
    (sheet,) = [s for s in explorer.window.findChildren(IndexSheet) if s.isVisible()]
    assert sheet.suggestion.text().startswith("Suggested for 60,000 passages: Flat (exact).")
    qtbot.waitUntil(lambda: sheet.measures != (), timeout=PATIENCE)
    assert "200 of 2,000 passages" in sheet.note.text()
    assert "These 2,000 are a random sample of 60,000" in sheet.note.text()
    flat = sheet.measures[0]
    megabytes = float(sheet.table.item(0, 4).text().replace(",", ""))
    assert flat.spec.kind == "flat"
    assert megabytes == pytest.approx(COUNT * DIMENSIONS * 4 / 1e6, rel=0.1), "of all of them"
    assert sheet.whole.isVisible() and sheet.whole.text() == "Measure on all 60,000"
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)


def test_a_damaged_file_is_told_after_the_opening(qtbot, explorer, folder, tmp_path):
    before = explorer.session.project, explorer.session.searcher
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    path = copy / "data-1" / "vectors.npy"
    data = bytearray(path.read_bytes())
    data[100_000] ^= 1  # between two of the places that the opening glances at
    path.write_bytes(data)
    explorer.opener.open_path(copy)
    qtbot.waitUntil(lambda: len(told(explorer)) == 2, timeout=PATIENCE)
    assert "vectors.npy does not match" in told(explorer)[1]
    assert told(explorer)[1].endswith("build it again.")
    assert explorer.session.project.folder == copy, "it stays open: most of it can be used"
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    reopen(qtbot, explorer, *before)
