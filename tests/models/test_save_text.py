"""A trained text encoder as a folder that sentence-transformers loads, with equal vectors."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from text_kit import line, recipe, source

from models.__main__ import main
from models.encoders.catalog import load
from models.encoders.save_text import save_text_encoder
from models.errors import InputError
from models.events import finish
from models.training.recipes import simcse, simcse_nli
from models.training.recipes.text_catalog import train_texts, trained_text
from models.training.shelf import write_scores
from models.vectors import encode

pytestmark = pytest.mark.usefixtures("one_thread")
TEXTS = ["the cat sat on a mat", "who ?", "", "猫 the dog", line(2, 20), "Paris is in France ."]


@pytest.fixture(scope="module")
def runs(files, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    for name, method, changes in (
        ("cls", simcse, {}),
        ("mean", simcse, {"net": {"pooling": "mean", "head": "none"}}),
        ("kept", simcse_nli, {}),
    ):
        finish(train_texts(recipe(files, method, **changes), source(files, method), folder / name))
    return folder


def served(encoder):
    with torch.no_grad():
        return torch.nn.functional.normalize(encoder.net.embed(TEXTS), dim=1).numpy()


@pytest.mark.parametrize("name", ["cls", "mean", "kept"])
def test_sentence_transformers_and_the_program_give_the_vectors_of_the_run(runs, tmp_path, name):
    from sentence_transformers import SentenceTransformer

    encoder = trained_text(runs / name)
    save_text_encoder(tmp_path / "out", encoder, "# A card\n")
    wanted = served(encoder)
    theirs = SentenceTransformer(str(tmp_path / "out"), device="cpu")
    np.testing.assert_allclose(theirs.encode(TEXTS), wanted, atol=1e-5)
    assert theirs.max_seq_length == 64  # as much as the base reads, not the 32 of its training
    assert theirs.similarity_fn_name == "cosine"
    ours = load(str(tmp_path / "out"))
    np.testing.assert_allclose(encode(TEXTS, ours).array, wanted, atol=1e-5)
    assert ours.card.conventions.pooling == ("mean" if name == "mean" else "cls")
    assert ours.card.conventions.normalize and ours.card.conventions.max_length == 64
    assert (tmp_path / "out" / "2_Dense").exists() == (name == "kept")


def test_training_has_changed_the_vectors(files, runs, tmp_path):
    save_text_encoder(tmp_path / "out", trained_text(runs / "cls"), "")
    before = load(str(files / "base"), pooling="cls", normalize=True)
    after = load(str(tmp_path / "out"))
    assert not np.allclose(encode(TEXTS, before).array, encode(TEXTS, after).array, atol=0.01)


def test_weights_are_whole_and_no_pickle_is_written(runs, tmp_path):
    save_text_encoder(tmp_path / "out", trained_text(runs / "kept"), "")
    names = {path.name for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert not {n for n in names if n.endswith((".bin", ".pt", ".pkl"))}
    for path in (tmp_path / "out").rglob("*.safetensors"):
        assert {tensor.dtype for tensor in load_file(path).values()} == {torch.float32}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_holds_something_is_left_alone(runs, tmp_path):
    encoder = trained_text(runs / "cls")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("out", "file"):
        with pytest.raises(InputError, match="holds something already"):
            save_text_encoder(tmp_path / name, encoder, "")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "mine.txt", "out"]


def test_a_disk_that_fails_leaves_nothing_half_written(runs, tmp_path, monkeypatch):
    encoder = trained_text(runs / "kept")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("safetensors.torch.save_file", full)
    with pytest.raises(InputError, match="disk is full"):
        save_text_encoder(tmp_path / "out", encoder, "")
    assert list(tmp_path.iterdir()) == []


def test_the_command_exports_with_a_card_of_the_run_s_own_figures(runs, tmp_path, capsys):
    write_scores(runs / "cls", {"STSB": 71.25})
    out = tmp_path / "mini"
    assert main(["export", str(runs / "cls"), "--out", str(out), "--name", "mini", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["name"] == "mini" and said["about"] == "SimCSE on lines, from base, τ = 0.05."
    assert said["bytes"] == sum(p.stat().st_size for p in out.rglob("*") if p.is_file())
    card = (out / "README.md").read_text("utf-8")
    assert "# mini\n" in card and "on 50 sentences of lines, from base" in card
    assert "5 of 5 steps" in card and "linear schedule" in card and "- STSB: 71.25." in card
    assert str(runs) not in card and "AllNLI" not in card
    assert main(["export", str(runs / "kept"), "--out", str(tmp_path / "nli")]) == 0
    card = (tmp_path / "nli" / "README.md").read_text("utf-8")
    assert "α = 1" in card and "triplets of premise" in card and "Not evaluated yet" in card
