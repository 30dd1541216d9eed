"""The Augmentation workspace: which image is looked at, and which encoder compares its views."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from augmenting import calm, choose, images_page
from PIL import Image
from PySide6.QtCore import Qt
from running import click, told

from explorer.folders import runs_folder
from explorer.views.augmentation import picker
from models.augment.studio import compare
from models.events import finish
from models.training.checkpoints import CHECKPOINT
from models.training.loop import train
from models.training.recipes.catalog import load_image_encoder, load_task
from models.training.recipes.simclr import PRESETS as RECIPES

Key = Qt.Key


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run of three steps."""
    folder = tmp_path_factory.mktemp("runs") / "20260101-000000-simclr-shapes"
    plain = RECIPES["laptop"]
    recipe = replace(plain, settings=replace(plain.settings, batch=16, steps=3))
    task = finish(load_task(recipe, "shapes", 60))
    finish(train(task, task.recipe.settings, folder))
    return folder


@pytest.fixture
def run(trained):
    """The run in the folder where the application looks."""
    folder = runs_folder() / trained.name
    shutil.copytree(trained, folder)
    return folder


@pytest.fixture
def page(qtbot, explorer):
    yield from images_page(qtbot, explorer)


def asking(answer):
    """A QFileDialog that answers ``answer``."""

    class Asking:
        @staticmethod
        def getOpenFileName(*_):
            return str(answer), ""

        @staticmethod
        def getExistingDirectory(*_):
            return str(answer)

    return Asking


def test_the_encoder_decides_the_cosines(qtbot, explorer, page, run):
    before = page.panel.cosines.matrix
    explorer.session.tell_runs()
    calm(qtbot, explorer, page)
    assert page.encoders.choice.currentData() == "fresh"
    choose(page, page.encoders.choice, str(run))
    calm(qtbot, explorer, page)
    drawn = page.stage.drawn
    expected = compare(drawn, drawn.views[:0], load_image_encoder(run), "features")
    np.testing.assert_allclose(page.panel.cosines.matrix, expected.matrix, atol=1e-5)
    assert np.abs(page.panel.cosines.matrix - before).max() > 0.01
    assert "SimCLR on shapes" in page.panel.about.text()
    click(qtbot, page.panel.output.button("projections"))
    calm(qtbot, explorer, page)
    assert np.abs(page.panel.cosines.matrix - expected.matrix).max() > 0.01


def test_the_run_that_is_looked_at_is_chosen(qtbot, explorer, page, run):
    trained_as = page.form.preset.count() - 1
    assert not page.form.preset.model().item(trained_as).isEnabled()
    explorer.session.open_run(run)
    calm(qtbot, explorer, page)
    assert page.encoders.choice.currentData() == str(run)
    assert page.form.preset.model().item(trained_as).isEnabled()
    page.form.preset.setCurrentIndex(trained_as)
    page.form.preset.activated.emit(trained_as)
    assert page.form.spec() == load_image_encoder(run).augment
    choose(page, page.encoders.choice, "fresh")
    calm(qtbot, explorer, page)
    assert not page.form.preset.model().item(trained_as).isEnabled()


def test_a_damaged_run_is_told_and_the_encoder_stays(qtbot, explorer, page, run):
    explorer.session.tell_runs()
    calm(qtbot, explorer, page)
    (checkpoint,) = run.glob(CHECKPOINT) if "*" in CHECKPOINT else (run / CHECKPOINT,)
    checkpoint.write_bytes(checkpoint.read_bytes()[:-100])
    before = page.panel.cosines
    choose(page, page.encoders.choice, str(run))
    calm(qtbot, explorer, page)
    assert len(told(explorer)) == 1 and run.name in told(explorer)[0]
    assert page.encoders.choice.currentData() == "fresh"
    assert page.panel.cosines is before


def test_an_image_of_ones_own(qtbot, explorer, page, tmp_path, monkeypatch):
    pixels = np.random.default_rng(0).integers(0, 256, (90, 160, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "holiday.png")
    monkeypatch.setattr(picker, "QFileDialog", asking(tmp_path / "holiday.png"))
    click(qtbot, page.picker.file)
    calm(qtbot, explorer, page)
    assert page.picker.source.currentText() == "holiday.png"
    assert page.stage.drawn.request.image.shape == (128, 128, 3)
    assert page.form.side.value == "128" and page.stage.drawn.views.shape == (4, 128, 128, 3)
    assert "scaled to 32 × 32" in page.panel.about.text()
    assert "no other image" in page.panel.words.text() and page.panel.scale.means[2] == ""
    click(qtbot, page.form.side.button("64"))
    calm(qtbot, explorer, page)
    assert page.stage.drawn.request.image.shape == (64, 64, 3)


def test_a_folder_of_ones_own(qtbot, explorer, page, tmp_path, monkeypatch):
    for n in range(3):
        Image.new("RGB", (40, 40), (80 * n, 0, 0)).save(tmp_path / f"{n}.png")
    monkeypatch.setattr(picker, "QFileDialog", asking(tmp_path))
    click(qtbot, page.picker.folder)
    calm(qtbot, explorer, page)
    assert page.picker.caption.text() == "Image 1 of 3"
    assert page.panel.cosines.others.shape == (4, 2)


@pytest.mark.parametrize("content", [b"no image", None])
def test_a_broken_image_is_one_sentence_and_what_was_shown_stays(
    qtbot, explorer, page, tmp_path, monkeypatch, content
):
    if content:
        (tmp_path / "broken.png").write_bytes(content)
    before = page.stage.drawn
    monkeypatch.setattr(picker, "QFileDialog", asking(tmp_path / "broken.png"))
    click(qtbot, page.picker.file)
    calm(qtbot, explorer, page)
    assert len(told(explorer)) == 1 and "broken.png" in told(explorer)[0]
    assert page.picker.source.currentData() == "shapes"
    assert page.stage.drawn is before
    click(qtbot, page.form.again)
    calm(qtbot, explorer, page)
    assert page.stage.drawn is not before


def test_images_are_chosen_by_buttons_strip_and_keys(qtbot, explorer, page):
    def shown():
        calm(qtbot, explorer, page)
        pixels = page.picker.images.pixels
        image = page.stage.drawn.request.image
        return [row for row in range(len(pixels)) if (pixels[row] == image).all()]

    assert shown() == [0] and not page.picker.previous.isEnabled()
    click(qtbot, page.picker.next)
    assert shown() == [1] and page.picker.caption.text().startswith("Image 2 of 64, ")
    strip = page.picker.strip
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.cell(4).center())
    assert shown() == [4]
    qtbot.keyClick(strip, Key.Key_Right)
    assert shown() == [5]
    qtbot.keyClick(strip, Key.Key_Left)
    click(qtbot, page.picker.previous)
    assert shown() == [3]
    page.picker.choose(63)
    assert shown() == [63] and not page.picker.next.isEnabled()
    assert not strip.cell(63).isEmpty()
