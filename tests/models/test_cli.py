"""The headless twin as a script sees it: JSON on standard output, exit status, one sentence."""

import json
import subprocess
import sys

import pytest

from models.__main__ import main

PARAGRAPHS = {
    "Cats": [("Cats sleep for most of the day.", "How long do cats sleep?", "most of the day")],
    "Volcanoes": [
        ("Magma that reaches the surface is called lava.", "What is magma called outside?", "lava"),
        ("Mount Etna stands on Sicily.", "On which island is Etna?", "Sicily"),
    ],
}


@pytest.fixture(scope="module")
def squad(tmp_path_factory):
    """A SQuAD file of three paragraphs, each with one question."""
    data = []
    for title, paragraphs in PARAGRAPHS.items():
        rows = [
            {
                "context": text,
                "qas": [
                    {
                        "id": question,
                        "question": question,
                        "answers": [{"text": answer, "answer_start": text.index(answer)}],
                    }
                ],
            }
            for text, question, answer in paragraphs
        ]
        data.append({"title": title, "paragraphs": rows})
    path = tmp_path_factory.mktemp("squad") / "tiny.json"
    path.write_text(json.dumps({"version": "1.1", "data": data}), "utf-8")
    return path


@pytest.fixture(scope="module")
def project(squad, tmp_path_factory):
    folder = tmp_path_factory.mktemp("out") / "project"
    assert main(["index", str(squad), "--out", str(folder), "--passage-words", "0"]) == 0
    return folder


def said(capsys):
    captured = capsys.readouterr()
    return [json.loads(line) for line in captured.out.splitlines()], captured.err


def test_index_ends_with_one_json_object(squad, tmp_path, capsys):
    out = str(tmp_path / "p")
    assert main(["index", str(squad), "--out", out, "--passage-words", "0", "--json"]) == 0
    lines, progress = said(capsys)
    assert set(lines[-1]) == {"passages", "skipped", "dimensions", "index", "seconds"}
    assert lines[-1] | {"seconds": 0} == {
        "passages": 3,
        "skipped": 0,
        "dimensions": 384,
        "index": "flat",
        "seconds": 0,
    }
    assert "Embedding" in progress


@pytest.mark.parametrize("method", ["dense", "bm25", "hybrid"])
def test_search_prints_hits_best_first(project, capsys, method):
    arguments = ["search", str(project), "On which island is Mount Etna?", "-k", "2"]
    assert main([*arguments, "--method", method, "--json"]) == 0
    ((result,), _) = said(capsys)
    assert (result["query"], result["method"]) == ("On which island is Mount Etna?", method)
    assert result["hits"][0]["text"] == "Mount Etna stands on Sicily."
    assert [hit["rank"] for hit in result["hits"]] == list(range(1, len(result["hits"]) + 1))
    assert set(result["hits"][0]) == {"rank", "id", "title", "text", "score"}
    scores = [hit["score"] for hit in result["hits"]]
    assert scores == sorted(scores, reverse=True)


def test_evaluate_prints_the_three_methods(project, squad, capsys):
    assert main(["evaluate", "retrieval", str(project), str(squad), "--json"]) == 0
    ((result,), _) = said(capsys)
    assert list(result) == ["dense", "bm25", "hybrid"]
    for figures in result.values():
        assert {"top1", "top5", "top20", "top100", "mrr10", "ndcg10"} <= set(figures)
        assert figures["questions"] == 3
        assert figures["answer_match"]["top5"] == 100.0
    assert result["dense"]["top1"] == 100.0


def test_people_get_text(project, squad, capsys):
    assert main(["search", str(project), "lava"]) == 0
    assert "Magma" in capsys.readouterr().out
    assert main(["evaluate", "retrieval", str(project), str(squad)]) == 0
    assert "by answer" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["index", "nowhere", "--out", "x"], "nowhere"),
        (["search", "nowhere", "why?"], "not a project"),
        (["evaluate", "retrieval", "nowhere", "nowhere.json"], "nowhere"),
        (["index", "bundled", "--out", "x", "--passage-words", "5", "--overlap", "9"], "overlap"),
        (["index", "bundled", "--out", "x", "--encoder", "./no-model"], "no-model"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(tmp_path, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    (sentence,) = captured.err.splitlines()
    assert words in sentence
    assert not list(tmp_path.iterdir())


def test_an_empty_question_is_refused(project, capsys):
    assert main(["search", str(project), "  "]) == 2
    assert "empty" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["index"], ["search", "x"], ["nonsense"], ["index", "--k"]])
def test_wrong_usage_is_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_it_runs_as_a_module():
    run = subprocess.run(
        [sys.executable, "-m", "models", "--help"], capture_output=True, text=True, check=True
    )
    assert "index" in run.stdout


def test_layouts_are_made_and_described(project, capsys):
    arguments = ["layout", str(project), "--technique", "pca", "--surface", "globe", "--json"]
    assert main(arguments) == 0
    ((result,), _) = said(capsys)
    assert (result["dimensions"], result["kept"], result["points"]) == (384, 3, 3)
    assert len(list((project / "layouts").iterdir())) == 1
