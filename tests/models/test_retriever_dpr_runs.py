"""Runs of DPR among the retrievers: in the table of negatives, and as encoders of a corpus."""

import json

import pytest
from dpr_kit import recipe, source
from fakes import HashEncoder

from models.data.cut import Cutting
from models.evaluation.comparison import differences, measure_encoder, measure_words, rankings_of
from models.evaluation.comparison_questions import comparison_questions
from models.evaluation.judged import judge
from models.evaluation.negatives_table import negatives_runs
from models.events import finish
from models.indexing import build
from models.project import Recipe
from models.training.recipes.dpr_catalog import train_dpr
from models.training.shelf import write_scores

pytestmark = pytest.mark.usefixtures("one_thread")
KINDS = {
    "a": ({"hard": 0, "gold": 2, "in_batch": False}, "gold"),
    "b": ({"hard": 0, "in_batch": True}, "in-batch"),
}


@pytest.fixture(scope="module")
def files(dpr_files):
    return dpr_files


@pytest.fixture
def runs(files, tmp_path):
    for name, (negatives, _) in KINDS.items():
        made = recipe(files, negatives=negatives, settings={"steps": 2})
        finish(train_dpr(made, source(files), tmp_path / "runs" / name))
    return tmp_path / "runs"


def test_runs_are_told_by_their_negatives_and_their_scores(runs):
    write_scores(runs / "b", {"top5": 61.0, "top20": 83.5, "top1": 20.0})
    found = {run.folder.name: run for run in finish(negatives_runs(runs))}
    assert {name: run.kind for name, run in found.items()} == {n: k for n, (_, k) in KINDS.items()}
    assert dict(found["b"].held) == {5: 61.0, 20: 83.5} and not found["a"].held
    assert "2 gold of its own" in found["a"].told and found["a"].step == 2
    # A run whose negatives cannot be read is passed over; opening it says why.
    path = runs / "a" / "run.json"
    values = json.loads(path.read_text("utf-8"))
    values["config"]["recipe"]["negatives"] = {"unheard": 1}
    path.write_text(json.dumps(values), "utf-8")
    assert [run.folder.name for run in finish(negatives_runs(runs))] == ["b"]


def test_a_run_is_compared_over_a_corpus(runs, files, tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(tmp_path / "home"))
    corpus = tmp_path / "corpus.csv"
    rows = (files / "questions.csv").read_text("utf-8").splitlines()[1:]
    passages = dict.fromkeys(row.split(",", 1)[1] for row in rows)
    corpus.write_text("\n".join(["text,title", *passages]), "utf-8")
    made = Recipe((str(corpus),), cutting=Cutting(0))
    project = finish(build(made, tmp_path / "project", HashEncoder()))
    questions = finish(comparison_questions(str(files / "questions.csv")))
    judged = finish(judge(questions, project.passages))
    assert judged.has_gold.all() and len(judged) == 60
    words = finish(measure_words(project, judged))
    run = finish(measure_encoder(project, judged, str(runs / "b")))
    assert run.figures.gold.at(100).value == 100  # the corpus is smaller than that
    assert rankings_of(run, [words, run]).rows.shape == (60, len(project.passages))
    tested = finish(differences(words, [words, run], judged, "top1", "gold"))
    assert list(tested) == [str(runs / "b")]
    gap = run.figures.gold.at(1).value - words.figures.gold.at(1).value
    assert tested[run.id].value == pytest.approx(gap)
