"""``contrastive-models geometry --layers --whiten``: what it adds, in JSON and for people."""

import json

import numpy as np
import pytest
import tiny
from test_anisotropy import SENTENCES

from models.__main__ import main
from models.anisotropy.layerwise import measure_layers
from models.cli.geometry_layers import KEYS
from models.encoders import catalog
from models.events import finish
from models.geometry import mean_cosine
from models.vectors import encode
from models.whitening import fit_whitening


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bert")
    tiny.save_bert(folder)
    return folder


@pytest.fixture
def command(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(tmp_path / "home"))
    path = tmp_path / "sentences.txt"
    path.write_text("\n".join([*SENTENCES, SENTENCES[0]]) + "\n", "utf-8")
    return ["geometry", "--encoder", str(folder), "--sentences", str(path)]


@pytest.fixture
def stsb(tmp_path):
    """A file of STS-B with an order that follows the words in common."""
    rows = []
    for at, first in enumerate(SENTENCES):
        for second in SENTENCES[at + 1 : at + 3]:
            common = len(set(first.split()) & set(second.split()))
            rows.append(f"main\tx\t2017\t{at}\t{common:.1f}\t{first}\t{second}")
    path = tmp_path / "sts-test.csv"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def said(capsys, arguments):
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


def test_layers_are_those_of_the_measure(command, folder, capsys):
    plain = said(capsys, command)
    result = said(capsys, [*command, "--layers", "--seed", "2"])
    assert set(result) - set(plain) == {"layers"}
    expected = finish(measure_layers(catalog.load(str(folder)), SENTENCES, 2))
    found = result["layers"]
    assert (found["sentences"], found["words"], found["seed"]) == (20, expected.words, 2)
    assert [layer["layer"] for layer in found["layers"]] == [0, 1, 2, 3]
    for name in (*found, *found["layers"][0]):
        assert name in KEYS
    for shown, layer in zip(found["layers"], expected.layers, strict=True):
        for name in ("anisotropy", "adjusted_self", "intra_sentence"):
            known = getattr(layer, name)
            assert shown[name] == pytest.approx(
                {"value": known.value, "low": known.low, "high": known.high}, abs=1e-5
            )
        assert shown["mean"]["mean_cosine"] == pytest.approx(layer.mean.mean_cosine, abs=1e-5)


def test_whitening_is_reported_before_and_after(command, folder, capsys):
    import torch

    result = said(capsys, [*command, "--whiten", "6"])["whitening"]
    assert (result["fitted"], result["dimensions"]) == (20, 6)
    array = encode(SENTENCES, str(folder)).array
    after = fit_whitening(array, 6)(array)
    for side, vectors in (("before", np.array(array)), ("after", after)):
        expected = float(mean_cosine(torch.from_numpy(vectors)))
        assert result[side]["mean_cosine"] == pytest.approx(expected, abs=1e-4)
    assert result["after"]["uniformity"] < result["before"]["uniformity"]
    assert result["after"]["effective_rank"] > 5
    assert said(capsys, [*command, "--whiten"])["whitening"]["dimensions"] > 6


def test_sts_is_scored_before_and_after(command, stsb, folder, capsys):
    result = said(capsys, [*command, "--whiten", "6", "--stsb", str(stsb)])["stsb"]
    assert (result["pairs"], result["fitted"], result["own_fitted"]) == (37, 20, 20)
    assert result["after"] == pytest.approx(result["own"], abs=0.5)  # fitted on the same sentences
    assert result["before"] != pytest.approx(result["after"], abs=0.1)
    lines = stsb.read_text("utf-8").splitlines()
    score = said(capsys, [*command, "--whiten", "6", "--stsb", str(stsb)])["stsb"]
    assert score == result and len(lines) == 37


def test_people_get_a_table(command, stsb, capsys):
    capsys.readouterr()
    assert main([*command, "--layers", "--whiten", "--stsb", str(stsb)]) == 0
    text = capsys.readouterr().out
    rows = [line.split() for line in text.splitlines()]
    assert [row[0] for row in rows if row and row[0] in "0123"] == ["0", "1", "2", "3"]
    for words in ("20 different sentences", "self-similarity", "keeps", "STS-B", "37 pairs"):
        assert words in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["geometry", "x.npy", "--layers"], "take --sentences"),
        (["geometry", "x.npy", "--whiten"], "take --sentences"),
        (["geometry", "--sentences", "x.txt", "--layers", "--stsb", "y"], "give both"),
    ],
)
def test_options_that_do_not_go_together_are_refused(arguments, words, capsys):
    assert main(arguments) == 2
    (sentence,) = capsys.readouterr().err.splitlines()
    assert words in sentence


def test_sentences_without_words_are_one_sentence(command, tmp_path, capsys):
    path = tmp_path / "signs.txt"
    path.write_text("🙂 !\n…\n?\n", "utf-8")
    assert main([*command[:-1], str(path), "--layers"]) == 2
    assert "two sentences" in capsys.readouterr().err.splitlines()[-1]
