"""The Training workspace: a run is started, watched, paused, stopped, gone on with and replayed."""

import os
import shutil
import signal
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from running import PATIENCE, click, dialogs, drop, told
from training_kit import rows_of, settled, trained

from explorer.folders import runs_folder
from models.augment.spec import SIMCLR_CIFAR
from models.events import finish
from models.training.history import read_history
from models.training.recipes.catalog import reopen, train_images
from models.training.recipes.simclr import PRESETS
from models.training.shelf import write_scores


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """What the form of ``training`` describes, trained once."""
    folder = tmp_path_factory.mktemp("finished") / "20260102-030405-simclr-digits"
    plain = PRESETS["laptop"]
    recipe = replace(plain, settings=replace(plain.settings, batch=32, steps=12, epochs=None))
    finish(train_images(recipe, "digits", folder))
    return folder


@pytest.fixture
def training(qtbot, explorer, home, monkeypatch):
    """The view with a run so small that it takes seconds, in folders of this test."""
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(home))
    explorer.window.show_workspace("training")
    view = explorer.window.view("training")
    form = view.panel.form
    form.source.setCurrentIndex(form.source.findData("digits"))
    form.numbers.batch.setValue(32)
    form.numbers.length.setValue(12)
    click(qtbot, view.panel.new)
    settled(qtbot, view, explorer)
    yield view
    view.runs.stop()
    settled(qtbot, view, explorer)
    view.stage.replay.setChecked(False)
    form.preset.setCurrentIndex(0)
    form.head.setCurrentIndex(0)
    form.method.set_value("simclr")
    form.show_preset()
    view.runs.folder = None
    explorer.session.open_run(None)
    view.panel.select(None)
    view.panel.show_runs(())
    settled(qtbot, view, explorer)


def found(qtbot, view, explorer, finished):
    """Puts a finished run where the application looks, and where it is listed."""
    folder = shutil.copytree(finished, runs_folder() / finished.name)
    explorer.session.tell_runs()
    settled(qtbot, view, explorer)
    return folder


def pick(view, name):
    """Chooses an entry of the list of runs as a click in it does."""
    at = view.panel.past.findText(name, Qt.MatchFlag.MatchContains)
    assert at >= 0
    view.panel.past.setCurrentIndex(at)
    view.panel.past.activated.emit(at)


def test_a_run_is_watched_from_its_first_step_to_its_last(qtbot, training, explorer):
    panel = training.panel
    click(qtbot, panel.go)
    qtbot.waitUntil(lambda: training.stage.canvas.count > 0, timeout=PATIENCE)
    assert panel.stop.isVisible() and not panel.go.isVisible() and not panel.form.isEnabled()
    settled(qtbot, training, explorer)
    qtbot.waitUntil(lambda: any("Trained 12 steps" in text for text in told(explorer)))
    film = training.film
    assert len(film.losses) == 12
    assert film.measured[0].step == 0 and film.measured[-1].step == 12
    np.testing.assert_allclose(np.linalg.norm(film.frames[-1].positions, axis=1), 1, atol=1e-5)
    assert film.pixels.shape == (256, 32, 32, 3) and film.classes == tuple("0123456789")
    assert training.stage.caption.text().startswith("Step 12 of 12")
    assert panel.go.isVisible() and panel.past.count() == 2
    assert explorer.session.run == training.runs.folder == panel.folder


def test_a_run_waits_while_it_is_paused(qtbot, training):
    training.panel.form.numbers.length.setValue(4000)
    click(qtbot, training.panel.go)
    qtbot.waitUntil(lambda: len(training.film.losses) > 2, timeout=PATIENCE)
    click(qtbot, training.panel.pause)
    assert training.panel.pause.text() == "Go on"
    job = training.runs._job
    qtbot.waitUntil(lambda: job.progress.stage == "Paused", timeout=PATIENCE)
    seen = len(training.film.losses)
    with qtbot.waitSignal(job.event):
        pass
    assert len(training.film.losses) == seen
    click(qtbot, training.panel.pause)
    qtbot.waitUntil(lambda: len(training.film.losses) > seen, timeout=PATIENCE)


