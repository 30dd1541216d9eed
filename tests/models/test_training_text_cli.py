"""``train`` on text as a script sees it."""

import json

import pytest
from safetensors.torch import load_file
from test_training_loop import same_bits

from models.__main__ import main
from models.training.checkpoints import CHECKPOINT, read_run

pytestmark = pytest.mark.usefixtures("one_thread")
SMALL = ["--batch", "8", "--probe", "6", "--frames", "2", "--json"]


def said(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def command(files, method="simcse", *options):
    data = files / ("lines.txt" if method == "simcse" else "nli.csv")
    return ["train", method, "--data", str(data), "--base", str(files / "base"), *SMALL, *options]


@pytest.mark.parametrize("method", ["simcse", "simcse-nli"])
def test_a_line_a_measurement_and_the_last_is_done(files, tmp_path, capsys, method):
    out = str(tmp_path / "run")
    assert main([*command(files, method, "--steps", "3"), "--out", out]) == 0
    *lines, last = said(capsys)
    assert [line["step"] for line in lines] == [0, 1, 2, 3]
    assert lines[0]["alignment"] != lines[-1]["alignment"] and lines[0]["knn"] is None
    assert last["done"] is True and last["step"] == 3
    assert last["before"]["uniformity"] == lines[0]["uniformity"]


def test_every_option_reaches_the_run(files, tmp_path, capsys):
    options = {
        "--views": "same-mask",
        "--dropout": "0.2",
        "--max-length": "16",
        "--pooling": "mean",
        "--temperature": "0.1",
        "--alpha": "0.3",
        "--rate": "0.001",
        "--seed": "4",
        "--steps": "1",
    }
    flat = [part for pair in options.items() for part in pair]
    assert main([*command(files), *flat, "--out", str(tmp_path / "run")]) == 0
    config = read_run(tmp_path / "run").config
    recipe, settings = config["recipe"], config["settings"]
    assert recipe["net"] == {
        "base": str(files / "base"),
        "pooling": "mean",
        "head": "training",
        "dropout": 0.2,
        "max_length": 16,
    }
    assert (recipe["views"], recipe["temperature"]) == ("same-mask", 0.1)
    assert (recipe["alpha"], recipe["probe"]) == (0.3, 6)
    assert (settings["rate"], settings["seed"], settings["schedule"]) == (0.001, 4, "linear")
    assert (settings["clip"], settings["decay"]) == (1.0, 0.0)


def test_a_finished_run_resumes_by_its_folder_alone(files, tmp_path, capsys):
    out = tmp_path / "run"
    assert main([*command(files, "simcse", "--steps", "2"), "--out", str(out)]) == 0
    before = load_file(out / CHECKPOINT)
    assert main(["train", "simcse", "--out", str(out), "--resume", "--json"]) == 0
    assert said(capsys)[-1]["step"] == 2
    same_bits(before, load_file(out / CHECKPOINT))
    assert main(["train", "simcse-nli", "--out", str(out), "--resume"]) == 2
    assert main(["train", "simclr", "--out", str(out), "--resume"]) == 2
    assert "not trained on images" in capsys.readouterr().err


def test_an_estimate_before_the_start(files, tmp_path, capsys):
    assert main([*command(files), "--estimate", "--out", str(tmp_path / "run")]) == 0
    (guess,) = said(capsys)
    assert guess["steps"] == 60 and guess["seconds"] > 0 and guess["memory"] > 0
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["train", "simcse"], "bundled, or a file"),
        (["train", "simcse-nli"], "a file of triplets"),
        (["train", "simclr", "--data", "shapes", "--dropout", "0.1"], "--dropout is no option of"),
        (["train", "simcse", "--data", "bundled", "--backbone", "conv"], "--backbone is no option"),
        (["train", "simcse-nli", "--data", "x", "--views", "crop"], "--views is no option of"),
        (["train", "simcse", "--data", "bundled", "--hard-weight", "2"], "--hard-weight is no"),
        (["train", "simcse", "--data", "nowhere.txt"], "nowhere.txt"),
        (["train", "simcse", "--data", "bundled", "--base", "no/where/else"], "no encoder"),
        (["train", "simcse-nli", "--data", "nowhere.csv"], "nowhere.csv"),
        (["train", "simcse", "--data", "bundled", "--temperature", "0"], "temperature is 0"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(tmp_path, monkeypatch, capsys, line, words):
    monkeypatch.chdir(tmp_path)
    assert main([*line, "--out", "run"]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and words in captured.err.splitlines()[-1]
    assert not (tmp_path / "run").exists()
