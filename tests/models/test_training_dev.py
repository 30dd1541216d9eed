"""Text runs that are scored by judged pairs: the figure, the weights that serve, and bad files."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from test_training_loop import same_bits, steps_of
from text_kit import line, recipe, source

from models.__main__ import main
from models.data.sts_pairs import judged_pairs
from models.errors import InputError
from models.evaluation.embedding import SentenceVectors
from models.evaluation.sts import score_pairs
from models.events import finish
from models.text_encoders import load_text
from models.training.checkpoints import CHECKPOINT, read_run
from models.training.events import Scored
from models.training.history import read_history
from models.training.loop import train
from models.training.recipes import mlm, simcse, simcse_nli
from models.training.recipes.judging import JudgedLearner, read_judge
from models.training.recipes.runs import resume_run
from models.training.recipes.text_catalog import load_text_task, train_texts, trained_text
from models.training.shelf import read_card

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def dev(tmp_path_factory):
    """Forty pairs as the STS Benchmark lays them out, one of them longer than training reads."""
    path = tmp_path_factory.mktemp("dev") / "sts-dev.csv"
    pairs = [(line(n), line(n + 1 + n % 7, 5 + n % 3), 5 - n % 6) for n in range(40)]
    pairs[3] = (line(3, 50), line(8, 45), 2.5)
    rows = [f"g\tf\t2012\t{n}\t{gold}\t{a}\t{b}" for n, (a, b, gold) in enumerate(pairs)]
    path.write_text("\n".join(rows) + "\n")
    return path


def scored(files, dev, method=simcse, **changes):
    settings = {"steps": 6, "score_every": 2, "rate": 3e-2, **changes.pop("settings", {})}
    return recipe(files, method, dev=str(dev), settings=settings, **changes)


@pytest.fixture(scope="module")
def run(files, dev, tmp_path_factory):
    """A run at so high a rate that its last weights are not its best."""
    folder = tmp_path_factory.mktemp("run") / "run"
    events = []
    result = finish(train_texts(scored(files, dev), source(files), folder), events.append)
    return folder, result, [event for event in events if isinstance(event, Scored)]


def test_every_so_many_steps_and_before_the_first(run):
    folder, result, events = run
    assert [event.step for event in events] == [0, 2, 4, 6]
    assert read_history(folder).scores == tuple((event.step, event.score) for event in events)
    best = max(events[1:], key=lambda event: event.score)
    assert result.best == read_card(folder).best == (best.step, best.score)
    assert best.step < 6, "the test shows nothing if the last is the best"


def test_the_best_weights_serve_and_score_what_was_measured_in_training(run, dev, tmp_path, capsys):
    folder, result, events = run
    step, score = result.best
    about = trained_text(folder).about
    assert about.endswith(f"; as of step {step}, which scored best ({score:.2f}).")
    encoder = load_text(str(folder))
    pairs = judged_pairs(dev)
    served = finish(score_pairs(SentenceVectors(encoder), "dev", pairs)).spearman
    # Texts are read to their end in both, though training cuts them.
    assert served == pytest.approx(score, abs=0.01)
    assert abs(events[-1].score - score) > 0.1
    assert main(["export", str(folder), "--out", str(tmp_path / "out")]) == 0
    assert f"as of step {step}, which scored best" in capsys.readouterr().out
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert f"weights as of step {step}, which scored best" in card and f"{score:.2f}" in card
    assert "6 of 6 steps" in card


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_stopped_and_resumed_equals_unbroken(files, dev, run, tmp_path, count):
    plain = scored(files, dev)
    task = finish(load_text_task(plain, source(files)))
    work = train(task, plain.settings, tmp_path / "broken")
    steps_of(work, count)
    next(work)  # in the midst of a score where there is one
    work.close()
    result = finish(resume_run(tmp_path / "broken"))
    same_bits(load_file(run[0] / CHECKPOINT), load_file(tmp_path / "broken" / CHECKPOINT))
    assert result.best == run[1].best


def test_scoring_changes_nothing_about_the_training(files, run, tmp_path):
    plain = recipe(files, settings={"steps": 6, "rate": 3e-2})
    finish(train_texts(plain, source(files), tmp_path / "plain"))
    scored_, plain_ = load_file(run[0] / CHECKPOINT), load_file(tmp_path / "plain" / CHECKPOINT)
    mine = {name: t for name, t in scored_.items() if name in plain_}
    same_bits(mine, plain_)
    assert {n for n in scored_ if n not in plain_ and not n.startswith("best.")} == {
        "history.scores"
    }


def test_a_score_is_spearman_of_the_vectors_that_serve(files, dev):
    from scipy.stats import spearmanr

    task = finish(load_text_task(scored(files, dev), source(files)))
    learner = task.start(torch.device("cpu"), task.recipe.settings)
    assert isinstance(learner, JudgedLearner)
    pairs = judged_pairs(dev)
    short = [pair for pair in pairs if len(pair.first.split()) < 20]
    learner._pairs = tuple(short)
    with torch.no_grad():
        cosines = [
            torch.cosine_similarity(*learner.model.embed([pair.first, pair.second]), dim=0).item()
            for pair in short
        ]
    wanted = spearmanr([pair.gold for pair in short], cosines).statistic * 100
    assert finish(learner.score()) == pytest.approx(wanted, abs=0.3)  # cosines of a few are equal


def test_cosines_that_are_all_equal_score_nothing(files, dev):
    task = finish(load_text_task(scored(files, dev), source(files)))
    learner = task.start(torch.device("cpu"), task.recipe.settings)
    learner.model.embed = lambda texts: torch.ones(len(texts), 4)
    assert finish(learner.score()) == 0.0


@pytest.mark.parametrize("method", [simcse_nli, mlm])
def test_other_methods_are_scored_alike(files, dev, tmp_path, method):
    texts = source(files, method if method is simcse_nli else simcse)
    plain = scored(files, dev, method, settings={"steps": 2, "epochs": None})
    result = finish(train_texts(plain, texts, tmp_path / "run"))
    assert result.best is not None and trained_text(tmp_path / "run").about


def test_other_pairs_do_not_go_on_with_a_run(files, dev, tmp_path):
    own = tmp_path / "dev.csv"
    own.write_text(dev.read_text())
    work = train_texts(scored(files, own), source(files), tmp_path / "run")
    steps_of(work, 1)
    work.close()
    own.write_text(dev.read_text().replace("\t5\t", "\t4\t"))
    with pytest.raises(InputError, match=r"data\.dev was"):
        finish(resume_run(tmp_path / "run"))
    own.unlink()
    with pytest.raises(InputError, match="no file"):
        finish(resume_run(tmp_path / "run"))


def test_the_command_prints_scores_and_names_the_best(files, dev, tmp_path, capsys):
    line_ = ["train", "simcse", "--data", str(files / "lines.txt"), "--base", str(files / "base")]
    line_ += ["--batch", "8", "--probe", "6", "--steps", "4", "--dev", str(dev)]
    line_ += ["--dev-every", "2", "--out", str(tmp_path / "run")]
    assert main([*line_, "--json"]) == 0
    said = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    scores = [each for each in said if "score" in each]
    assert [each["step"] for each in scores] == [0, 2, 4] and not scores[0]["best"]
    best = max(scores[1:], key=lambda each: each["score"])
    assert said[-1]["best"] == {"step": best["step"], "score": best["score"]}
    assert read_run(tmp_path / "run").config["settings"]["score_every"] == 2
    assert main([*line_[:-1], str(tmp_path / "two")]) == 0
    assert f"Its encoder is that of step {best['step']}" in capsys.readouterr().out
    assert main([*line_[:-6], "--dev-every", "2", "--out", str(tmp_path / "three")]) == 2
    assert "--dev-every is for --dev" in capsys.readouterr().err


def test_pairs_of_other_publishers(tmp_path):
    glue = tmp_path / "dev.tsv"
    glue.write_text("index\tgenre\tsentence1\tsentence2\tscore\n0\tg\tA cat.\tA dog.\t1.5\n" * 1)
    with glue.open("a") as file:
        file.write('1\tg\tA "cat.\tTwo.\t5.0\n2\tg\tThree.\tFour.\t0\n')
    pairs = judged_pairs(glue)
    assert [pair.gold for pair in pairs] == [1.5, 5.0, 0.0] and pairs[1].first == 'A "cat.'
    sick = tmp_path / "sick.txt.tsv"
    sick.write_text(
        "pair_ID\tsentence_A\tsentence_B\trelatedness_score\n1\ta\tb\t3\n2\tc\td\t4\n3\te\tf\t1\n"
    )
    assert np.mean([pair.gold for pair in judged_pairs(sick)]) == pytest.approx(8 / 3)
    home = tmp_path / "senteval" / "STS" / "STSBenchmark"
    home.mkdir(parents=True)
    (home / "sts-dev.csv").write_text("g\tf\ty\t0\t2.0\tOne.\tTwo.\n")
    assert len(judged_pairs(tmp_path / "senteval")) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "columns are not|0 pairs"),
        ("a,b\n1,2\n", "its columns are not sentence1"),
        ("sentence1,sentence2,score\nA cat.,A dog.,high\n", "score high, no number"),
        ("sentence1,sentence2,score\nA cat.,,2\nc,d,3\n", "line 2 lacks a sentence"),
        ("sentence1,sentence2,score\na,b,1\nc,d\n", "line 3: It has 2 columns"),
        ("sentence1,sentence2,score\na,b,1\nc,d,2\n", "2 pairs, too few"),
        ("sentence1,sentence2,score\na,b,1\nc,d,1\ne,f,1\n", "equally alike"),
        ("g\tf\ty\t0\t2.0\tOne.\tTwo.\ng\tf\ty\n", "3 columns instead of 7"),
    ],
)
def test_files_that_are_none(tmp_path, text, words):
    (tmp_path / "dev.csv").write_text(text)
    with pytest.raises(InputError, match=words):
        read_judge(str(tmp_path / "dev.csv"))


def test_a_missing_file_stops_before_anything_is_written(files, tmp_path, capsys):
    plain = replace(recipe(files), dev=str(tmp_path / "none.csv"))
    with pytest.raises(InputError, match="no file"):
        finish(train_texts(plain, source(files), tmp_path / "run"))
    assert not (tmp_path / "run").exists()