def test_a_stopped_run_goes_on_where_it_stopped(qtbot, training, explorer):
    panel = training.panel
    panel.form.numbers.length.setValue(60)
    click(qtbot, panel.go)
    qtbot.waitUntil(lambda: len(training.film.losses) > 3, timeout=PATIENCE)
    click(qtbot, panel.stop)
    settled(qtbot, training, explorer)
    done = read_history(training.runs.folder).step
    assert 3 < done < 60
    assert panel.resume.isVisible() and not panel.go.isVisible()
    click(qtbot, panel.new)
    assert training.film.losses == [] and panel.go.isVisible()
    settled(qtbot, training, explorer)
    pick(training, f"(step {done} of 60)")
    settled(qtbot, training, explorer)
    assert len(training.film.losses) == done
    click(qtbot, panel.resume)
    qtbot.waitUntil(lambda: training.runs.running, timeout=PATIENCE)
    settled(qtbot, training, explorer)
    qtbot.waitUntil(lambda: any("Trained 60 steps" in text for text in told(explorer)))
    assert len(training.film.losses) == 60
    steps = [frame.step for frame in training.film.frames]
    assert steps[0] == 0 and steps[-1] == 60 and steps == sorted(steps)
    assert len(list(runs_folder().iterdir())) == 1


def test_a_killed_process_is_one_sentence_and_the_run_goes_on(qtbot, training, explorer):
    panel = training.panel
    panel.form.numbers.length.setValue(5000)
    click(qtbot, panel.go)
    qtbot.waitUntil(lambda: len(training.film.losses) > 3, timeout=PATIENCE)
    os.kill(training.runs._remote.pid, signal.SIGKILL)
    settled(qtbot, training, explorer)
    qtbot.waitUntil(lambda: told(explorer) != [], timeout=PATIENCE)
    assert len(told(explorer)) == 1 and "lower the batch size" in told(explorer)[0]
    assert training.runs.folder.is_dir() and panel.resume.isVisible()
    click(qtbot, panel.resume)
    qtbot.waitUntil(lambda: training.runs.running, timeout=PATIENCE)
    qtbot.waitUntil(lambda: len(training.film.losses) > 3, timeout=PATIENCE)


def test_an_earlier_run_is_replayed(qtbot, training, explorer, finished):
    found(qtbot, training, explorer, finished)
    assert training.stage.canvas.count == 0
    pick(training, "SimCLR on digits")
    settled(qtbot, training, explorer)
    film, stage = training.film, training.stage
    assert [frame.step for frame in film.frames] == list(range(13))
    assert len(film.losses) == 12 and film.frames[-1].positions.shape == (256, 3)
    history = read_history(finished)
    np.testing.assert_array_equal(film.frames[-1].vectors, history.frames[-1])
    stage.scrub.setValue(0)
    assert stage.caption.text().startswith("Step 0 of 12")
    click(qtbot, stage.replay)
    qtbot.waitUntil(lambda: not stage.replay.isChecked(), timeout=PATIENCE)
    assert stage.scrub.value() == stage.scrub.maximum() == 12


@pytest.mark.parametrize("dimensions", [2, 3])
def test_a_small_head_is_shown_as_it_is(qtbot, training, explorer, dimensions):
    form = training.panel.form
    form.head.setCurrentIndex(form.head.findData(dimensions))
    form.numbers.length.setValue(3)
    trained(qtbot, training, explorer)
    stage = training.stage
    assert training.film.dimensions == dimensions
    assert stage.stack.currentWidget() is (stage.ring_page if dimensions == 2 else stage.canvas)
    if dimensions == 3:
        frame = training.film.frames[-1]
        np.testing.assert_allclose(frame.positions, frame.vectors, atol=2e-3)


def test_an_estimate_says_time_and_memory_and_trains_nothing(qtbot, training, explorer):
    click(qtbot, training.panel.estimate)
    assert not training.panel.estimate.isEnabled()
    settled(qtbot, training, explorer)
    words = training.panel.guess.text()
    assert "12 steps" in words and "MiB of memory" in words
    assert not runs_folder().exists()
    training.panel.form.numbers.batch.setValue(33)
    assert training.panel.guess.text() == ""  # it was for other settings


