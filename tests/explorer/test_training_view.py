"""The Training workspace: a run is started, watched, paused, stopped, gone on with and replayed."""

import numpy as np
import pytest
from running import PATIENCE, click, idle, told

from explorer.folders import runs_folder


@pytest.fixture
def training(qtbot, explorer, home, monkeypatch):
    """The view with a run so small that it takes seconds, in folders of this test."""
    explorer.window.show_workspace("training")
    view = explorer.window.view("training")
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(home))
    view._forget()
    view._offer()
    view.form.source.setCurrentIndex(view.form.source.findData("digits"))
    view.form.batch.setValue(32)
    view.form.length.setValue(12)
    yield view
    view.runs.stop()
    qtbot.waitUntil(lambda: not view.runs.running, timeout=PATIENCE)
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    view._player.stop()


def ended(qtbot, view):
    qtbot.waitUntil(lambda: not view.runs.running, timeout=PATIENCE)


def test_a_run_is_watched_from_its_first_step_to_its_last(qtbot, training, explorer):
    click(qtbot, training.go)
    qtbot.waitUntil(lambda: training.canvas.count > 0, timeout=PATIENCE)
    assert training.stop.isVisible() and not training.go.isVisible()
    assert not training.form.isEnabled()
    ended(qtbot, training)
    qtbot.waitUntil(lambda: any("Trained 12 steps" in text for text in told(explorer)))
    assert len(training._losses) == 12
    assert training._measured[0].step == 0 and training._measured[-1].step == 12
    positions = training._frames[-1][1]
    np.testing.assert_allclose(np.linalg.norm(positions, axis=1), 1, atol=1e-5)
    assert training.caption.text().startswith("Step 12 of 12")
    assert training.go.isVisible() and training.past.count() == 1


def test_a_run_waits_while_it_is_paused(qtbot, training):
    training.form.length.setValue(400)
    click(qtbot, training.go)
    qtbot.waitUntil(lambda: len(training._losses) > 2, timeout=PATIENCE)
    click(qtbot, training.pause)
    assert training.pause.text() == "Go on"
    job = training.runs._job
    qtbot.waitUntil(lambda: job.progress.stage == "Paused", timeout=PATIENCE)
    seen = len(training._losses)
    with qtbot.waitSignal(job.event):
        pass
    assert len(training._losses) == seen
    click(qtbot, training.pause)
    qtbot.waitUntil(lambda: len(training._losses) > seen, timeout=PATIENCE)


def test_a_stopped_run_goes_on_where_it_stopped(qtbot, training, explorer):
    training.form.length.setValue(30)
    click(qtbot, training.go)
    qtbot.waitUntil(lambda: len(training._losses) > 3, timeout=PATIENCE)
    click(qtbot, training.stop)
    ended(qtbot, training)
    done = len(training._losses)
    assert 3 < done < 30
    click(qtbot, training.resume)
    qtbot.waitUntil(lambda: training.runs.running, timeout=PATIENCE)
    ended(qtbot, training)
    qtbot.waitUntil(lambda: any("Trained 30 steps" in text for text in told(explorer)))
    assert len(training._losses) <= 30 - 3
    assert len(list(runs_folder().iterdir())) == 1


def test_an_earlier_run_is_replayed(qtbot, training):
    click(qtbot, training.go)
    qtbot.waitUntil(lambda: training.runs.running, timeout=PATIENCE)
    ended(qtbot, training)
    last = training._frames[-1][1]
    training._forget()
    with qtbot.waitSignal(training.runs.opened, timeout=PATIENCE):
        training.past.activated.emit(0)
    assert [step for step, _ in training._frames] == list(range(13))
    assert len(training._losses) == 12
    assert training._frames[-1][1].shape == last.shape
    training.scrub.setValue(0)
    assert training.caption.text().startswith("Step 0 of 12")
    click(qtbot, training.replay)
    qtbot.waitUntil(lambda: not training.replay.isChecked(), timeout=PATIENCE)
    assert training.scrub.value() == training.scrub.maximum() == 12


@pytest.mark.parametrize(("dimensions", "surface"), [(2, "flat"), (3, "globe")])
def test_a_small_head_is_shown_as_it_is(qtbot, training, dimensions, surface):
    training.form.head.setCurrentIndex(training.form.head.findData(dimensions))
    training.form.length.setValue(3)
    click(qtbot, training.go)
    qtbot.waitUntil(lambda: training._frames != [], timeout=PATIENCE)
    ended(qtbot, training)
    assert training._surface == surface and training._dimensions == dimensions
    training.form.head.setCurrentIndex(0)


def test_what_cannot_be_trained_is_one_sentence(qtbot, training, explorer, tmp_path):
    (tmp_path / "nothing").mkdir()
    training.form.add_source(str(tmp_path / "nothing"))
    click(qtbot, training.go)
    qtbot.waitUntil(lambda: told(explorer) != [], timeout=PATIENCE)
    ended(qtbot, training)
    assert len(told(explorer)) == 1 and "nothing" in told(explorer)[0]
    assert training.go.isVisible()


def test_presets_and_methods_set_the_numbers(training):
    form = training.form
    form.method.set_value("supcon")
    form._preset()
    assert form.recipe().method == "supcon" and form.recipe().temperature == 0.1
    form.preset.setCurrentIndex(1)
    form._preset()
    settings = form.recipe().settings
    assert (settings.epochs, settings.steps) == (1000, None) and form.unit_name.text() == "Epochs"
    form.preset.setCurrentIndex(0)
    form.method.set_value("simclr")
    form._preset()
    assert form.recipe().settings.steps == 600
