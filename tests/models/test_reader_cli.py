"""``train reader``, ``answer`` and ``evaluate answers`` as a script sees them."""

import json

import pytest
import reader_kit

from models.__main__ import main
from models.data.formats import squad_paragraphs
from models.reader.load import shipped_readers
from models.reader.saved import read_small
from models.training.checkpoints import read_run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Questions, a project of their paragraphs, a base, and a reader trained by command."""
    folder = tmp_path_factory.mktemp("reader")
    base, data = reader_kit.base(folder / "base"), reader_kit.squad(folder)
    project, run = folder / "project", folder / "run"
    made = ["index", str(data), "--out", str(project), "--passage-words", "0"]
    assert main([*made, "--encoder", str(base)]) == 0
    trained = ["train", "reader", "--data", str(data), "--base", str(base), "--steps", "150"]
    small = ["--rate", "0.003", "--max-length", "40", "--dropout", "0", "--probe", "6"]
    assert main([*trained, *small, "--frames", "2", "--out", str(run), "--json"]) == 0
    return data, project, run


def said(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_answer_stands_where_it_says(made, capsys):
    data, project, run = made
    command = ["answer", str(project), "where is cat ?", "--reader", str(run), "--json"]
    assert main(command) == 0
    (value,) = said(capsys)
    assert value["question"] == "where is cat ?" and 0 < len(value["answers"]) <= 5
    paragraphs = squad_paragraphs(json.loads(data.read_text()), data.name)
    texts = {paragraph.id: paragraph.context for paragraph in paragraphs}
    for answer in value["answers"]:
        text = texts[answer["passage_id"]]
        assert text[answer["start"] : answer["end"]] == answer["text"] != ""
    assert main(command[:-1]) == 0
    assert value["answers"][0]["text"] in capsys.readouterr().out


def test_answers_are_scored_in_percent(made, capsys, tmp_path):
    data, project, run = made
    command = ["evaluate", "answers", str(project), str(data), "--reader", str(run), "--json"]
    assert main([*command, "--method", "bm25", "-k", "2"]) == 0
    (value,) = said(capsys)
    assert set(value) == {"exact_match", "f1", "questions"}
    assert value["questions"] == 100 and 0 < value["exact_match"] <= value["f1"] <= 100


def test_a_finished_run_that_is_resumed_stays_as_it_is(made, capsys):
    assert main(["train", "reader", "--resume", "--out", str(made[2]), "--json"]) == 0
    (last,) = said(capsys)
    assert last["done"] is True and last["step"] == 150 and 0 <= last["exact"] <= 100
    assert main(["train", "reader", "--resume", "--rate", "1", "--out", str(made[2])]) == 2
    assert "other settings" in capsys.readouterr().err


def test_a_run_is_scored_on_articles_that_it_never_saw(made, capsys, tmp_path):
    _, _, run = made
    assert main(["evaluate", "reader", str(run), "--json"]) == 0
    (value,) = said(capsys)
    assert value["articles"] == read_run(run).config["data"]["held_articles"]
    assert (value["questions"], value["unanswerable"]) == (20, 10)
    assert 50 < value["exact_match"] <= value["f1"] <= 100
    assert 0 <= value["rejected"] <= 100 and 0 <= value["accepted"] <= 100
    assert main(["evaluate", "reader", str(tmp_path)]) == 2
    assert "no training run" in capsys.readouterr().err


def test_questions_that_have_changed_are_refused(made, capsys):
    data, _, run = made
    before = data.read_text()
    data.write_text(before.replace("the cat", "a cat"))
    try:
        assert main(["evaluate", "reader", str(run)]) == 2
    finally:
        data.write_text(before)
    assert "does not hold the questions any more" in capsys.readouterr().err


def test_a_run_becomes_a_small_folder(made, capsys, tmp_path):
    _, project, run = made
    assert main(["export", str(run), "--out", str(tmp_path / "out"), "--name", "Mine"]) == 0
    assert read_small(tmp_path / "out").about in capsys.readouterr().out
    command = ["answer", str(project), "where is dog ?", "--reader", str(tmp_path / "out")]
    assert main(command) == 0


def test_options_reach_the_run_and_others_are_refused(made, tmp_path, capsys):
    config = read_run(made[2]).config
    assert config["recipe"]["method"] == "reader"
    assert config["recipe"]["net"]["max_length"] == 40
    assert main(["train", "reader", "--data", "x", "--hard", "1", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "--hard is no option of reader.\n"
    assert main(["train", "reader", "--out", str(tmp_path / "run")]) == 2
    assert "Say with --data" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["answer", "PROJECT", " "], "The question is empty."),
        (["answer", "PROJECT", "who ?", "--reader", "nowhere"], "no reader at nowhere"),
        (["answer", "nowhere", "who ?", "--reader", "RUN"], "nowhere"),
        (["evaluate", "answers", "PROJECT", "none.json", "--reader", "RUN"], "none.json"),
    ],
)
def test_bad_input_is_one_sentence(made, capsys, arguments, told):
    named = {"PROJECT": str(made[1]), "RUN": str(made[2])}
    assert main([named.get(argument, argument) for argument in arguments]) == 2
    error = capsys.readouterr().err
    assert told in error and len(error.splitlines()) == 1


def test_without_a_reader_it_says_how_to_get_one(made, capsys):
    code = main(["answer", str(made[1]), "where is cat ?"])
    if shipped_readers():
        assert code == 0
    else:
        assert code == 2 and "train reader" in capsys.readouterr().err
