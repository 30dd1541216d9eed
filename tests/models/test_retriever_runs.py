"""Rankings of other programs: read, matched by id, written, and refused in one sentence."""

import json

import numpy as np
import pytest

from models.data.questions import Question, read_questions
from models.data.records import Passage, Passages
from models.errors import InputError
from models.evaluation.comparison_questions import comparison_questions
from models.evaluation.judged import judge
from models.evaluation.rankings import Rankings
from models.evaluation.retrievers import of_rankings
from models.evaluation.runs_io import read_run
from models.evaluation.runs_write import write_run
from models.events import finish


@pytest.fixture
def judged():
    passages = [Passage(f"p{n}", f"d{n}", f"T{n}", f"text number{n}", "f") for n in range(6)]
    passages += [Passage(f"e#{n}", "e", "E", f"piece {n}", "f") for n in (1, 2)]
    questions = [
        Question("1", "first  question", ("number3",), {"p3": 1}),
        Question("2", "second question", gold_ids={"d0": 2}),
        Question("3", "third question", ("piece",), {"p5": 1}),
    ]
    return finish(judge(questions, Passages.of(passages)))


def write(path, text):
    path.write_text(text, "utf-8")
    return path


TREC = """1 Q0 p2 1 9.0 tag
1 Q0 p3 2 11.5 tag
2 Q0 p0 1 3 tag
2 Q0 away 2 2 tag
9 Q0 p0 1 3 tag
"""


def test_a_trec_run_is_ordered_by_score(tmp_path, judged):
    found = finish(read_run(write(tmp_path / "a.trec", TREC), judged))
    assert found.rankings.rows.tolist() == [[3, 2], [0, -1], [-1, -1]]
    assert found.rankings.scores[0].tolist() == [11.5, 9.0]
    assert (found.name, found.unknown, found.named) == ("tag", 1, 4)
    assert (found.missing, found.foreign) == (1, 1)
    assert "1 of 4 passages are not in this corpus" in found.note
    seen = finish(of_rankings(found.rankings, judged)).outcome
    assert seen.gold.tolist() == [1, 1, 0]


def test_an_unknown_passage_keeps_its_rank(tmp_path, judged):
    run = write(tmp_path / "a.run", "1 Q0 away 1 5 t\n1 Q0 p3 2 4 t\n")
    found = finish(read_run(run, judged))
    assert finish(of_rankings(found.rankings, judged)).outcome.gold.tolist() == [2, 0, 0]


def test_ms_marco_s_columns_are_ordered_by_rank(tmp_path, judged):
    run = write(tmp_path / "a.tsv", "1\tp4\t2\n1\tp3\t1\n3\tp5\t1\n")
    found = finish(read_run(run, judged))
    assert found.rankings.rows.tolist() == [[3, 4], [-1, -1], [5, -1]]


@pytest.mark.parametrize("pyserini", [False, True])
def test_dpr_s_json_is_read_in_its_order(tmp_path, judged, pyserini):
    names = ("contexts", "docid") if pyserini else ("ctxs", "id")
    entries = [
        {"question": "first question", names[0]: [{names[1]: "p1", "score": "3"},
                                                  {names[1]: "p3", "score": "70"}]},
        {"question": "unasked", names[0]: [{names[1]: "p1", "score": 1}]},
    ]  # fmt: skip
    value = dict(zip(("1", "7"), entries, strict=True)) if pyserini else entries
    found = finish(read_run(write(tmp_path / "a.json", json.dumps(value)), judged))
    assert found.rankings.rows.tolist() == [[1, 3], [-1, -1], [-1, -1]]
    assert (found.missing, found.foreign) == (2, 1)


