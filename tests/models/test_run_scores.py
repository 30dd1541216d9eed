"""A run on texts against its base: measured alike, kept beside the run, and read again."""

import json
from types import SimpleNamespace

import pytest
from fakes import HashEncoder
from senteval_folder import benchmark, put

from models import text_encoders
from models.evaluation import run_scores
from models.evaluation.run_scores import (
    SCORES,
    evaluate_text_run,
    keep_run_scores,
    kept_run_scores,
)
from models.evaluation.text_scores import Score, Scored
from models.events import finish
from models.training.shelf import SCORES as SHELF


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(tmp_path / "home"))


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run whose base and result are two encoders without weights; what was loaded is noted."""
    folder = tmp_path / "run"
    folder.mkdir()
    loaded = []

    def load(source, pooling):
        loaded.append((source, pooling))
        base = source == "its-base"
        return HashEncoder(dimensions=8 if base else 32, key="base" if base else "run")

    recipe = SimpleNamespace(net=SimpleNamespace(base="its-base", pooling="cls"))
    card = SimpleNamespace(step=9, best=(6, 80.0))
    monkeypatch.setattr(text_encoders, "load_text", load)
    monkeypatch.setattr(run_scores, "reopen_text", lambda _: (recipe, None))
    monkeypatch.setattr(run_scores, "read_card", lambda _: card)
    return SimpleNamespace(folder=folder, loaded=loaded)


@pytest.fixture
def data(tmp_path):
    benchmark(tmp_path / "data")
    put(tmp_path / "t.csv", "sent0,sent1,hard_neg\nA man sings.,Someone sings.,Nobody sings.\n")
    return tmp_path / "data", tmp_path / "t.csv"


def test_both_are_measured_with_the_pooling_of_the_run(run, data):
    folder, triplets = data
    events = []
    tasks = ("STSB", "geometry", "triplets")
    found = finish(evaluate_text_run(run.folder, tasks, folder, triplets), events.append)
    assert run.loaded == [("its-base", "cls"), (str(run.folder), "cls")]
    assert found.step == 6  # the best weights serve
    assert tuple(found.before) == tuple(found.after) == tasks
    keys = [event.key for event in events if isinstance(event, Scored)]
    assert keys == ["base"] * 3 + ["run"] * 3
    assert kept_run_scores(run.folder) == found
    shelf = json.loads((run.folder / SHELF).read_text())
    assert shelf["STS-B"] == found.after["STSB"].figures["STSB"]
    assert shelf["STS-B before training"] == found.before["STSB"].figures["STSB"]
    assert shelf["Triplets in order"] == found.after["triplets"].figures["ordered"]
    assert "Alignment" not in shelf  # it is no score


def test_the_base_is_measured_once_for_all_runs(run, data, monkeypatch):
    finish(evaluate_text_run(run.folder, ("STSB",), data[0]))
    measured = []
    monkeypatch.setattr(
        "models.evaluation.text_scores.measure_task",
        lambda vectors, *_: measured.append(vectors.encoder.card.key),
    )
    finish(evaluate_text_run(run.folder, ("STSB",), data[0]))
    assert measured == []


def test_an_average_is_kept_where_all_tasks_are(tmp_path):
    names = ("STS12", "STS13", "STS14", "STS15", "STS16", "STSB", "SICKR")
    before = {name: Score(name, "d", {name: 50.0}, 3) for name in names}
    after = {name: Score(name, "d", {name: 60.0}, 3) for name in names}
    found = run_scores.RunScores("base", "[CLS]", 3, before, after)
    keep_run_scores(tmp_path, found)
    shelf = json.loads((tmp_path / SHELF).read_text())
    assert shelf["STS average"] == 60 and shelf["STS average before training"] == 50


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"base": "b", "pooling": "p", "step": 1}'])
def test_what_cannot_be_read_is_as_if_it_were_not_there(tmp_path, text):
    assert kept_run_scores(tmp_path) is None
    (tmp_path / SCORES).write_text(text)
    assert kept_run_scores(tmp_path) is None
