"""The evaluation panel: a run is evaluated in a process of its own, shown, and shown again."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from running import PATIENCE, click, idle, told

from explorer.theme import themes
from explorer.views.training.confusion import ConfusionMatrix
from explorer.views.training.evaluation import EvaluationPanel
from explorer.views.training.scores import margins
from models.evaluation.saved import EVALUATION, kept
from models.events import finish
from models.training.loop import train
from models.training.recipes import simclr, supcon
from models.training.recipes.catalog import load_task
from models.training.shelf import read_card


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run of two steps by each method, on a hundred generated shapes."""
    folders = {}
    for method in (simclr, supcon):
        plain = method.PRESETS["laptop"]
        settings = replace(plain.settings, batch=16, steps=2)
        task = finish(load_task(replace(plain, settings=settings, probe=8), "shapes", 100))
        folders[plain.method] = tmp_path_factory.mktemp("runs") / plain.method
        finish(train(task, task.recipe.settings, folders[plain.method]))
    return folders


@pytest.fixture
def panel(qtbot, explorer):
    shown = EvaluationPanel(explorer.window.view("retrieval").context)
    qtbot.addWidget(shown)
    shown.resize(330, 1200)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)


def opened(qtbot, panel, folder):
    panel.show_run(folder)
    qtbot.waitUntil(lambda: panel.about.text() != "", timeout=PATIENCE)


def evaluated(qtbot, panel):
    click(qtbot, panel.go)
    assert panel.go.text() == "Evaluating …" and not panel.go.isEnabled()
    qtbot.waitUntil(lambda: panel.go.text() == "Evaluate", timeout=PATIENCE)
    qtbot.waitUntil(lambda: panel.result is not None, timeout=PATIENCE)


def test_a_run_is_evaluated_and_its_evaluation_kept(qtbot, panel, explorer, runs):
    folder = runs["simclr"]
    (folder / EVALUATION).unlink(missing_ok=True)
    opened(qtbot, panel, folder)
    assert panel.about.text().startswith("SimCLR on shapes, conv, τ = 0.1, 2 of 2 steps.")
    assert panel.result is None and not panel.table.isVisible()
    with qtbot.waitSignal(explorer.session.runs_changed, timeout=PATIENCE):
        evaluated(qtbot, panel)
    shares = kept(folder).shares
    assert [share.labels for share in shares] == [100, 10, 1]
    for at, share in enumerate(shares):
        for name, figure in share.figures.items():
            assert panel.table.cells[name][at].text() == f"{figure:.1f}"
    assert read_card(folder).scores == shares[0].figures
    assert panel.words.text() == margins(shares[0].figures)
    assert "80 images to learn from, 20 to test on" in panel.of.text()
    assert "less than one a class" in panel.notes.text()
    assert f"k = {shares[0].k}" in panel.settings.text()


def test_a_kept_evaluation_is_shown_at_once(qtbot, panel, explorer, runs):
    folder = runs["simclr"]
    if kept(folder) is None:
        opened(qtbot, panel, folder)
        evaluated(qtbot, panel)
    opened(qtbot, panel, None)
    assert panel.result is None and not panel.go.isEnabled()
    opened(qtbot, panel, folder)
    assert panel.table.isVisible() and not explorer.jobs.running
    for name in ("1", "2"):
        click(qtbot, panel.share.button(name))
        share = panel.result.shares[int(name)]
        assert panel.words.text() == margins(share.figures)
        assert f"with {share.count:,} labels" in panel.settings.text()
    shown = panel.table.cells.values()
    bold = [cell.text() for line in shown for cell in line if cell.font().bold()]
    assert len(bold) >= 6  # of each kind in each of three columns, more where two are equal
    text = (folder / EVALUATION).read_text()
    (folder / EVALUATION).write_text(text[:100])
    panel.show_run(None)
    opened(qtbot, panel, folder)
    assert panel.result is None and told(explorer) == []
    value = json.loads(text) | {"step": 1}
    (folder / EVALUATION).write_text(json.dumps(value))
    explorer.session.tell_runs()
    qtbot.waitUntil(lambda: panel.result is not None, timeout=PATIENCE)
    assert "gone on since, to step 2" in panel.of.text()
    (folder / EVALUATION).write_text(text)


