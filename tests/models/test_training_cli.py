"""``train`` as a script sees it: a JSON object a line, exit status, one sentence."""

import json
import signal
import subprocess
import sys

import pytest
from safetensors.torch import load_file
from test_training_loop import same_bits

from models.__main__ import main
from models.training.checkpoints import CHECKPOINT

SMALL = ["--data", "shapes", "--limit", "60", "--batch", "16", "--dimensions", "8", "--json"]


def said(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def refusal(capsys):
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines()[-1]


@pytest.mark.parametrize("method", ["simclr", "supcon"])
def test_a_line_a_measurement_and_the_last_is_done(tmp_path, capsys, method):
    out = str(tmp_path / "run")
    assert main(["train", method, *SMALL, "--epochs", "2", "--preset", "laptop", "--out", out]) == 0
    *lines, last = said(capsys)
    assert [line["step"] for line in lines] == list(range(7))  # 48 of 60 images: 3 steps an epoch
    for line in lines:
        assert {"step", "loss", "alignment", "uniformity", "knn", "rate", "epoch"} <= set(line)
        assert "done" not in line
    assert last["done"] is True and last["step"] == 6 and last["out"] == out
    assert last["alignment"] == lines[-1]["alignment"]
    assert last["before"]["uniformity"] == lines[0]["uniformity"]


def test_the_same_command_resumes_and_so_does_its_folder_alone(tmp_path, capsys):
    whole, out = str(tmp_path / "whole"), str(tmp_path / "run")
    command = ["train", "simclr", *SMALL, "--steps", "5"]
    assert main([*command, "--out", whole]) == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "models", *command, "--out", out],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode in (130, 0)  # 0: it was done before it could be asked
    capsys.readouterr()
    assert main([*command, "--out", out, "--resume"]) == 0
    assert main(["train", "simclr", "--out", out, "--resume", "--json"]) == 0
    assert said(capsys)[-1]["step"] == 5
    same_bits(load_file(tmp_path / "whole" / CHECKPOINT), load_file(tmp_path / "run" / CHECKPOINT))


def test_an_estimate_before_the_start(tmp_path, capsys):
    assert main(["train", "simclr", *SMALL, "--estimate", "--out", str(tmp_path / "run")]) == 0
    (guess,) = said(capsys)
    assert guess["steps"] > 1 and guess["seconds"] > 0 and guess["memory"] > 0
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--data", "nowhere"], "nowhere"),
        ([], "--data"),
        ([*SMALL, "--batch", "100"], "larger than the data"),
        ([*SMALL, "--epochs", "1", "--steps", "1"], "one of the two"),
        ([*SMALL, "--device", "tpu"], "no device tpu"),
        ([*SMALL, "--resume"], "no training run"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(tmp_path, monkeypatch, capsys, options, words):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "simclr", *options, "--out", "run"]) == 2
    assert words in refusal(capsys)
    assert not (tmp_path / "run").exists()


def test_another_method_does_not_resume_a_run(tmp_path, capsys):
    out = str(tmp_path / "run")
    assert main(["train", "simclr", *SMALL, "--steps", "1", "--out", out]) == 0
    capsys.readouterr()
    assert main(["train", "supcon", "--out", out, "--resume"]) == 2
    assert "method was simclr, not supcon" in refusal(capsys)