@pytest.mark.parametrize(
    ("batch", "words"), [(60_000, "larger than the data"), (32, "no folder for each class")]
)
def test_what_cannot_be_trained_is_one_sentence(qtbot, training, explorer, tmp_path, batch, words):
    if batch == 32:
        (tmp_path / "nothing").mkdir()
        training.panel.form.add_source(str(tmp_path / "nothing"))
    training.panel.form.numbers.batch.setValue(batch)
    trained(qtbot, training, explorer)
    qtbot.waitUntil(lambda: told(explorer) != [], timeout=PATIENCE)
    assert len(told(explorer)) == 1 and words in told(explorer)[0]
    assert training.panel.go.isVisible()


def test_presets_and_methods_set_the_numbers(qtbot, training):
    form = training.panel.form
    qtbot.mouseClick(form.method.button("supcon"), Qt.MouseButton.LeftButton)
    assert form.recipe().method == "supcon" and form.recipe().temperature == 0.1
    form.preset.setCurrentIndex(1)
    form.preset.activated.emit(1)
    recipe = form.recipe()
    assert (recipe.settings.epochs, recipe.settings.steps) == (1000, None)
    assert (recipe.settings.optimiser, recipe.settings.rate) == ("sgd", 0.5)
    assert recipe.net.backbone == "resnet18" and recipe.base_temperature == 0.07
    assert form.numbers.unit.value == "epochs" and form.more.backbone.currentData() == "resnet18"


def test_all_settings_reach_the_recipe(qtbot, training):
    form, more = training.panel.form, training.panel.form.more
    assert not more.isVisible()
    click(qtbot, form.open_more)
    assert more.isVisible()
    for box, value in (
        (more.backbone, "resnet50"),
        (more.optimising.optimiser, "lars"),
        (more.optimising.scaling, "linear"),
        (more.augment, "SimCLR ImageNet"),
    ):
        box.setCurrentIndex(box.findData(value))
    for field, value in (
        (more.optimising.rate, 0.3),
        (more.optimising.warmup, 2.5),
        (more.optimising.decay, 1e-6),
        (more.hidden, 512),
        (more.layers, 3),
        (more.size, 64),
        (more.probe, 50),
        (form.numbers.seed, 7),
    ):
        field.setValue(value)
    recipe = form.recipe()
    settings, net = recipe.settings, recipe.net
    assert (settings.optimiser, settings.scaling, settings.rate) == ("lars", "linear", 0.3)
    assert (settings.warmup_epochs, settings.decay, settings.seed) == (2.5, 1e-6, 7)
    assert (net.backbone, net.head, net.projection_layers) == ("resnet50", (512, 128), 3)
    assert (recipe.size, recipe.probe, recipe.augment.blur) == (64, 50, 0.5)
    assert (
        more.optimising.device.findData("cpu") >= 0
        and "threads" in more.optimising.device.currentText()
    )
    click(qtbot, form.open_more)


def test_pictures_pairs_and_hover(qtbot, training, explorer, finished):
    found(qtbot, training, explorer, finished)
    pick(training, "SimCLR on digits")
    settled(qtbot, training, explorer)
    stage = training.stage
    explorer.commands.run("training.pairs")
    assert stage.canvas._picture.arcs == ()
    click(qtbot, stage.pairs)
    assert len(stage.canvas._picture.arcs) == 24
    stage.canvas.hovered.emit(130)
    assert stage.caption.text().startswith("Image 3 of 128, view 2: ")
    vectors = training.film.frames[-1].vectors.astype(np.float32)
    assert f"{vectors[130] @ vectors[2]:.3f}" in stage.caption.text()
    stage.canvas.hovered.emit(-1)
    assert stage.caption.text().startswith("Step 12 of 12")


