"""``contrastive-models compare`` as a script sees it."""

import csv
import json

import numpy as np
import pytest

from models.__main__ import main
from models.comparison.compare import compare
from models.events import finish
from models.samples import assets
from models.text_encoders import load_text
from models.vectors import encode

PAIR = ["explorer-mini-mlm", "explorer-mini"]
SENTENCES = [f"A {size} {animal} sleeps." for size in ("small", "big") for animal in ("cat", "ox")]
SENTENCES += ["Rain falls on the roof.", "She sold her car.", "Prices rose.", "The sun set late."]


@pytest.fixture
def sentences(tmp_path):
    path = tmp_path / "sentences.txt"
    path.write_text("\n".join(SENTENCES))
    return path


def told(capsys, *options):
    assert main(["compare", *PAIR, *map(str, options), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_sentences_are_compared_as_the_function_does(sentences, tmp_path, capsys):
    table = tmp_path / "out.csv"
    said = told(capsys, "--texts", sentences, "-k", 3, "--csv", table)
    x, y = (encode(SENTENCES, load_text(name)).array for name in PAIR)
    expected = finish(compare(x, y, 3))
    assert (said["points"], said["of"], said["k"]) == (8, 8, 3)
    assert said["overlap"] == pytest.approx(expected.overlap)
    assert said["cka"] == pytest.approx(expected.cka, abs=1e-5)
    assert said["degrees"] == pytest.approx(np.degrees(expected.angle), abs=1e-3)
    kept = [each["kept"] for each in said["most_changed"]]
    assert len(kept) == 5 and kept == sorted(expected.kept.tolist())[:5]
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == SENTENCES
    assert [int(row["kept"]) for row in rows] == expected.kept.tolist()


def test_an_encoder_equals_itself(sentences, capsys):
    assert main(["compare", PAIR[0], PAIR[0], "--texts", str(sentences), "-k", "3"]) == 0
    said = capsys.readouterr().out
    assert "3 neighbours kept  100.0%" in said and "linear CKA         1.000" in said


def test_a_project_s_passages_are_drawn(capsys):
    said = told(capsys, "--texts", assets() / "sample" / "project", "--sample", 20, "-k", 2)
    assert said["points"] == 20 and said["of"] > 300 and said["k"] == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--texts", "nowhere.txt"], "nowhere.txt"),
        (["--texts", "two.txt"], "takes 3 texts at least, not 2"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(tmp_path, monkeypatch, capsys, options, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.txt").write_text("One sentence.\nAnother one.")
    assert main(["compare", *PAIR, *options]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert words in said and said.endswith(".")
