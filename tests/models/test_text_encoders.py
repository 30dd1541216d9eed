"""Encoders by any name people have for them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from text_kit import recipe, source

from models.encoders import catalog
from models.errors import InputError
from models.events import finish
from models.text_encoders import encoder_folder, is_run, load_text, shipped
from models.training.loop import train
from models.training.recipes import simclr, simcse
from models.training.recipes.catalog import load_task
from models.training.recipes.text_catalog import train_texts, trained_text
from models.vectors import encode

pytestmark = pytest.mark.usefixtures("one_thread")
TEXTS = ["the cat sat on a mat", "who ?", "Paris is in France ."]


@pytest.fixture(scope="module")
def run(files, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "20260102-030400-simcse"
    finish(train_texts(recipe(files, simcse), source(files, simcse), folder))
    return folder


def test_a_run_is_loaded_as_the_encoder_that_it_trained(run):
    encoder = load_text(str(run))
    with torch.no_grad():
        wanted = torch.nn.functional.normalize(trained_text(run).net.embed(TEXTS), dim=1).numpy()
    np.testing.assert_allclose(encode(TEXTS, encoder).array, wanted, atol=1e-5)
    assert encoder.card.source == str(run.resolve())
    assert encoder.card.name == "SimCSE on lines, 2 Jan 03:04"
    assert encoder.card.conventions.pooling == "cls"


def test_the_same_run_has_the_same_key_and_another_pooling_another(run):
    assert load_text(str(run)).card.key == load_text(str(run)).card.key
    mean = load_text(str(run), pooling="mean").card
    assert mean.conventions.pooling == "mean"
    assert mean.key != load_text(str(run)).card.key


def test_the_folder_written_for_a_run_is_gone_afterwards(run):
    with encoder_folder(str(run)) as folder:
        assert (folder / "config.json").is_file()
        assert folder != run
    assert not folder.parent.exists()
    assert run.is_dir()


def test_other_names_go_to_the_catalog(files):
    base = str(files / "base")
    assert load_text(base, pooling="mean").card.key == catalog.load(base, pooling="mean").card.key
    with encoder_folder(base) as folder:
        assert folder == files / "base"
    with pytest.raises(InputError, match="There is no encoder at /nowhere"):
        load_text("/nowhere")


@pytest.mark.parametrize("name", ["", "\0", "~nobody-of-this-name/run", "x" * 5000, "bundled"])
def test_names_that_are_no_run(name):
    assert not is_run(name)


def test_a_run_on_images_makes_no_vector_of_a_text(tmp_path):
    plain = simclr.PRESETS["laptop"]
    small = replace(plain, settings=replace(plain.settings, batch=16, steps=1))
    task = finish(load_task(small, "shapes", 60))
    finish(train(task, task.recipe.settings, tmp_path / "run"))
    with pytest.raises(InputError, match="was trained on images"):
        load_text(str(tmp_path / "run"))


def test_the_encoders_that_ship_can_all_be_loaded():
    names = [name for name, _ in shipped()]
    assert names[0] == "bundled"
    for name in names:
        assert load_text(name).card.dimensions > 0
