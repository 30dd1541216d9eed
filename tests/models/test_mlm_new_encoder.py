"""A random BERT with a vocabulary of its own: what is written, and what is refused."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from text_kit import line

from models.__main__ import main
from models.encoders.catalog import load
from models.encoders.fresh_text import FreshSpec, new_text_encoder
from models.encoders.tokens import read_tokenizer
from models.errors import InputError
from models.events import finish
from models.vectors import encode

SMALL = FreshSpec(layers=2, hidden=16, heads=2, vocabulary=200, length=32, seed=5)
SHAPE = ["--layers=2", "--hidden=16", "--heads=2", "--vocabulary=200", "--length=32"]


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Two files; "zebras" and its like are in the second one only."""
    folder = tmp_path_factory.mktemp("texts")
    (folder / "one.txt").write_text("\n".join(line(n) for n in range(60)))
    (folder / "two.txt").write_text("\n".join(f"Two zebras and {n} gnus" for n in range(60)))
    return [str(folder / "one.txt"), str(folder / "two.txt")]


@pytest.fixture(scope="module")
def made(sources, tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "fresh"
    return finish(new_text_encoder(sources, folder, SMALL))


def test_words_of_all_files_are_pieces_and_others_fall_into_pieces(made):
    tokenizer = read_tokenizer(made.folder)
    known = tokenizer.encode("Zebras and a CAT")
    assert known.tokens == ["[CLS]", "zebras", "and", "a", "cat", "[SEP]"]
    rare = tokenizer.encode("catnus").tokens[1:-1]
    assert len(rare) > 1 and rare[0] == "cat"
    assert "".join(piece.removeprefix("##") for piece in rare) == "catnus"
    assert all(piece.startswith("##") for piece in rare[1:])
    assert tokenizer.encode("猫").tokens == ["[CLS]", "[UNK]", "[SEP]"]
    assert tokenizer.token_to_id("[PAD]") == 0
    assert made.vocabulary == tokenizer.get_vocab_size() <= 200


def test_the_library_and_the_program_load_it_with_one_vector(made):
    from transformers import AutoModel, AutoTokenizer

    texts = ["the cat sat", "Zebras!", "", "猫 dog"]
    model, tokenizer = (kind.from_pretrained(made.folder) for kind in (AutoModel, AutoTokenizer))
    batch = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        states = model.eval()(**batch).last_hidden_state
    mask = batch["attention_mask"][..., None]
    wanted = ((states * mask).sum(1) / mask.sum(1)).numpy()
    encoder = load(str(made.folder))
    np.testing.assert_allclose(encode(texts, encoder).array, wanted, atol=1e-5)
    assert encoder.card.conventions.max_length == tokenizer.model_max_length == 32
    assert tokenizer.mask_token == "[MASK]"


def test_weights_are_random_by_the_seed_alone_and_as_many_as_it_says(made, sources, tmp_path):
    torch.manual_seed(99)
    before = torch.random.get_rng_state()
    again = finish(new_text_encoder(sources, tmp_path / "again", SMALL))
    assert torch.equal(before, torch.random.get_rng_state())
    for name in ("model.safetensors", "tokenizer.json", "config.json"):
        assert (again.folder / name).read_bytes() == (made.folder / name).read_bytes()
    arguments = ["new-encoder", "--data", *sources, "--out", str(tmp_path / "other"), *SHAPE]
    assert main([*arguments, "--seed", "6"]) == 0
    first, other = (load_file(p / "model.safetensors") for p in (made.folder, tmp_path / "other"))
    name = "embeddings.word_embeddings.weight"
    assert first[name].std() == pytest.approx(0.02, abs=0.002)
    assert not torch.equal(first[name], other[name])
    assert made.parameters == sum(tensor.numel() for tensor in first.values())


def test_the_command_says_what_it_made_and_training_starts_from_there(sources, tmp_path, capsys):
    out = str(tmp_path / "fresh")
    assert main(["new-encoder", "--data", *sources, "--out", out, *SHAPE, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["out"] == out and said["sentences"] > 60
    training = [
        "--steps",
        "2",
        "--batch",
        "8",
        "--max-length",
        "16",
        "--out",
        str(tmp_path / "run"),
    ]
    assert main(["train", "mlm", "--base", out, "--data", sources[1], *training]) == 0


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--heads", "3"], "cannot be shared by 3 attention heads"),
        (["--vocabulary", "20"], "from 100 to 1,000,000"),
        (["--length", "4"], "too short"),
    ],
)
def test_impossible_shapes_are_refused_before_anything_is_read(tmp_path, capsys, options, why):
    missing = str(tmp_path / "no.txt")
    out = ["new-encoder", "--data", missing, "--out", str(tmp_path / "fresh"), *SHAPE]
    assert main([*out, *options]) == 2
    assert why in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_and_a_full_folder_are_refused(sources, tmp_path):
    with pytest.raises(InputError, match="no file"):
        finish(new_text_encoder([str(tmp_path / "no.txt")], tmp_path / "fresh", SMALL))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="holds something already"):
        finish(new_text_encoder(sources, tmp_path / "full", SMALL))
    assert {path.name for path in tmp_path.iterdir()} == {"full"}
