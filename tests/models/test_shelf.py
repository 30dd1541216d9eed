"""Runs on a shelf, and trained image encoders on disk."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors import safe_open

from models.__main__ import main
from models.encoders.image_folder import WEIGHTS, save_image_encoder, untrained
from models.errors import InputError
from models.events import finish
from models.training.checkpoints import CHECKPOINT, RUN
from models.training.loop import train
from models.training.recipes.catalog import load_image_encoder, load_task
from models.training.recipes.simclr import PRESETS
from models.training.shelf import known_runs, read_card, write_scores


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of three steps."""
    folder = tmp_path_factory.mktemp("runs") / "20260101-000000-simclr-shapes"
    plain = PRESETS["laptop"]
    recipe = replace(plain, settings=replace(plain.settings, batch=16, steps=3))
    task = finish(load_task(recipe, "shapes", 60))
    finish(train(task, task.recipe.settings, folder))
    return folder


def test_a_card_tells_what_the_run_is_and_how_far_it_came(run):
    (card,) = known_runs(run.parent)
    assert (card.folder, card.method, card.source) == (run, "simclr", "shapes")
    assert (card.backbone, card.dimensions, card.temperature) == ("conv", 128, 0.1)
    assert (card.step, card.steps, card.finished) == (3, 3, True)
    assert [measured.step for measured in card.trail] == [0, 1, 2, 3]
    assert card.scores == {}
    write_scores(run, {"linear": 51.5})
    assert read_card(run).scores == {"linear": 51.5}


def test_a_shelf_passes_over_what_is_no_run(run, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / RUN).write_text("{}")
    (tmp_path / "other").mkdir()
    assert known_runs(tmp_path) == ()
    assert known_runs(tmp_path / "missing") == ()
    with pytest.raises(InputError, match="damaged"):
        read_card(tmp_path / "broken")


def test_a_run_that_has_saved_nothing_has_an_empty_trail(run, tmp_path):
    (tmp_path / "fresh").mkdir()
    (tmp_path / "fresh" / RUN).write_bytes((run / RUN).read_bytes())
    (card,) = known_runs(tmp_path)
    assert (card.step, card.trail) == (0, ()) and not card.finished
    (tmp_path / "fresh" / CHECKPOINT).write_bytes(b"cut short")
    assert read_card(tmp_path / "fresh").trail == ()


def test_an_exported_encoder_gives_the_vectors_of_its_run(run, tmp_path):
    encoder = load_image_encoder(run)
    assert encoder.about == "SimCLR on shapes, τ = 0.1." and not encoder.net.training
    save_image_encoder(tmp_path / "out", encoder, "# A card\n")
    again = load_image_encoder(tmp_path / "out")
    assert (again.spec, again.size, again.augment) == (encoder.spec, encoder.size, encoder.augment)
    pixels = torch.rand(8, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        first, second = encoder.net.features(pixels), again.net.features(pixels)
        other = untrained(encoder).net.features(pixels)
    assert torch.nn.functional.cosine_similarity(first, second).min() > 0.9999
    assert not np.allclose(first, other, atol=0.01)
    with safe_open(str(tmp_path / "out" / WEIGHTS), "pt") as file:
        kinds = {file.get_tensor(name).dtype for name in file.keys()}  # noqa: SIM118
    assert kinds <= {torch.float16, torch.int64}
    assert (tmp_path / "out" / "README.md").read_text() == "# A card\n"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda f: (f / "encoder.json").unlink(), "no encoder.json"),
        (lambda f: (f / "encoder.json").write_text("{}"), "does not describe"),
        (lambda f: (f / WEIGHTS).write_bytes(b"x"), "missing or damaged"),
        (lambda f: (f / WEIGHTS).unlink(), "missing or damaged"),
    ],
)
def test_a_damaged_encoder_is_one_sentence(run, tmp_path, spoil, words):
    save_image_encoder(tmp_path, load_image_encoder(run), "")
    spoil(tmp_path)
    with pytest.raises(InputError, match=words):
        load_image_encoder(tmp_path)


def test_weights_of_another_network_are_refused(run, tmp_path):
    encoder = load_image_encoder(run)
    wider = replace(encoder, spec=replace(encoder.spec, head=(256, 64)))
    save_image_encoder(tmp_path, wider, "")
    with pytest.raises(InputError, match="does not fit"):
        load_image_encoder(tmp_path)


def test_the_command_exports_a_run_with_a_card_of_its_own_figures(run, tmp_path, capsys):
    write_scores(run, {"linear": 51.5, "raw_linear": 38.25})
    assert main(["export", str(run), "--out", str(tmp_path / "e"), "--name", "mini", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["name"] == "mini" and 0 < said["bytes"] < 5 << 20
    card = (tmp_path / "e" / "README.md").read_text("utf-8")
    assert card.startswith("# mini\n") and "3 of 3 steps" in card
    assert "51.50 %" in card and "38.25 %: the same on raw pixels" in card
    assert "kNN" not in card and str(run.parent) not in card
    assert load_image_encoder(tmp_path / "e").name == "mini"


def test_a_folder_without_a_run_is_not_exported(tmp_path, capsys):
    assert main(["export", str(tmp_path), "--out", str(tmp_path / "e")]) == 2
    assert "no training run" in capsys.readouterr().err
    assert not (tmp_path / "e").exists()
