"""``train reader``, ``answer`` and ``evaluate answers`` as a script sees them."""

import json
from types import SimpleNamespace

import pytest
import reader_kit
import tiny

from models.__main__ import main
from models.data.formats import squad_paragraphs
from models.data.questions import Question
from models.errors import InputError
from models.evaluation.held_reader import kept_held
from models.events import finish
from models.reader.answering import answering, evaluate_answers
from models.reader.load import load_reader, shipped_readers
from models.reader.saved import read_small
from models.text_encoders import load_text
from models.training.checkpoints import read_run
from models.training.shelf import read_card


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Questions, a project of their paragraphs, a base, and a reader trained by command."""
    folder = tmp_path_factory.mktemp("reader")
    base, data = reader_kit.base(folder / "base"), reader_kit.squad(folder)
    project, run = folder / "project", folder / "run"
    made = ["index", str(data), "--out", str(project), "--passage-words", "0"]
    assert main([*made, "--encoder", str(base)]) == 0
    trained = ["train", "reader", "--data", str(data), "--base", str(base), "--steps", "150"]
    small = [
        "--rate",
        "0.003",
        "--max-length",
        "40",
        "--dropout",
        "0",
        "--probe",
        "6",
        "--near",
        "1",
    ]
    small += ["--layers", "1"]
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
    assert value["before"]["exact_match"] < value["exact_match"]
    assert 0 < value["near"] <= 20 and 0 <= value["near_rejected"] <= 100
    kept = [share for share, _ in value["trade"]]
    assert all(share >= least for share, least in zip(kept, (95, 90, 80, 70), strict=True))
    scores = kept_held(run)
    assert (scores.step, scores.f1, scores.trade) == (
        150,
        value["f1"],
        tuple(map(tuple, value["trade"])),
    )
    card = read_card(run)
    assert card.kind == "reader" and card.title.startswith("Reader on squad") and card.trail == ()
    assert card.scores == {"exact": value["exact_match"], "f1": value["f1"]}
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
    assert (config["recipe"]["near"], config["recipe"]["net"]["layers"]) == (1.0, 1)
    assert main(["train", "reader", "--data", "x", "--hard", "1", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "--hard is no option of reader.\n"
    assert main(["train", "reader", "--out", str(tmp_path / "run")]) == 2
    assert "Say with --data" in capsys.readouterr().err
    simcse = ["train", "simcse", "--data", "bundled", "--plain", "--out", str(tmp_path / "run")]
    assert main(simcse) == 2
    assert capsys.readouterr().err == "--plain is no option of simcse.\n"


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


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"data": [{"title": "a", "paragraphs": []}]}', "it holds no questions."),
        (
            '{"data": [{"title": "a", "paragraphs": [{"context": "b", "qas": '
            '[{"id": "1", "question": "who ?", "answers": []}]}]}]}',
            "None of the questions has an answer to compare with.",
        ),
        ('{"data": 3}', "not SQuAD's"),
    ],
)
def test_questions_that_measure_nothing_are_refused(made, capsys, tmp_path, content, told):
    _, project, run = made
    asked = tmp_path / "asked.json"
    asked.write_text(content)
    command = ["evaluate", "answers", str(project), str(asked), "--reader", str(run)]
    assert main(command) == 2
    error = capsys.readouterr().err
    assert told in error and len(error.splitlines()) == 1


def test_without_passages_there_is_nothing_to_answer_from(made):
    reader = load_reader(str(made[2]))
    asked = [Question("1", "where is cat ?", ("mat",))]
    with pytest.raises(InputError, match="no passages to read"):
        finish(evaluate_answers(SimpleNamespace(passages=()), reader, asked))
    with pytest.raises(InputError, match="no passages to read"):
        finish(answering(SimpleNamespace(passages=()), reader, "where is cat ?"))


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda out: (out / "model.safetensors").unlink(), "weights are missing"),
        (
            lambda out: (out / "model.safetensors").rename(out / "pytorch_model.bin"),
            "pytorch_model.bin, a pickle",
        ),
        (lambda out: (out / "model.safetensors").write_bytes(b"x" * 99), "cut short"),
        (lambda out: (out / "config.json").unlink(), "no config.json"),
    ],
)
def test_a_folder_that_is_no_usable_reader_is_one_sentence(made, capsys, tmp_path, harm, told):
    import torch
    from transformers import BertForQuestionAnswering

    torch.manual_seed(5)
    tiny.save(BertForQuestionAnswering(tiny.bert_config()), tmp_path)
    harm(tmp_path)
    for command in (
        ["answer", str(made[1]), "where is cat ?"],
        ["evaluate", "answers", str(made[1]), str(made[0])],
    ):
        assert main([*command, "--reader", str(tmp_path)]) == 2
        error = capsys.readouterr().err
        assert told in error and len(error.splitlines()) == 1


def test_an_encoder_is_no_reader(made, capsys, tmp_path):
    tiny.save_bert(tmp_path)
    assert main(["answer", str(made[1]), "who ?", "--reader", str(tmp_path)]) == 2
    assert "BertModel, which reads no answers" in capsys.readouterr().err


def test_a_reader_makes_no_vectors(made, capsys):
    with pytest.raises(InputError, match="trained a reader; it makes no vector"):
        load_text(str(made[2]))


def test_without_a_reader_it_says_how_to_get_one(made, capsys):
    code = main(["answer", str(made[1]), "where is cat ?"])
    if shipped_readers():
        assert code == 0
    else:
        assert code == 2 and "train reader" in capsys.readouterr().err
