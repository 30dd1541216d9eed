"""Questions in the field's formats; a bad file is refused with the place of the fault."""

import json
from pathlib import Path

import pytest

from models.data.questions import Question, read_questions
from models.errors import InputError

SQUAD = Path(__file__).parents[2] / "../shared/data/squad"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def squad(entry: object, context: object = "The context.") -> str:
    paragraph = {"context": context, "qas": [entry]}
    return json.dumps({"data": [{"title": "T", "paragraphs": [paragraph]}]})


def test_squad_with_and_without_answers(tmp_path: Path) -> None:
    answers = [{"text": "a", "answer_start": 0}, {"text": "b"}, {"text": "a"}]
    path = write(tmp_path / "q.json", squad({"id": "q1", "question": "Q?", "answers": answers}))
    assert read_questions(path) == (Question("q1", "Q?", ("a", "b"), gold_texts=("The context.",)),)
    impossible = {"id": "q2", "question": "Q?", "answers": [], "is_impossible": True}
    (question,) = read_questions(write(tmp_path / "q.json", squad(impossible)))
    assert (question.answers, question.gold_texts) == ((), ("The context.",))
    odd = squad({"id": "q3", "question": "Q\ud800?", "answers": [{"text": "\ud800"}]}, "C\ud800. ")
    (mended,) = read_questions(write(tmp_path / "q.json", odd))
    assert (mended.text, mended.answers, mended.gold_texts) == (
        "Q\ufffd?",
        ("\ufffd",),
        ("C\ufffd.",),
    )
    (unlabelled,) = read_questions(write(tmp_path / "q.json", squad({"id": 3, "question": "Q?"})))
    assert (unlabelled.id, unlabelled.answers) == ("3", ())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (squad({"question": "Q?"}), "question 1 of T/0 has no “id”"),
        (squad({"id": "1"}), "has no “question”"),
        (squad({"id": "1", "question": "Q?", "answers": [{"text": " "}]}), "empty answer"),
        (squad({"id": "1", "question": "Q?", "answers": "a"}), "not a list of objects"),
        (squad({"id": "1", "question": "Q?"}, context=None), "paragraph 1: It has no context"),
        (squad("text"), "is not an object"),
        ("{", "not well-formed JSON"),
        ("[1]", "not SQuAD's"),
        ('{"data": [{"title": "T", "paragraphs": []}]}', "holds no questions"),
    ],
)
def test_bad_squad(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(InputError, match=f"(?i){why}"):
        read_questions(write(tmp_path / "q.json", text))


def test_dpr_csv(tmp_path: Path) -> None:
    text = (
        "who got the first nobel prize\t['Wilhelm Conrad Röntgen']\n"
        '"a ""quoted"" question"\t"[\'one\', ""it\'s""]"\n'
        "\"odd\" start\t['x', 'x']\n"
    )
    questions = read_questions(write(tmp_path / "nq-test.qa.csv", text))
    assert [q.text for q in questions] == [
        "who got the first nobel prize",
        'a "quoted" question',
        '"odd" start',
    ]
    assert [q.answers for q in questions] == [("Wilhelm Conrad Röntgen",), ("one", "it's"), ("x",)]
    assert [q.id for q in questions] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("only a question", "line 2 is not a question, a tab and a list"),
        ("q\t['a'\n", "line 2 has answers that are not a Python list"),
        ("q\t__import__('os').getcwd()", "line 2 has answers that are not a Python list"),
        ("q\t'a'", "line 2 has answers that are not a Python list"),
        ("q\t" + "(" * 500, "line 2 has answers that are not a Python list"),
        ("q\t[1]", "line 2 has an answer that is not text"),
        ("q\t['']", "line 2 has an empty answer"),
        ("q\t[]", "line 2 has no answer"),
        ("\t['a']", "line 2 has no “question”"),
    ],
)
def test_bad_dpr_csv(tmp_path: Path, line: str, why: str) -> None:
    with pytest.raises(InputError, match=rf"qa\.csv cannot be read: {why}"):
        read_questions(write(tmp_path / "qa.csv", f"good question\t['yes']\n{line}"))