@pytest.mark.parametrize("name", ["out.trec", "out.tsv", "out.json"])
def test_what_is_written_is_read_again(tmp_path, judged, name):
    rows = np.array([[3, 1, 2], [0, -1, -1], [5, 4, 6]], np.int32)
    scores = np.array([[3, 2, 1.5], [7, -np.inf, -np.inf], [0.5, 0.25, -1]], np.float32)
    count = finish(write_run(tmp_path / name, Rankings(rows, scores), judged, "my run"))
    assert count == 3
    found = finish(read_run(tmp_path / name, judged))
    assert found.rankings.rows.tolist() == rows.tolist()
    assert (found.unknown, found.missing, found.foreign, found.note) == (0, 0, 0, "")
    if name.endswith("json"):
        value = json.loads((tmp_path / name).read_text("utf-8"))
        assert [c["has_answer"] for c in value[0]["ctxs"]] == [True, False, False]
        assert value[0]["answers"] == ["number3"] and value[2]["ctxs"][2]["id"] == "e#1"
        assert isinstance(value[0]["ctxs"][0]["score"], str)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.trec", "1 Q0 p3 1 9 t\n1 Q0 p3 2 8 t\n", "passage “p3” twice for question “1”"),
        ("a.trec", "1 Q0 e 1 9 t\n", "several pieces"),
        ("a.trec", "1 Q0 p3 1 high t\n", "line 1 has a score or rank that is no number"),
        ("a.trec", "1 Q0 p3 1 9 t\n1 p3 2\n", "line 2"),
        ("a.trec", "1 Q0 gone 1 9 t\n", "made over another one"),
        ("a.trec", "8 Q0 p1 1 9 t\n", "no ranking for any of these 3 questions"),
        ("a.trec", "", "no ranking for any"),
        ("a.json", "[1, 2]", "not what DPR's retriever writes"),
        ("a.json", "{", "not well-formed JSON"),
        ("a.json", "[]", "no questions with passages"),
        ("a.json", '[{"question": "first question"}]', "entry 1 has no list of passages"),
        ("a.json", '[{"question": "first question", "ctxs": [{"text": "x"}]}]', "without an id"),
    ],
)
def test_bad_rankings_are_one_sentence(tmp_path, judged, name, text, words):
    with pytest.raises(InputError, match=words) as refused:
        finish(read_run(write(tmp_path / name, text), judged))
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_named(tmp_path, judged):
    with pytest.raises(InputError, match="There is no file"):
        finish(read_run(tmp_path / "none.trec", judged))


def test_an_id_with_a_space_is_refused_in_columns_and_kept_in_json(tmp_path):
    passages = Passages.of([Passage("a b", "a b", "", "text", "f")])
    judged = finish(judge([Question("1", "?", gold_ids={"a b": 1})], passages))
    rankings = Rankings(np.zeros((1, 1), np.int32), np.ones((1, 1), np.float32))
    with pytest.raises(InputError, match="white space"):
        finish(write_run(tmp_path / "x.trec", rankings, judged, "r"))
    assert not (tmp_path / "x.trec").exists()
    finish(write_run(tmp_path / "x.json", rankings, judged, "r"))
    assert finish(read_run(tmp_path / "x.json", judged)).rankings.rows.tolist() == [[0]]


def test_questions_come_from_a_table_like_wikiqa_s(tmp_path):
    rows = "why ?\ttext number1\t1\nwhy ?\ttext number2\t0\nwho ?\tnone\t0\n"
    questions = finish(comparison_questions(str(write(tmp_path / "w.tsv", rows))))
    assert [(q.id, q.text, q.gold_texts) for q in questions] == [
        ("1", "why ?", ("text number1",)),
        ("2", "who ?", ()),
    ]


def test_a_table_names_its_passages_by_text_or_by_id(tmp_path):
    passages = Passages.of([Passage("p1", "p1", "", "a long text", "f")])
    rows = "question,answer,passage,label\nwhy ?,a,a long text,1\nwhy ?,a,other,0\nwho ?,b,p1,1\n"
    questions = finish(comparison_questions(str(write(tmp_path / "w.csv", rows))))
    assert [(q.text, q.answers) for q in questions] == [("why ?", ("a",)), ("who ?", ("b",))]
    assert finish(judge(questions, passages)).golds == ({0: 1}, {0: 1})
    rows = "question,answer,passage\nwhy ?,a,a long text\nwho ?,b,p1\nwhen ?,c,gone\n"
    alone = read_questions(write(tmp_path / "q.csv", rows))
    assert finish(judge(alone, passages)).golds == ({0: 1}, {0: 1}, {})


def test_questions_come_bundled_and_bad_files_say_why(tmp_path):
    assert len(finish(comparison_questions("bundled"))) == 204
    with pytest.raises(InputError, match="line 1 is not a question"):
        finish(comparison_questions(str(write(tmp_path / "x.tsv", "only one cell\n"))))
    with pytest.raises(InputError, match="There is no file"):
        finish(comparison_questions(str(tmp_path / "none.json")))
