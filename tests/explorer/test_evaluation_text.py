"""The evaluation of a run on texts: measured in a process of its own, before and after."""

import json

import pytest
from running import PATIENCE, click, dialogs, idle, told

from explorer import test_sets
from explorer.plane import reached
from explorer.test_sets import SETTINGS
from explorer.views.training.evaluation import EvaluationPanel
from explorer.views.training.evaluation_text import change_text
from models.__main__ import main
from models.evaluation.run_scores import (
    COLUMNS,
    SCORES,
    RunScores,
    keep_run_scores,
    kept_run_scores,
)
from models.evaluation.text_scores import Score
from models.training.shelf import read_card


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of one step on a few sentences."""
    home = tmp_path_factory.mktemp("text")
    lines = [f"Sentence number {at} is about a small {at % 7} thing." for at in range(24)]
    (home / "lines.txt").write_text("\n".join(lines))
    few = ["--steps", "1", "--batch", "4", "--probe", "4", "--out", str(home / "run")]
    assert main(["train", "simcse", "--data", str(home / "lines.txt"), *few]) == 0
    return home / "run"


@pytest.fixture
def panel(qtbot, explorer):
    shown = EvaluationPanel(explorer.window.view("retrieval").context)
    qtbot.addWidget(shown)
    shown.resize(330, 900)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    explorer.settings.update_view(SETTINGS, folder="", triplets="bundled")


def opened(qtbot, panel, folder):
    panel.show_run(folder)
    qtbot.waitUntil(lambda: panel.about.text() != "", timeout=PATIENCE)


def stsb(before, after, step):
    """A hand-made evaluation."""
    sides = [
        {
            "STSB": Score("STSB", "d", {"STSB": figure}, 1379),
            "geometry": Score("geometry", "d", {"alignment": 0.25, "uniformity": -2.0}, 1379),
        }
        for figure in (before, after)
    ]
    return RunScores("all-MiniLM-L6-v2", "[CLS]", step, *sides)


def test_without_a_folder_triplets_are_measured_before_and_after(qtbot, panel, explorer, run):
    (run / SCORES).unlink(missing_ok=True)
    opened(qtbot, panel, run)
    text = panel.text
    assert text.isVisible() and not panel.go.isVisible() and not text.table.isVisible()
    assert "what people judged" in panel.about.text()
    assert "does not come with this program" in text.hint.text() and not text.kind.isEnabled()
    with qtbot.waitSignal(explorer.session.runs_changed, timeout=PATIENCE):
        click(qtbot, text.go)
        assert text.go.text() == "Measuring …" and not text.go.isEnabled()
    qtbot.waitUntil(text.table.isVisible, timeout=PATIENCE)
    found = kept_run_scores(run)
    assert (found.pooling, found.step) == ("[CLS]", 1) and set(found.after) == {"triplets"}
    for at, side in enumerate((found.before, found.after)):
        ordered = side["triplets"].figures["ordered"]
        assert text.table.cells["ordered"][at].text() == f"{ordered:.2f}"
    assert "Before: all-MiniLM-L6-v2, [CLS]" in text.about.text() and told(explorer) == []


def test_a_kept_evaluation_is_shown_at_once(qtbot, panel, explorer, run):
    keep_run_scores(run, stsb(73.5, 78.92, 1))
    opened(qtbot, panel, run)
    text = panel.text
    qtbot.waitUntil(text.table.isVisible, timeout=PATIENCE)
    cells = {name: [cell.text() for cell in line] for name, line in text.table.cells.items()}
    assert cells["STSB"] == ["73.50", "78.92", "+5.42"] and cells["uniformity"][1] == "−2.000"
    assert text.table.cells["STSB"][1].font().bold()
    assert not text.table.cells["uniformity"][1].font().bold()
    assert "gone on since" not in text.about.text()
    card = read_card(run)
    assert reached(card) == 78.92  # by which the plane of runs is coloured
    keep_run_scores(run, stsb(73.5, 70.0, 0))
    explorer.session.tell_runs()
    qtbot.waitUntil(lambda: "gone on since, to step 1" in text.about.text(), timeout=PATIENCE)
    assert text.table.cells["STSB"][2].text() == "−3.50"
    assert not text.table.cells["STSB"][1].font().bold()
    (run / SCORES).write_text(json.dumps({"base": 1}))
    explorer.session.tell_runs()
    qtbot.waitUntil(lambda: not text.table.isVisible(), timeout=PATIENCE)
    assert told(explorer) == []


def test_the_folder_is_that_of_every_view(qtbot, panel, explorer, run, tmp_path, monkeypatch):
    opened(qtbot, panel, run)
    monkeypatch.setattr(test_sets, "QFileDialog", dialogs(tmp_path))
    click(qtbot, panel.text.folder)
    assert panel.text.where.text() == str(tmp_path) and panel.text.kind.isEnabled()
    assert explorer.settings.view(SETTINGS)["folder"] == str(tmp_path)
    click(qtbot, panel.text.go)
    qtbot.waitUntil(lambda: told(explorer) != [], timeout=PATIENCE)
    assert len(told(explorer)) == 1 and "holds no task of SentEval" in told(explorer)[0]
    qtbot.waitUntil(panel.text.go.isEnabled, timeout=PATIENCE)


def test_a_change_is_the_difference_of_what_is_printed():
    columns = {column.id: column for column in COLUMNS}
    assert change_text(columns["STSB"], 73.504, 78.919) == "+5.42"
    assert change_text(columns["uniformity"], -1.621, -2.188) == "−0.567"
    assert change_text(columns["STSB"], 80.001, 80.004) == "0.00"
    assert change_text(columns["STSB"], None, 80.0) == ""