def test_tables_with_named_columns(tmp_path: Path) -> None:
    text = 'Question,Answer,Passage\n"Who, then?",Ada,p1\nWhat?,"[""a"", ""b""]",\nWhere?,,p2\n'
    asked = (
        Question("2", "Who, then?", ("Ada",), {"p1": 1}),
        Question("3", "What?", ("a", "b")),
        Question("4", "Where?", (), {"p2": 1}),
    )
    assert read_questions(write(tmp_path / "q.csv", text)) == asked
    tabs = "id\tquestion\tanswer\nq7\tWho?\tAda\n"
    assert read_questions(write(tmp_path / "q.tsv", tabs)) == (Question("q7", "Who?", ("Ada",)),)
    with pytest.raises(InputError, match=r"q.csv cannot be read: .*ine 3 names neither answers"):
        read_questions(write(tmp_path / "q.csv", "question,answer\nWho?,Ada\nWhat?,\n"))
    with pytest.raises(InputError, match="ine 2 names neither answers nor a passage"):
        read_questions(write(tmp_path / "q.csv", "question\nWho?\n"))


def test_nq_open_and_our_own_jsonl(tmp_path: Path) -> None:
    text = (
        '{"question": "Q1?", "answer": ["a", "b"]}\n'
        '{"id": "own", "question": "Q2?", "answers": ["c"], "passage": "notes.txt#2"}\n'
        '{"question": "Q3?", "passage": ["p1", "p2"]}\n'
    )
    assert read_questions(write(tmp_path / "q.jsonl", text)) == (
        Question("1", "Q1?", ("a", "b")),
        Question("own", "Q2?", ("c",), {"notes.txt#2": 1}),
        Question("3", "Q3?", (), {"p1": 1, "p2": 1}),
    )


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("not json", r"line 2: It is not JSON"),
        ('{"question": "Q?"}', "names neither answers nor a passage"),
        ('{"question": "Q?", "answers": [""]}', "empty answer"),
        ('{"answers": ["a"]}', "has no “question”"),
        ('{"id": "1", "question": "Q?", "answers": ["a"]}', "Two of its questions have the id “1”"),
    ],
)
def test_bad_jsonl(tmp_path: Path, line: str, why: str) -> None:
    good = '{"id": "1", "question": "Q?", "answers": ["a"]}'
    with pytest.raises(InputError, match=f"(?i){why}"):
        read_questions(write(tmp_path / "q.jsonl", f"{good}\n{line}\n"))


def beir(folder: Path) -> Path:
    write(
        folder / "queries.jsonl", "".join(f'{{"_id": "q{n}", "text": "Q{n}?"}}\n' for n in (1, 2))
    )
    header = "query-id\tcorpus-id\tscore\n"
    write(folder / "qrels/test.tsv", f"{header}q1\td1\t2\nq1\td2\t1\nq1\td3\t0\n")
    write(folder / "qrels/dev.tsv", f"{header}q2\td9\t1\n")
    return folder


def test_beir_grades_of_the_test_split(tmp_path: Path) -> None:
    expected = (Question("q1", "Q1?", gold_ids={"d1": 2, "d2": 1}),)
    assert read_questions(beir(tmp_path)) == expected
    assert read_questions(tmp_path / "queries.jsonl") == expected


def test_beir_split_by_its_file(tmp_path: Path) -> None:
    assert [q.id for q in read_questions(beir(tmp_path) / "qrels/dev.tsv")] == ["q2"]


def test_bad_beir_folders(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no BEIR folder"):
        read_questions(tmp_path)
    write(beir(tmp_path) / "qrels/test.tsv", "q7\td1\t1\n")
    with pytest.raises(InputError, match="names question q7"):
        read_questions(tmp_path)
    write(tmp_path / "qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\n")
    with pytest.raises(InputError, match=r"test\.tsv cannot be read: line 2 is not"):
        read_questions(tmp_path)


def test_missing_and_unknown_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file or folder"):
        read_questions(tmp_path / "absent.json")
    with pytest.raises(InputError, match="questions are read from"):
        read_questions(write(tmp_path / "q.pkl", "x"))


@pytest.mark.skipif(not SQUAD.is_dir(), reason="needs the published SQuAD files")
@pytest.mark.parametrize(
    ("name", "count", "answerable"), [("dev", 6078, 2910), ("unlabelled", 5915, 0)]
)
def test_squad_as_published(name: str, count: int, answerable: int) -> None:
    questions = read_questions(SQUAD / f"{name}-v2.0.json")
    assert len(questions) == count
    assert sum(bool(question.answers) for question in questions) == answerable
    assert all(question.gold_texts for question in questions)
