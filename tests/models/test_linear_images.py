"""``evaluate linear`` and ``evaluate knn`` on a run that was just trained."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from models.__main__ import main
from models.data.images import image_set
from models.encoders.image import ImageNetSpec, build
from models.evaluation.image_features import features, raw_pixels
from models.evaluation.saved import EVALUATION, evaluate_and_keep, kept
from models.events import finish
from models.training.checkpoints import CHECKPOINT
from models.training.loop import train
from models.training.recipes.catalog import load_task, trained_model
from models.training.recipes.simclr import PRESETS
from models.training.shelf import SCORES, read_card


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run of three steps on 300 generated shapes."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    recipe = PRESETS["laptop"]
    settings = replace(recipe.settings, steps=3, batch=16, frames=1, measurements=1)
    task = finish(load_task(replace(recipe, settings=settings, probe=8), "shapes", 300))
    finish(train(task, task.recipe.settings, folder))
    return folder


def evaluated(capsys, *arguments):
    """The objects printed by ``evaluate``."""
    assert main(["evaluate", *map(str, arguments), "--device", "cpu", "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def refused(capsys, *arguments):
    """The one sentence in which ``evaluate`` declines."""
    assert main(["evaluate", *map(str, arguments), "--device", "cpu"]) == 2
    captured = capsys.readouterr()
    assert not captured.out
    return captured.err.splitlines()[-1]


def folder_of_images(root, **counts):
    rng = np.random.default_rng(0)
    for name, count in counts.items():
        (root / name).mkdir(parents=True)
        for number in range(count):
            pixels = rng.integers(0, 255, (16, 16, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(root / name / f"{number}.png")
    return root


def test_linear_prints_the_encoder_against_its_baselines(trained, capsys):
    (result,) = evaluated(capsys, "linear", trained, "--data", "shapes")
    figures = [result[name] for name in ("linear", "knn", "raw_linear", "random_linear")]
    assert all(0 <= figure <= 100 for figure in figures)
    assert result["linear"] > 100 / 8  # better than chance
    assert [result[name] for name in ("labels", "count", "train", "test")] == [100, 240, 240, 60]
    matrix = np.array(result["confusion"])
    assert matrix.shape == (8, 8) and matrix.sum() == 60
    assert 100 * np.trace(matrix) / 60 == pytest.approx(result["linear"])
    assert result["notes"] == []


def test_the_runs_own_data_is_the_default_and_figures_repeat(trained, capsys):
    first = evaluated(capsys, "linear", trained)
    assert first == evaluated(capsys, "linear", trained, "--data", "shapes")


def test_each_fraction_of_the_labels_is_a_line(trained, capsys):
    lines = evaluated(capsys, "linear", trained, "--labels", "1.0", ".1", ".01")
    assert [line["labels"] for line in lines] == [100, 10, 1]
    assert [line["count"] for line in lines] == [240, 24, 8]
    assert any("less than one a class" in note for note in lines[0]["notes"])


def test_knn_measures_neighbours_alone(trained, capsys):
    (result,) = evaluated(capsys, "knn", trained, "--limit", "300")
    assert {"knn", "raw_knn", "random_knn", "labels"} < result.keys()
    assert "linear" not in result
    matrix = np.array(result["confusion"])
    assert 100 * np.trace(matrix) / matrix.sum() == pytest.approx(result["knn"])


def test_other_data_than_the_runs_is_said(trained, capsys):
    (result,) = evaluated(capsys, "knn", trained, "--data", "digits", "--limit", "100")
    assert result["classes"] == [str(digit) for digit in range(10)]
    assert result["notes"] == [
        "The run was trained on shapes; it is evaluated on other images, with the 10 classes of "
        "Digits."
    ]


def test_another_choice_of_the_same_data_is_said(trained, capsys):
    (result,) = evaluated(capsys, "knn", trained, "--data", "shapes", "--limit", "80")
    assert "another choice of these images" in result["notes"][0]


def test_the_table_for_people_names_what_was_measured(trained, capsys):
    assert main(["evaluate", "knn", str(trained), "--device", "cpu"]) == 0
    text = capsys.readouterr().out
    assert "240 images to learn from, 60 to test on" in text
    assert "raw_knn" in text and "100% (240)" in text and "triangle" in text


def test_all_six_figures_are_kept_and_become_the_runs_scores(trained):
    (trained / SCORES).unlink(missing_ok=True)
    result = finish(evaluate_and_keep(trained, (1.0, 0.1)))
    names = {f"{prefix}{kind}" for prefix in ("", "raw_", "random_") for kind in ("linear", "knn")}
    assert [set(share.figures) for share in result.shares] == [names, names]
    assert result.own and result.step == 3
    assert read_card(trained).scores == result.shares[0].figures
    again = kept(trained)
    assert (again.data, again.classes, again.train, again.test, again.notes, again.step) == (
        *(result.data, result.classes, result.train, result.test, result.notes, result.step),
    )
    for share, other in zip(result.shares, again.shares, strict=True):
        assert (share.labels, share.count, share.k, share.l2) == (
            *(other.labels, other.count, other.k, other.l2),
        )
        assert share.figures == other.figures
        np.testing.assert_array_equal(share.confusion, other.confusion)
        assert not other.confusion.flags.writeable


def test_figures_of_a_share_or_of_other_images_are_no_scores(trained, capsys):
    (trained / SCORES).unlink(missing_ok=True)
    finish(evaluate_and_keep(trained, (0.5,)))
    assert kept(trained).own and read_card(trained).scores == {}
    finish(evaluate_and_keep(trained, (1.0,), limit=100))
    assert not kept(trained).own and read_card(trained).scores == {}
    evaluated(capsys, "knn", trained, "--data", "digits", "--limit", "100")
    assert kept(trained).data == "Digits" and read_card(trained).scores == {}


def test_the_command_keeps_what_it_prints(trained, capsys):
    (result,) = evaluated(capsys, "knn", trained)
    (share,) = kept(trained).shares
    assert share.confusion.tolist() == result["confusion"]
    assert read_card(trained).scores == {
        name: result[name] for name in ("knn", "raw_knn", "random_knn")
    }


@pytest.mark.parametrize(
    "spoil",
    [
        lambda value: value.pop("notes"),
        lambda value: value.update(format=0),
        lambda value: value.update(shares=[]),
        lambda value: value.update(shares="none"),
        lambda value: value["classes"].pop(),
        lambda value: value["shares"][0].update(figures={"linear": "high"}),
    ],
)
def test_a_damaged_evaluation_is_none(trained, tmp_path, capsys, spoil):
    evaluated(capsys, "knn", trained)
    value = json.loads((trained / EVALUATION).read_text())
    (tmp_path / EVALUATION).write_text(json.dumps(value))
    assert kept(tmp_path) is not None
    spoil(value)
    (tmp_path / EVALUATION).write_text(json.dumps(value))
    assert kept(tmp_path) is None
    (tmp_path / EVALUATION).write_bytes(b"\xff{")
    assert kept(tmp_path) is None
    assert kept(tmp_path / "nowhere") is None


def test_a_folder_that_is_no_run(tmp_path, capsys):
    assert "is no training run" in refused(capsys, "linear", tmp_path, "--data", "shapes")


def test_a_run_without_a_checkpoint(trained, tmp_path, capsys):
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.json").write_bytes((trained / "run.json").read_bytes())
    assert not (run / CHECKPOINT).exists()
    assert "no checkpoint" in refused(capsys, "linear", run)


def test_data_of_one_class(trained, tmp_path, capsys):
    data = folder_of_images(tmp_path / "data", cats=6)
    sentence = refused(capsys, "linear", trained, "--data", data)
    assert "one class only (cats)" in sentence


def test_fewer_labels_than_classes(trained, tmp_path, capsys):
    data = folder_of_images(tmp_path / "data", **{f"class{number}": 1 for number in range(5)})
    sentence = refused(capsys, "linear", trained, "--data", data)
    assert "4 labels to learn from, fewer than its 5 classes" in sentence


def test_a_fraction_that_is_none(trained, capsys):
    assert "no fraction" in refused(capsys, "linear", trained, "--labels", "2")


def test_a_device_that_is_not_there(trained, capsys):
    assert main(["evaluate", "knn", str(trained), "--device", "cuda:77"]) == 2
    assert "no device cuda:77" in capsys.readouterr().err


def test_features_are_the_backbones_whatever_the_batch(trained, monkeypatch):
    net = trained_model(trained)
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (5, 32, 32, 3), dtype=np.uint8)
    images = image_set(pixels, np.zeros(5, np.int64), ("one",), "Five", "five")
    whole = finish(features(net, images))
    monkeypatch.setattr("models.evaluation.image_features._BATCH", 2)
    assert whole.shape == (5, 256) and whole.dtype == np.float32
    assert np.allclose(finish(features(net, images)), whole, atol=1e-5)
    untrained = build(ImageNetSpec(), PRESETS["laptop"].settings.seed).eval()
    assert not np.allclose(finish(features(untrained, images)), whole, atol=1e-3)


def test_large_pixels_are_averaged_down():
    pixels = np.zeros((2, 64, 64, 3), np.uint8)
    pixels[1, ::2] = 255
    images = image_set(pixels, np.zeros(2, np.int64), ("one",), "Two", "two")
    raw = raw_pixels(images)
    assert raw.shape == (2, 3 * 32 * 32)
    assert np.allclose(raw[0], 0) and np.allclose(raw[1], 0.5)
