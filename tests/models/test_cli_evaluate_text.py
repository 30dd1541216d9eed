"""``evaluate sts|transfer|triplets`` and ``geometry --sentences``, with the real encoder."""

import json

import pytest
import torch
from senteval_folder import benchmark, folded, mrpc, sick

from models import geometry
from models.__main__ import main
from models.vectors import encode


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """No vector of the user's is read or written."""
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def said(capsys):
    captured = capsys.readouterr()
    (line,) = captured.out.splitlines()
    return json.loads(line), captured.err


@pytest.fixture
def data(tmp_path):
    benchmark(tmp_path / "data")
    sick(tmp_path / "data")
    folded(tmp_path / "data", "MR", "rt-polarity.pos", "rt-polarity.neg", 12)
    mrpc(tmp_path / "data", ("msr-para-train.tsv", "msr-para-val.tsv"), 12)
    return str(tmp_path / "data")


def test_sts_prints_one_object(data, home, capsys):
    assert main(["evaluate", "sts", "--encoder", "bundled", "--data", data, "--json"]) == 0
    result, errors = said(capsys)
    assert list(result) == ["STSB", "SICKR", "avg"]
    assert result["STSB"] == pytest.approx(80, abs=20.1)
    assert result["avg"] == pytest.approx((result["STSB"] + result["SICKR"]) / 2)
    assert "STS.input.MSRpar.txt" in errors  # which file the first missing task lacks
    assert list((home / "sentences").iterdir())


def test_pooling_and_tasks_are_chosen(data, home, capsys):
    chosen = ["--tasks", "STS-B", "--pooling", "cls", "--no-cache"]
    assert main(["evaluate", "sts", "--data", data, *chosen, "--json"]) == 0
    result, errors = said(capsys)
    assert list(result) == ["STSB", "avg"] and "MSRpar" not in errors
    assert not home.exists()
    assert main(["evaluate", "sts", "--data", data, *chosen]) == 0
    text = capsys.readouterr().out
    for words in (
        "[CLS]",
        "SimCSE, supervised (published, Gao et al. 2021)",
        "81.57",
        "1 of 7 tasks",
        "1 pairs judged above 4",
    ):
        assert words in text


def test_transfer_prints_one_object_and_says_what_mrpc_is(data, capsys):
    assert main(["evaluate", "transfer", "--data", data, "--json"]) == 0
    result, errors = said(capsys)
    assert list(result) == ["MR", "MRPC", "avg"]
    assert all(50 <= value <= 100 for value in result.values())
    assert "validation pairs" in errors and "custrev.neg" in errors
    assert main(["evaluate", "transfer", "--data", data, "--tasks", "MR"]) == 0
    assert "SBERT (published" in capsys.readouterr().out


def test_triplets_print_one_object(tmp_path, capsys):
    path = tmp_path / "triplets.csv"
    path.write_text(
        "sent0,sent1,hard_neg\n"
        "A man plays a guitar.,A person plays music.,A man is asleep.\n"
        "A dog runs on the beach.,An animal is outside.,A dog runs on the grass.\n"
    )
    assert main(["evaluate", "triplets", "--data", str(path), "--json"]) == 0
    result, _ = said(capsys)
    assert list(result) == ["triplets", "ordered", "margin"]
    assert (result["triplets"], result["ordered"]) == (2, 50)
    assert main(["evaluate", "triplets", "--data", str(path)]) == 0
    assert "in the right order  50.00%" in capsys.readouterr().out


def test_the_geometry_of_sentences(tmp_path, capsys):
    path = tmp_path / "sentences.txt"
    texts = ["Cats sleep.", "", "Lava is hot.", "Etna stands on Sicily.", "Dogs bark at night."]
    path.write_text("\n".join(texts) + "\n")
    arguments = ["geometry", "--encoder", "bundled", "--sentences", str(path), "--json"]
    assert main([*arguments, "--pooling", "cls"]) == 0
    result, _ = said(capsys)
    assert (result["vectors"], result["measured"], result["dimensions"]) == (4, 4, 384)
    assert (result["source"], result["pooling"]) == (str(path), "cls")
    assert main([*arguments, "--sample", "3"]) == 0
    sampled, _ = said(capsys)
    assert (sampled["vectors"], sampled["measured"], sampled["pooling"]) == (4, 3, "mean")
    x = encode([text for text in texts if text], "bundled").array
    assert main(arguments) == 0
    expected = float(geometry.uniformity(torch.tensor(x)))
    assert said(capsys)[0]["uniformity"] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "either vectors to measure or a file of --sentences"),
        (["x.npy", "--sentences", "y.txt"], "either vectors"),
        (["--sentences", "y.txt", "--pairs", "x.npy"], "no --pairs"),
        (["--sentences", "gone.txt"], "no file gone.txt"),
        (["--sentences", "BLANK"], "no sentence"),
    ],
)
def test_geometry_of_nothing_is_one_sentence(tmp_path, capsys, arguments, words):
    (tmp_path / "blank.txt").write_text("\n \n")
    arguments = [str(tmp_path / "blank.txt") if a == "BLANK" else a for a in arguments]
    assert main(["geometry", *arguments]) == 2
    (sentence,) = capsys.readouterr().err.splitlines()[-1:]
    assert words in sentence


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sts", "--data", "nowhere"], "nowhere"),
        (["sts", "--data", "DATA", "--tasks", "STS14"], "deft-forum"),
        (["sts", "--data", "DATA", "--tasks", "STS99"], "no task STS99"),
        (["transfer", "--data", "DATA", "--tasks", "SUBJ"], "subj.subjective"),
        (["triplets", "--data", "nowhere.jsonl"], "nowhere.jsonl"),
        (["sts", "--encoder", "./no-model", "--data", "DATA"], "no-model"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(data, capsys, arguments, words):
    arguments = [data if argument == "DATA" else argument for argument in arguments]
    assert main(["evaluate", *arguments, "--json"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err.splitlines()[-1]
