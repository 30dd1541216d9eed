"""A small reader learns, goes on where it stopped, and reads the same from its own folder."""

import json
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import reader_kit
import tiny

from models.errors import InputError
from models.evaluation.ranking import has_answer
from models.events import Skipped, finish
from models.reader.load import load_reader
from models.reader.near import near_paragraphs
from models.reader.recipe import SIDES
from models.reader.runs import (
    estimate_reader,
    load_reader_task,
    resume_reader,
    train_reader,
)
from models.reader.saved import FILE, WEIGHTS, read_small
from models.reader.squad import held_articles, read_reader_set
from models.reader.watched import MARKS, Mark, read_watched
from models.training.checkpoints import read_checkpoint, read_run
from models.training.events import StepDone
from models.training.history import read_history
from models.training.loop import train
from models.training.recipes.runs import export_run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A base, questions, and a run that has learnt them."""
    folder = tmp_path_factory.mktemp("reader")
    base, data = reader_kit.base(folder / "base"), reader_kit.squad(folder)
    result = finish(train_reader(reader_kit.recipe(base), str(data), folder / "run"))
    return folder, base, data, result


def read(reader, question, *texts):
    return finish(reader.reading(question, [("", text) for text in texts]))


def test_it_learns_where_answers_stand(made):
    result = made[3]
    assert result.first.knn < 60 and result.last.knn >= 80
    reader = load_reader(str(made[0] / "run"))
    text = "the cat sat on mat . the dog ran away from home ."
    assert read(reader, "where is cat ?", text).answers[0].text == "mat"
    found = read(reader, "where is dog ?", text).answers[0]
    assert found.text == "home" and text[found.start : found.end] == "home"


def test_confidences_of_all_passages_and_of_none_add_up(made):
    reader = load_reader(str(made[0] / "run"))
    reading = read(reader, "where is cat ?", "the cat sat on mat .", "the dog ran .", "paris")
    assert len(reading.answers) == 3 and reading.none is not None
    total = sum(answer.score for answer in reading.answers) + reading.none
    assert total == pytest.approx(1)
    scores = [answer.score for answer in reading.answers]
    assert scores == sorted(scores, reverse=True)


def test_passages_do_not_change_each_other(made):
    reader = load_reader(str(made[0] / "run"))
    alone = read(reader, "where is cat ?", "the cat sat on mat .").answers[0]
    among = read(reader, "where is cat ?", "paris is in france", "the cat sat on mat .", "home")
    there = next(answer for answer in among.answers if answer.passage == 1)
    assert (there.text, there.span) == (alone.text, pytest.approx(alone.span, rel=1e-4))


def test_a_run_that_was_stopped_ends_with_the_same_bits(made, tmp_path):
    _, base, data, _ = made
    recipe = reader_kit.recipe(base, steps=8)
    whole = finish(train_reader(recipe, str(data), tmp_path / "whole"))
    task = finish(load_reader_task(recipe, str(data)))
    with closing(train(task, recipe.settings, tmp_path / "broken")) as going:
        for event in going:
            if isinstance(event, StepDone) and event.step == 3:
                break
    finish(resume_reader(tmp_path / "broken"))
    checkpoints = [
        read_checkpoint(place, read_run(place)).tensors
        for place in (whole.folder, tmp_path / "broken")
    ]
    assert checkpoints[0].keys() == checkpoints[1].keys()
    for name, tensor in checkpoints[0].items():
        np.testing.assert_array_equal(tensor.numpy(), checkpoints[1][name].numpy(), name)


def test_an_estimate_trains_a_few_steps_and_writes_nothing(made):
    recipe = reader_kit.recipe(made[1], steps=50)
    guess = finish(estimate_reader(recipe, str(made[2])))
    assert guess.steps == 50 and guess.seconds > 0 and guess.memory > 0


def test_the_exported_folder_reads_the_same_and_is_small(made, tmp_path):
    out = tmp_path / "reader"
    export_run(made[0] / "run", out, "Tiny")
    text = "the cat sat on mat . the dog ran away from home ."
    first = read(load_reader(str(made[0] / "run")), "where is dog ?", text)
    second = read(load_reader(str(out)), "where is dog ?", text)
    assert second.answers[0].text == first.answers[0].text
    assert second.answers[0].score == pytest.approx(first.answers[0].score, abs=0.02)
    card = (out / "README.md").read_text()
    assert card.startswith("# Tiny") and f"for {made[3].best[0]} steps" in card
    spec = read_small(out).spec
    weights = sum(t.numel() for t in read_small(out).tensors.values())
    assert spec.layers == 2 and (out / WEIGHTS).stat().st_size < 2 * weights + 5000


def test_the_base_below_the_cut_stays_as_it_is(made):
    names = read_checkpoint(made[0] / "run", read_run(made[0] / "run")).serving()
    trained = {"upper", "marks", "spans", "relevance", "threshold"}
    assert {name.split(".")[0] for name in names} == trained
    assert {name.split(".")[1] for name in names if name.startswith("upper")} == {"0", "1"}


def test_another_base_is_refused(made, tmp_path):
    out = tmp_path / "reader"
    export_run(made[0] / "run", out)
    other = shutil.copytree(made[1], tmp_path / "other")
    tiny.edit(other / "config.json", layer_norm_eps=1e-6)
    said = json.loads((out / FILE).read_text())
    said["spec"]["base"] = str(other)
    (out / FILE).write_text(json.dumps(said))
    with pytest.raises(InputError, match="trained on top of base"):
        load_reader(str(out))
    said["spec"]["base"] = str(tmp_path / "gone")
    (out / FILE).write_text(json.dumps(said))
    with pytest.raises(InputError, match="needs its base base"):
        load_reader(str(out))


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda out: (out / WEIGHTS).unlink(), "weights are missing"),
        (lambda out: (out / WEIGHTS).write_bytes(b"x" * 40), "no safetensors file"),
        (lambda out: (out / FILE).write_text("{}"), "does not describe a reader"),
        (lambda out: tiny.edit(out / FILE, format=99), "another version"),
    ],
)
def test_a_damaged_folder_is_refused(made, tmp_path, harm, told):
    out = tmp_path / "reader"
    export_run(made[0] / "run", out)
    harm(out)
    with pytest.raises(InputError, match=told):
        load_reader(str(out))


def test_whole_articles_are_held_back(made):
    questions = finish(read_reader_set(made[2]))
    parts = [
        {questions.articles[pair.paragraph] for pair in part}
        for part in (questions.train, questions.dev, questions.held)
    ]
    train, dev, held = parts
    assert list(map(len, parts)) == [7, 1, 2] and len(train | dev | held) == 10
    assert held == set(held_articles(train | dev | held)) == set(questions.held_articles)


def test_a_few_articles_are_all_needed(made, tmp_path):
    value = json.loads(made[2].read_text())
    value["data"] = value["data"][:3]
    path = tmp_path / "few.json"
    path.write_text(json.dumps(value))
    questions = finish(read_reader_set(path))
    assert questions.dev == () and len(questions.held_articles) == 1
    recipe = reader_kit.recipe(made[1], steps=4, score_every=2)
    result = finish(train_reader(recipe, str(path), tmp_path / "run"))
    assert result.best is None and read_small(tmp_path / "run").threshold == 0


def test_wrong_passages_hold_no_answer_and_stay_within_their_part(made):
    questions = finish(read_reader_set(made[2]))
    near = finish(near_paragraphs(questions, 0, ("train", "dev")))
    parts = {"train": questions.train, "dev": questions.dev}
    rows = {name: {pair.paragraph for pair in part} for name, part in parts.items()}
    found = 0
    for pair, wrong in near.items():
        own = next(name for name, part in parts.items() if pair in part)
        assert pair.span is not None and pair.paragraph not in wrong
        assert set(wrong) <= rows[own] and len(set(wrong)) == len(wrong) <= 4
        assert not any(has_answer(pair.answers, questions.paragraphs[row]) for row in wrong)
        found += len(wrong)
    assert found > 100


def test_pairs_without_an_answer_are_the_datas_own_and_wrong_passages(made):
    recipe = reader_kit.recipe(made[1])
    task = finish(load_reader_task(replace(recipe, impossible=0.25, near=1.5), str(made[2])))
    answered = [pair for pair in task.pairs if pair.span is not None]
    empty = [pair for pair in task.pairs if pair.span is None]
    wrong = [pair for pair in empty if pair.question.startswith("where")]
    assert len(wrong) == round(1.5 * len(answered))
    assert len(empty) - len(wrong) == round(0.25 * len(answered))
    assert len(task.dev) == 10 and all(pair.span is not None for pair in task.dev)
    assert finish(load_reader_task(replace(recipe, impossible=0, near=0), str(made[2]))).pairs == (
        tuple(pair for pair in task.questions.train if pair.span is not None)
    )
    with pytest.raises(InputError, match="-1 pairs without an answer"):
        finish(load_reader_task(replace(recipe, near=-1), str(made[2])))


def test_each_watched_question_is_read_beside_another_paragraph_too(made):
    task = finish(load_reader_task(reader_kit.recipe(made[1]), str(made[2])))
    right, other = task.watched
    for first, second in zip(right, other, strict=True):
        assert first.question == second.question and first.paragraph != second.paragraph
        articles = task.questions.articles
        assert articles[first.paragraph] == articles[second.paragraph]
    assert task.config["data"]["classes"] == list(SIDES)


def test_what_is_marked_is_kept_with_the_frames(made):
    run = made[0] / "run"
    history = read_history(run)
    watched = read_watched(run, len(history.labels))
    assert history.marks.shape == (len(history.frames), 12, len(MARKS))
    last = [Mark.of(row) for row in history.marks[-1]]
    said = [pair.passage[slice(*mark.span)] for pair, mark in zip(watched, last, strict=True)]
    half = len(watched) // 2
    exact = [text in pair.answers for text, pair in zip(said[:half], watched[:half], strict=True)]
    assert 100 * np.mean(exact) == pytest.approx(history.measured[-1].knn)
    assert history.measured[-1].f1 >= history.measured[-1].knn - 1e-6
    assert [pair.passage[slice(*pair.place)] in pair.answers for pair in watched[:half]] == (
        [True] * half
    )
    assert all(pair.place is None and not pair.answers for pair in watched[half:])
    assert (history.marks[0] != history.marks[-1]).any()


def test_the_threshold_is_chosen_by_questions_set_aside_and_kept(made, tmp_path):
    run = made[0] / "run"
    threshold = read_small(run).threshold
    assert threshold != 0
    out = tmp_path / "reader"
    export_run(run, out)
    assert json.loads((out / FILE).read_text())["threshold"] == pytest.approx(threshold)
    text = "the cat sat on mat ."
    believed = read(load_reader(str(out)), "where is cat ?", text)
    tiny.edit(out / FILE, threshold=threshold + 1)
    doubted = read(load_reader(str(out)), "where is cat ?", text)
    odds = [np.log(r.answers[0].score / r.none) for r in (believed, doubted)]
    assert odds[0] - odds[1] == pytest.approx(1, abs=1e-3)
    tiny.edit(out / FILE, threshold="high")
    with pytest.raises(InputError, match="does not describe a reader"):
        load_reader(str(out))


def test_readers_from_before_there_was_a_threshold_read_on(made, tmp_path):
    out = tmp_path / "reader"
    export_run(made[0] / "run", out)
    said = json.loads((out / FILE).read_text())
    del said["threshold"], said["spec"]["plain"]
    (out / FILE).write_text(json.dumps(said))
    assert read_small(out).threshold == 0 and not read_small(out).spec.plain


def test_the_bundled_questions_teach_a_reader_too():
    questions = finish(read_reader_set(Path("bundled")))
    every = (*questions.train, *questions.dev, *questions.held)
    assert len(every) == 204 and len(set(questions.articles)) == 12
    for pair in every:
        assert questions.paragraphs[pair.paragraph][slice(*pair.span)] in pair.answers


def test_what_looks_like_an_answer_teaches_where_answers_stand(made, tmp_path):
    value = json.loads(made[2].read_text())
    for article in value["data"]:
        for paragraph in article["paragraphs"]:
            for asked in paragraph["qas"]:
                if not asked["answers"]:
                    at = paragraph["context"].rindex("dog")
                    asked |= {"is_impossible": True}
                    asked["plausible_answers"] = [{"text": "dog", "answer_start": at}]
    path = tmp_path / "plausible.json"
    path.write_text(json.dumps(value))
    questions = finish(read_reader_set(path))
    empty = [pair for pair in questions.held if pair.span is None]
    for pair in empty:
        assert questions.paragraphs[pair.paragraph][slice(*pair.plausible)] == "dog"
    finish(train_reader(reader_kit.recipe(made[1]), str(path), tmp_path / "run"))
    reader = load_reader(str(tmp_path / "run"))
    text = "the cat sat on mat . the dog ran away from home ."
    found = read(reader, "who is passage ?", text)
    assert found.answers[0].text == "dog" and found.best is None


def test_answers_that_are_not_there_are_left_out_and_said(tmp_path):
    path = reader_kit.squad(tmp_path)
    value = json.loads(path.read_text())
    value["data"][0]["paragraphs"][0]["qas"][0]["answers"][0]["text"] = "nowhere"
    path.write_text(json.dumps(value))
    told = []
    finish(read_reader_set(path), told.append)
    assert [event.why for event in told if isinstance(event, Skipped)] == [
        "Its answer is not in its paragraph."
    ]


def test_what_cannot_be_learnt_from_is_refused(tmp_path):
    with pytest.raises(InputError, match="no file or folder"):
        finish(read_reader_set(tmp_path / "none.json"))
    (tmp_path / "x.json").write_text('{"data": 3}')
    with pytest.raises(InputError, match="not SQuAD's"):
        finish(read_reader_set(tmp_path / "x.json"))
    one = {"title": "A", "paragraphs": [{"context": "a b", "qas": []}]}
    (tmp_path / "x.json").write_text(json.dumps({"data": [one]}))
    with pytest.raises(InputError, match="answers in two articles"):
        finish(read_reader_set(tmp_path / "x.json"))