def test_runs_stand_side_by_side(qtbot, training, explorer, finished):
    first = found(qtbot, training, explorer, finished)
    qtbot.mouseClick(training.panel.form.method.button("supcon"), Qt.MouseButton.LeftButton)
    training.panel.form.numbers.batch.setValue(32)
    training.panel.form.numbers.length.setValue(4)
    trained(qtbot, training, explorer)
    write_scores(first, {"linear": 71.25})
    explorer.session.tell_runs()
    settled(qtbot, training, explorer)
    qtbot.mouseClick(training.page.button("runs"), Qt.MouseButton.LeftButton)
    comparing = training.comparing
    assert comparing.isVisible()
    texts = rows_of(comparing)
    assert texts[0] == ["Run", "kNN", "linear"] and len(texts) == 3
    assert texts[1][0].startswith("SupCon on digits") and texts[1][2] == "–"
    assert texts[2][0].startswith("SimCLR on digits") and texts[2][2] == "71.2%"
    plane = comparing.plane._drawn
    assert [trail.current for trail in plane.trails] == [False, True]
    assert plane.trails[0].score == 71.25 and plane.now == 4
    training.stage.scrub.setValue(0)
    assert comparing.plane._drawn.now == 0
    qtbot.mouseClick(training.page.button("learning"), Qt.MouseButton.LeftButton)


def test_the_latest_run_greets_who_comes_for_the_first_time(qtbot, training, explorer, finished):
    folder = found(qtbot, training, explorer, finished)
    training._greeted = False
    training.runs.list()
    qtbot.waitUntil(lambda: training.runs.folder == folder, timeout=PATIENCE)
    settled(qtbot, training, explorer)
    assert len(training.film.frames) == 13 and training.panel.folder == folder


def test_images_that_cannot_be_read_are_listed(qtbot, training, explorer, tmp_path):
    rng = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(30):
            pixels = rng.integers(0, 256, (32, 32, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pets" / name / f"{number:02}.png")
    (tmp_path / "pets" / "cat" / "07.png").write_bytes(b"\x89PNG cut short")
    form = training.panel.form
    form.add_source(str(tmp_path / "pets"))
    form.numbers.batch.setValue(16)
    form.numbers.length.setValue(2)
    trained(qtbot, training, explorer)
    qtbot.waitUntil(lambda: "1 example was left out." in told(explorer), timeout=PATIENCE)
    (toast,) = [t for t in explorer.window.toasts.toasts if "left out" in t.notice.text]
    assert toast.notice.details.startswith("cat/07.png: ")
    assert training.film.classes == ("cat", "dog")


def test_a_run_from_elsewhere_is_opened_by_its_folder_or_dropped(
    qtbot, training, explorer, tmp_path, monkeypatch, finished
):
    place = shutil.copytree(finished, tmp_path / "elsewhere")
    monkeypatch.setattr("explorer.views.training.panel.QFileDialog", dialogs(place))
    click(qtbot, training.panel.browse)
    settled(qtbot, training, explorer)
    assert training.runs.folder == training.panel.folder == explorer.session.run == place
    assert len(training.film.frames) == 13
    click(qtbot, training.panel.new)
    explorer.window.show_workspace("retrieval")
    settled(qtbot, training, explorer)
    drop(explorer.window, place)
    settled(qtbot, training, explorer)
    assert explorer.window.workspace == "training" and len(training.film.frames) == 13


def test_a_folder_that_holds_no_run_is_one_sentence(
    qtbot, training, explorer, tmp_path, monkeypatch
):
    monkeypatch.setattr("explorer.views.training.panel.QFileDialog", dialogs(tmp_path))
    click(qtbot, training.panel.browse)
    qtbot.waitUntil(lambda: told(explorer) != [], timeout=PATIENCE)
    assert len(told(explorer)) == 1 and "is no training run" in told(explorer)[0]
    assert training.panel.go.isVisible() and training.runs.folder is None


def test_what_is_set_in_the_augmentation_workspace_can_be_trained_with(qtbot, training, explorer):
    more = training.panel.form.more
    chosen = replace(SIMCLR_CIFAR, crop_area=(0.6, 0.9), flip=0.0)
    explorer.session.show_augment(chosen)
    more.augment.setCurrentIndex(more.augment.findText("As set in Augmentation"))
    assert (
        training.panel.form.recipe().augment == chosen
        and not training.panel.form.wanted().arguments["fit"]
    )
    training.panel.form.numbers.length.setValue(2)
    trained(qtbot, training, explorer)
    assert reopen(training.runs.folder)[0].augment == chosen  # although digits have no colour