def test_chosen_shares_and_images_are_what_is_measured(qtbot, panel, runs):
    folder = runs["supcon"]
    opened(qtbot, panel, folder)
    assert "SupCon on shapes" in panel.about.text() and "saw every label" in panel.about.text()
    for fraction in (1.0, 0.01):
        click(qtbot, panel.fractions[fraction])
    panel.most.setValue(60)
    evaluated(qtbot, panel)
    assert [share.labels for share in panel.result.shares] == [10]
    assert panel.result.train == 48 and "another choice of these images" in panel.notes.text()
    assert read_card(folder).scores == {} and not panel.share.isVisible()
    click(qtbot, panel.fractions[0.1])
    assert not panel.go.isEnabled()


def test_it_can_be_cancelled(qtbot, panel, explorer, runs):
    opened(qtbot, panel, runs["supcon"])
    before = panel.result
    click(qtbot, panel.go)
    (job,) = explorer.jobs.running
    job.cancel()
    qtbot.waitUntil(lambda: panel.go.isEnabled(), timeout=PATIENCE)
    assert panel.result is before and told(explorer) == []


def test_what_cannot_be_evaluated_is_one_sentence(qtbot, panel, explorer, runs, tmp_path):
    opened(qtbot, panel, tmp_path)
    assert "is no training run" in panel.about.text()
    opened(qtbot, panel, runs["supcon"])
    panel.most.setValue(3)
    click(qtbot, panel.go)
    qtbot.waitUntil(lambda: told(explorer) != [], timeout=PATIENCE)
    assert len(told(explorer)) == 1


def test_margins_say_which_way():
    figures = {"linear": 70.0, "raw_linear": 55.8, "random_linear": 72.04, "knn": 50.0}
    assert margins({**figures, "raw_knn": 50.0}) == (
        "Linear classifier: 70.0 %, +14.2 points over raw pixels, 2.0 points below the untrained "
        "network.\nNearest neighbours: 50.0 %, as good as raw pixels."
    )


# The matrix

COUNTS = np.array([[150, 37, 13], [0, 0, 0], [5, 0, 45]])


@pytest.fixture
def matrix(qtbot):
    shown = ConfusionMatrix()
    qtbot.addWidget(shown)
    shown.show_counts(("cat", "dog", "<b>bird</b>"), COUNTS)
    shown.resize(320, shown.heightForWidth(320))
    shown.show()
    qtbot.waitExposed(shown)
    return shown


def point(matrix, place):
    """Moves the pointer; sent to the widget itself, for other windows may lie over it."""
    none, kind = Qt.MouseButton.NoButton, QEvent.Type.MouseMove
    where, there = QPointF(place), QPointF(matrix.mapToGlobal(place))
    event = QMouseEvent(kind, where, there, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(matrix, event)


def test_pointing_at_a_cell_says_what_it_means(matrix):
    said = []
    matrix.pointed.connect(said.append)
    for row, column in ((0, 1), (0, 0), (1, 2)):
        point(matrix, matrix.place(row, column).center())
        assert matrix.cell == (row, column)
    assert said == [
        "cat taken for dog: 37 of 200 (18.5 %)",
        "cat recognised: 150 of 200 (75.0 %)",
        "No test image is of dog.",
    ]
    point(matrix, matrix.place(0, 0).topLeft() / 2)
    assert matrix.cell is None and said[-1] == ""


def test_arrow_keys_move_from_cell_to_cell(qtbot, matrix):
    seen = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up):
        qtbot.keyClick(matrix, key)
        seen.append(matrix.cell)
    assert seen == [(0, 0), (0, 1), (1, 1), (0, 1), (0, 1)]


@pytest.mark.parametrize("classes", [2, 10, 100])
def test_it_has_room_for_two_classes_and_for_a_hundred(qtbot, matrix, classes):
    counts = np.random.default_rng(0).integers(0, 50, (classes, classes))
    matrix.show_counts(tuple(f"class {n}" for n in range(classes)), counts)
    matrix.resize(320, matrix.heightForWidth(320))
    last = matrix.place(classes - 1, classes - 1)
    assert matrix.rect().contains(last) and last.width() >= 3
    assert matrix.sentence(1, 0).startswith("class 1 taken for class 0: ")


def colour(matrix, row, column):
    """Near a corner of the cell, where no number is."""
    place = matrix.place(row, column)
    return matrix.grab().toImage().pixelColor(place.left() + 3, place.top() + 3).name()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_colours_are_shares_of_the_row(matrix, mode):
    themes().set_mode(mode)
    matrix.show_counts(("a", "b"), np.array([[10, 0], [500, 500]]))
    matrix.resize(320, matrix.heightForWidth(320))
    theme = themes().current
    assert colour(matrix, 0, 0) == theme.accent and colour(matrix, 0, 1) == theme.raised
    assert colour(matrix, 1, 0) == colour(matrix, 1, 1) not in (theme.accent, theme.raised)
