"""What ships trained: two runs to replay, and an image encoder with its card."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from models.data.images import train_test
from models.encoders.image_folder import CARD, CONFIG, WEIGHTS, bundled_image_encoder
from models.evaluation.image_features import features, raw_pixels
from models.evaluation.knn import knn_accuracy
from models.evaluation.saved import kept
from models.events import finish
from models.samples import assets, copy_bundled_runs
from models.training.history import read_history
from models.training.recipes.catalog import BUNDLED, load_image_encoder
from models.training.shelf import known_runs

CIFAR = Path(__file__).parents[3] / "shared" / "data" / "cifar10"
RUNS = assets() / "sample" / "runs"


@pytest.mark.parametrize("method", ["simclr", "supcon"])
def test_a_bundled_run_is_whole_and_has_learnt(method):
    history = read_history(RUNS / f"bundled-{method}")
    assert history.step == history.steps == 500 == len(history.losses)
    assert history.frames.shape == (57, 128, 128) and history.pixels.shape == (128, 32, 32, 3)
    assert len(history.classes) == 8 and history.losses[-50:].mean() < history.losses[:50].mean()
    evaluation = kept(RUNS / f"bundled-{method}")
    assert evaluation is not None and evaluation.own
    figures = evaluation.shares[0].figures
    assert figures["linear"] > figures["random_linear"] + 10 > figures["raw_linear"]


def test_nothing_bundled_names_the_machine_it_was_made_on():
    for folder in (*RUNS.iterdir(), bundled_image_encoder()):
        texts = [path.read_text("utf-8") for path in folder.iterdir() if path.suffix != ".npy"
                 and path.suffix != ".safetensors"]  # fmt: skip
        assert texts and not any(re.search(r"/(home|root|tmp|work|Users)/", t) for t in texts)
        assert not (folder / ".lock").exists()


def test_bundled_runs_are_put_on_the_shelf_once(tmp_path):
    copy_bundled_runs(tmp_path / "runs")
    cards = known_runs(tmp_path / "runs")
    titles = sorted(card.title for card in cards)
    assert titles == ["SimCLR on shapes, bundled", "SupCon on shapes, bundled"]
    assert all(card.finished and card.scores["linear"] > 50 for card in cards)
    marked = cards[0].folder / "scores.json"
    marked.write_text(json.dumps({"linear": 1.0}))
    shutil.rmtree(cards[1].folder)
    copy_bundled_runs(tmp_path / "runs")
    assert json.loads(marked.read_text()) == {"linear": 1.0}  # a kept one is left
    assert len(known_runs(tmp_path / "runs")) == 2
    assert [path for path in (tmp_path / "runs").iterdir() if path.name.startswith(".")] == []


def test_the_bundled_encoder_is_small_and_has_a_card():
    folder = bundled_image_encoder()
    assert (folder / WEIGHTS).stat().st_size < 25 << 20
    with safe_open(str(folder / WEIGHTS), "pt") as file:
        kinds = {file.get_tensor(name).dtype for name in file.keys()}  # noqa: SIM118
    assert kinds <= {torch.float16, torch.int64}
    card = (folder / CARD).read_text("utf-8")
    assert "linear evaluation on frozen features" in card and "raw pixels" in card
    assert json.loads((folder / CONFIG).read_text("utf-8"))["size"] == 32


@pytest.mark.skipif(not CIFAR.is_dir(), reason="CIFAR-10 is not there")
def test_the_bundled_encoder_tells_classes_apart_better_than_pixels_do():
    encoder = load_image_encoder(BUNDLED)
    train, test = finish(
        train_test(str(CIFAR / "train.parquet"), size=32, limit=2000, test_limit=500)
    )
    ours = [finish(features(encoder.net, images)) for images in (train, test)]
    pixels = [raw_pixels(images) for images in (train, test)]
    scores = [knn_accuracy(x, train.labels, y, test.labels, 20) for x, y in (ours, pixels)]
    assert np.isfinite(ours[0]).all()
    assert scores[0] > scores[1] + 10
