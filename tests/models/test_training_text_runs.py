"""Runs on texts: kept, broken off, gone on with, estimated, and what is refused."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from safetensors.torch import load_file
from test_training_loop import same_bits, steps_of
from text_kit import CPU, recipe, source, task
from tiny import edit, save_bert
from toy_task import ToyTask

from models.__main__ import main
from models.encoders.trainable import TextNetSpec, build_text, read_base
from models.errors import InputError
from models.events import finish
from models.training import checkpoints
from models.training.checkpoints import CHECKPOINT, RUN, write_run
from models.training.estimate import estimate
from models.training.history import TEXTS, read_history
from models.training.loop import train
from models.training.recipes import catalog, simcse, simcse_nli
from models.training.recipes.runs import resume_run
from models.training.recipes.text import TextRecipe
from models.training.recipes.text_catalog import (
    reopen_text,
    resume_texts,
    train_texts,
)
from models.training.settings import FREE, Settings, as_config, plan
from models.training.shelf import known_runs, read_card
from models.vector_sets import of_run
from models.wire import pack, unpack

pytestmark = pytest.mark.usefixtures("one_thread")


def test_a_run_is_events_frames_texts_and_a_card(files, tmp_path):
    folder = tmp_path / "20260102-030405"
    result = finish(train_texts(recipe(files), source(files), folder))
    history = read_history(folder)
    assert result.steps == history.step == 5
    assert history.pixels is None and len(history.texts) == 20
    assert history.texts[:10] == history.texts[10:]
    assert (history.labels == -1).all() and history.frames.shape[1:] == (20, 24)
    lengths = np.linalg.norm(history.frames.astype(np.float32), axis=2)
    np.testing.assert_allclose(lengths, 1, atol=2e-3)
    trained = {text for (text,) in task(files).texts.train}
    assert not trained & set(history.texts) and len(trained) == 50
    (card,) = known_runs(tmp_path)
    assert (card.kind, card.method, card.backbone) == ("text", "simcse", "base")
    assert (card.dimensions, card.temperature, card.finished) == (24, 0.05, True)
    assert card.title == "SimCSE on lines, 2 Jan 03:04"
    assert reopen_text(folder) == (recipe(files), source(files))
    shown = of_run(folder)
    assert shown.noun == "sentences never trained on"
    assert shown.paired == "the same sentence under another dropout mask"


def test_a_run_on_triplets_is_watched_as_premise_and_entailment(files, tmp_path):
    finish(train_texts(recipe(files, simcse_nli), source(files, simcse_nli), tmp_path / "run"))
    history = read_history(tmp_path / "run")
    held = task(files, simcse_nli).texts.held
    assert history.texts == (*(e[0] for e in held), *(e[1] for e in held))
    assert of_run(tmp_path / "run").paired == "a sentence that follows from it"


def test_images_and_text_are_not_taken_for_each_other(files, tmp_path):
    finish(train_texts(recipe(files), source(files), tmp_path / "text"))
    with pytest.raises(InputError, match="not trained on images"):
        catalog.reopen(tmp_path / "text")
    with pytest.raises(InputError, match="not trained on images"):
        catalog.load_image_encoder(tmp_path / "text")
    images = ["--data", "shapes", "--limit", "60", "--batch", "16", "--steps", "1"]
    assert main(["train", "simclr", *images, "--out", str(tmp_path / "image")]) == 0
    with pytest.raises(InputError, match="not trained on sentences"):
        reopen_text(tmp_path / "image")
    assert {card.kind for card in known_runs(tmp_path)} == {"image", "text"}
    assert read_card(tmp_path / "image").kind == "image"


@pytest.mark.parametrize(
    ("method", "changes"),
    [(simcse, {}), (simcse, {"views": "delete-one"}), (simcse_nli, {"net": {"pooling": "mean"}})],
)
def test_stopped_and_resumed_equals_unbroken(files, tmp_path, method, changes):
    made = task(files, method, **changes)
    finish(train(made, made.recipe.settings, tmp_path / "whole"))
    work = train(task(files, method, **changes), made.recipe.settings, tmp_path / "broken")
    steps_of(work, 2)
    work.close()
    finish(resume_run(tmp_path / "broken"))
    whole, broken = (load_file(tmp_path / name / CHECKPOINT) for name in ("whole", "broken"))
    same_bits(whole, broken)
    frames = [read_history(tmp_path / name).frames for name in ("whole", "broken")]
    assert np.array_equal(*frames)


def test_training_finds_sentences_and_brings_their_views_together(files, tmp_path):
    settings = {"steps": 60, "batch": 16, "rate": 5e-3}
    result = finish(train_texts(recipe(files, settings=settings), source(files), tmp_path / "run"))
    losses = read_history(tmp_path / "run").losses
    assert losses[-5:].mean() < 0.8 * math.log(16) < losses[:5].mean()
    assert result.last.alignment < 0.8 * result.first.alignment


def test_a_recipe_crosses_between_processes_and_comes_back_from_its_folder(files):
    for value in (recipe(files, simcse_nli, views="crop"), source(files)):
        assert unpack(json.loads(json.dumps(pack(value)))) == value
    made = recipe(files, hard_negative_weight=2.0, alpha=0.3)
    config = {"recipe": made.as_config(), "settings": as_config(made.settings)}
    free = {name: getattr(made.settings, name) for name in FREE}
    assert TextRecipe.from_config(json.loads(json.dumps(config)), free) == made
    with pytest.raises(InputError, match="not made by this version"):
        TextRecipe.from_config({"recipe": {"method": "simcse"}}, free)


def test_an_estimate_counts_the_optimiser_and_writes_nothing(files):
    made = task(files)
    guess = finish(estimate(made, made.recipe.settings))
    count = sum(p.numel() for p in made.start(CPU, made.recipe.settings).model.parameters())
    assert guess.steps == 5 and guess.seconds > 0 and guess.memory > 4 * 4 * count


def test_the_rate_falls_in_a_line(files):
    schedule = plan(recipe(files).settings, 50)
    rates = [schedule.rate_at(step) / schedule.rate for step in range(5)]
    assert rates == pytest.approx([1, 0.8, 0.6, 0.4, 0.2])


def test_a_run_from_before_there_were_schedules_goes_on(tmp_path, monkeypatch):
    settings = Settings(batch=16, steps=3, warmup_epochs=0.5)
    monkeypatch.setattr("models.training.loop.write_run", _without_schedule)
    work = train(ToyTask(), settings, tmp_path / "run")
    next(work)
    work.close()
    monkeypatch.undo()
    assert "schedule" not in json.loads((tmp_path / "run" / RUN).read_text())["config"]["settings"]
    assert finish(train(ToyTask(), settings, tmp_path / "run", resume=True)).steps == 3
    with pytest.raises(InputError, match="schedule was cosine, not linear"):
        finish(train(ToyTask(), replace(settings, schedule="linear"), tmp_path / "run", True))


def _without_schedule(folder, config, free):
    del config["settings"]["schedule"], config["plan"]["schedule"]
    return write_run(folder, config, free)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"temperature": 0.0}, "temperature is 0.0"),
        ({"hard_negative_weight": -1.0}, "weight of hard negatives is -1.0"),
        ({"net": {"dropout": 1.0}}, "dropout of 1.0"),
        ({"net": {"max_length": 65}}, "cannot read 65 tokens"),
        ({"settings": {"batch": 51}}, "larger than the data"),
        ({"settings": {"schedule": "steps"}}, "no schedule"),
        ({"views": "mirror"}, "no views called mirror"),
        ({"views": "crop", "alpha": 2.0}, "between 0 and 1"),
        ({"views": "cutoff-token", "alpha": -0.1}, "between 0 and 1"),
    ],
)
def test_settings_out_of_range_are_one_sentence(files, tmp_path, changes, words):
    with pytest.raises(InputError, match=words):
        finish(train_texts(recipe(files, **changes), source(files), tmp_path / "run"))
    assert not (tmp_path / "run" / CHECKPOINT).exists()


def test_a_tokenizer_of_another_model_is_refused(files, tmp_path):
    base = tmp_path / "base"
    save_bert(base)
    words = json.loads((base / "tokenizer.json").read_text())
    words["model"]["vocab"] |= {f"new{n}": 100 + n for n in range(9)}
    (base / "tokenizer.json").write_text(json.dumps(words))
    with pytest.raises(InputError, match="do not belong together"):
        build_text(TextNetSpec(), read_base(str(base)), 0)


def test_a_base_that_writes_or_is_missing_is_refused(files, tmp_path):
    base = tmp_path / "base"
    save_bert(base)
    edit(base / "config.json", is_decoder=True)
    with pytest.raises(InputError, match="writes texts"):
        read_base(str(base))
    with pytest.raises(InputError, match="There is no encoder at"):
        read_base(str(tmp_path / "no" / "where" / "else"))


def test_another_base_does_not_go_on_with_a_run(files, tmp_path):
    base = tmp_path / "base"
    save_bert(base)
    made = recipe(files, net={})
    made = replace(made, net=replace(made.net, base=str(base)))
    work = train_texts(made, source(files), tmp_path / "run")
    steps_of(work, 1)
    work.close()
    edit(base / "config.json", layer_norm_eps=1e-6)
    with pytest.raises(InputError, match=r"base\.key was"):
        finish(resume_texts(tmp_path / "run"))


def test_texts_of_another_run_are_not_shown(files, tmp_path):
    finish(train_texts(recipe(files), source(files), tmp_path / "run"))
    np.save(tmp_path / "run" / f"{TEXTS}.npy", np.array(["one"]))
    with pytest.raises(InputError, match="does not hold the texts"):
        read_history(tmp_path / "run")


def test_the_checksum_covers_the_recipe(files, tmp_path):
    finish(train_texts(recipe(files), source(files), tmp_path / "run"))
    path = tmp_path / "run" / RUN
    path.write_text(path.read_text().replace('"views": "dropout"', '"views": "same-mask"'))
    with pytest.raises(InputError, match="changed after"):
        checkpoints.read_run(tmp_path / "run")
