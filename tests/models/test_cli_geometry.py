"""``contrastive-models geometry`` on a project, on bare arrays, and on what is neither."""

import json

import numpy as np
import pytest
import torch

from models import geometry
from models.__main__ import main
from models.project import Project
from models.training.checkpoints import RUN
from models.training.history import read_history


def said(capsys):
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


@pytest.fixture
def vectors(tmp_path):
    """40 unit vectors of 5 dimensions, and their positives stored at any length."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 5))
    np.save(tmp_path / "x.npy", (x / np.linalg.norm(x, axis=1, keepdims=True)).astype("f4"))
    np.save(tmp_path / "y.npy", x + 0.1 * rng.normal(size=x.shape))
    return tmp_path


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("texts")
    texts = ["Cats sleep.", "Lava is hot.", "Etna stands on Sicily.", "Dogs bark at night."]
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_text(text)
    out = tmp_path_factory.mktemp("geometry") / "project"
    assert main(["index", str(folder), "--out", str(out), "--passage-words", "0"]) == 0
    return out


def test_a_project_is_measured_with_its_conventions(project, capsys):
    capsys.readouterr()
    assert main(["geometry", str(project), "--json"]) == 0
    result = said(capsys)
    x = torch.from_numpy(np.array(Project.open(project).vectors.array))
    assert (result["vectors"], result["measured"], result["dimensions"]) == (4, 4, 384)
    assert (result["normalized"], result["pooling"]) == (True, "mean")
    assert (result["pairs"], result["alignment"]) == (None, None)
    assert result["uniformity"] == pytest.approx(float(geometry.uniformity(x)), abs=1e-5)
    assert result["optimal_uniformity"] == pytest.approx(-3.9792, abs=5e-5)
    assert result["mean_cosine"] == pytest.approx(float(geometry.mean_cosine(x)), abs=1e-5)
    assert result["effective_rank"] == pytest.approx(geometry.spectrum(x).effective_rank, rel=1e-4)
    assert len(result["singular_values"]) == 4
    assert result["gao"]["holds"]


def test_a_project_is_described_for_people(project, capsys):
    assert main(["geometry", str(project)]) == 0
    text = capsys.readouterr().out
    for words in ("4 of 4; 384", "as stored", "mean pooling", "no positive pairs", "-3.9792"):
        assert words in text


def test_pairs_are_measured_at_length_1(vectors, capsys):
    x, y = vectors / "x.npy", vectors / "y.npy"
    assert main(["geometry", str(x), "--pairs", str(y), "--json"]) == 0
    result = said(capsys)
    a, b = np.load(x), np.load(y)
    b = b / np.linalg.norm(b, axis=1, keepdims=True)
    assert result["alignment"] == pytest.approx(((a - b) ** 2).sum(1).mean(), abs=1e-6)
    assert result["pairs"] == str(y)
    assert (result["encoder"], result["pooling"], result["normalized"]) == (None, None, True)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A training run of three steps."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    small = ["--data", "shapes", "--limit", "60", "--batch", "16", "--dimensions", "8"]
    assert main(["train", "simclr", *small, "--steps", "3", "--out", str(folder)]) == 0
    return folder


def test_a_run_is_measured_at_its_last_step(run, capsys):
    capsys.readouterr()
    assert main(["geometry", str(run), "--json"]) == 0
    result = said(capsys)
    history = read_history(run)
    last = history.measured[-1]
    assert (result["step"], result["dimensions"], result["normalized"]) == (3, 8, True)
    assert result["vectors"] == len(history.labels) // 2
    # Frames are kept in half precision.
    assert result["alignment"] == pytest.approx(last.alignment, abs=1e-3)
    assert result["uniformity"] == pytest.approx(last.uniformity, abs=1e-3)
    assert result["alignment"] != pytest.approx(history.measured[0].alignment, abs=1e-3)
    assert "second view" in result["pairs"] and result["encoder"].startswith("simclr")
    assert main(["geometry", str(run)]) == 0
    text = capsys.readouterr().out
    for words in ("at step 3", "mean of both sides", "pairs with the second view"):
        assert words in text


def test_a_run_takes_no_other_pairs_and_must_be_whole(run, vectors, capsys, tmp_path):
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (fresh / RUN).write_bytes((run / RUN).read_bytes())
    for arguments, words in [
        ([str(run), "--pairs", str(vectors / "x.npy")], "are known"),
        ([str(fresh)], "no checkpoint yet"),
    ]:
        assert main(["geometry", *arguments]) == 2
        captured = capsys.readouterr()
        assert words in captured.err and len(captured.err.splitlines()) == 1
        assert captured.out == ""


def test_a_project_may_have_pairs_beside_it(project, vectors, capsys):
    array = np.array(Project.open(project).vectors.array)
    np.save(vectors / "same.npy", array)
    arguments = [str(project), "--pairs", str(vectors / "same.npy"), "--json"]
    assert main(["geometry", *arguments]) == 0
    result = said(capsys)
    assert (result["alignment"], result["step"]) == (0, None)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f4"])
def test_any_floating_point_and_any_length_gives_the_same(vectors, capsys, dtype):
    path = vectors / "scaled.npy"
    np.save(path, (3 * np.load(vectors / "x.npy")).astype(dtype))
    figures = []
    for source in (vectors / "x.npy", path):
        assert main(["geometry", str(source), "--json"]) == 0
        figures.append(said(capsys))
    assert [each["normalized"] for each in figures] == [True, False]
    for name in ("uniformity", "mean_cosine", "effective_rank"):
        assert figures[1][name] == pytest.approx(figures[0][name], abs=2e-3)
    assert main(["geometry", str(path)]) == 0
    assert "brought to length 1" in capsys.readouterr().out


def test_a_sample_is_drawn_by_seed_and_said(vectors, capsys):
    command = ["geometry", str(vectors / "x.npy"), "--sample", "10", "--seed", "2"]
    assert main([*command, "--json"]) == 0
    result = said(capsys)
    rows = geometry.sampled_rows(40, 10, 2)
    expected = geometry.uniformity(torch.from_numpy(np.load(vectors / "x.npy")[rows]))
    assert (result["vectors"], result["measured"], result["seed"]) == (40, 10, 2)
    assert result["uniformity"] == pytest.approx(float(expected), abs=1e-5)
    assert main(command) == 0
    assert "10 of 40, drawn at random with seed 2" in capsys.readouterr().out


def test_pairs_follow_the_sample(vectors, capsys):
    x = str(vectors / "x.npy")
    assert main(["geometry", x, "--pairs", x, "--sample", "7", "--json"]) == 0
    assert said(capsys)["alignment"] == 0


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((3, 2)), "Row 0"),
        (np.array([[1.0, 0], [np.nan, 1]]), "Row 1"),
        (np.array([[1.0, 0], [0, 1], [np.inf, 1]]), "Row 2"),
        (np.ones((1, 4)), "two vectors"),
        (np.ones((0, 4)), "two vectors"),
        (np.ones(4), "floating-point"),
        (np.ones((4, 4), np.int64), "floating-point"),
        (np.array([[{}]], object), "holds no vectors"),
    ],
)
def test_arrays_without_directions_are_refused(tmp_path, capsys, array, words):
    path = tmp_path / "bad.npy"
    np.save(path, array, allow_pickle=True)
    assert main(["geometry", str(path)]) == 2
    (sentence,) = capsys.readouterr().err.splitlines()
    assert words in sentence
    assert "bad.npy" in sentence


def test_other_bad_input_is_one_sentence(vectors, capsys):
    x = str(vectors / "x.npy")
    np.save(vectors / "short.npy", np.ones((3, 5)))
    (vectors / "cut.npy").write_bytes((vectors / "x.npy").read_bytes()[:100])
    for arguments, words in [
        ([str(vectors)], "not a project"),
        ([str(vectors / "none.npy")], "missing"),
        ([str(vectors / "cut.npy")], "cut short"),
        ([x, "--pairs", str(vectors / "short.npy")], "3 × 5"),
        ([x, "--sample", "1"], "two vectors"),
    ]:
        assert main(["geometry", *arguments]) == 2
        captured = capsys.readouterr()
        (sentence,) = captured.err.splitlines()
        assert words in sentence
        assert captured.out == ""
