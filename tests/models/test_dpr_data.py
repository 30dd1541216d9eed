"""Questions with their passages out of each format, found in a corpus, split, and refused."""

import json

import pytest

from models.data import biencoder
from models.data.asked import Asked, question_parts
from models.data.biencoder import json_entries, write_biencoder
from models.data.decode import UnreadableFileError
from models.data.dpr_questions import QuestionSource, question_set
from models.data.drafts import Columns
from models.data.records import Passage, Passages
from models.errors import InputError
from models.events import Skipped, finish


def read(source, **options):
    """The questions, all three parts together, and what was left out."""
    left = []
    found = finish(
        question_set(QuestionSource(str(source), **options)),
        lambda event: left.append(event) if isinstance(event, Skipped) else None,
    )
    return found, left


def every(found):
    return sorted((*found.train, *found.dev, *found.held), key=lambda question: question.text)


def text(found, row):
    return found.passages[row].text


def squad(path, articles=10, paragraphs=3, questions=4):
    data = [
        {
            "title": f"Article_{a}",
            "paragraphs": [
                {
                    "context": f"Paragraph {a}.{p} tells of {a * 10 + p}.",
                    "qas": [
                        {
                            "id": f"{a}-{p}-{q}",
                            "question": f"What is told in {a}.{p}, asked {q}?",
                            "answers": [{"text": str(a * 10 + p), "answer_start": 0}] if q else [],
                        }
                        for q in range(questions)
                    ],
                }
                for p in range(paragraphs)
            ],
        }
        for a in range(articles)
    ]
    path.write_text(json.dumps({"version": "v2.0", "data": data}))
    return path


def context(name, title="T"):
    return {"title": title, "text": name, "score": 1.5, "passage_id": name}


def test_squad_is_asked_about_its_paragraphs_and_split_by_article(tmp_path):
    found, left = read(squad(tmp_path / "squad.json"))
    assert not left and len(found.passages) == 30 and len(every(found)) == 120
    for question in every(found):
        (row,) = question.positives
        place = question.text.split()[4].rstrip(",")
        number = str(int(place.replace(".", "")))
        assert text(found, row) == f"Paragraph {place} tells of {number}."
        assert found.passages[row].title == f"Article {place.split('.')[0]}"
        assert question.answers == (() if question.text.endswith("0?") else (number,))
    groups = [{q.group for q in part} for part in (found.train, found.dev, found.held)]
    assert [len(part) for part in groups] == [7, 1, 2]
    assert not groups[0] & groups[1] and not groups[0] & groups[2] and not groups[1] & groups[2]


def test_several_files_in_a_folder_are_one_set_and_a_split_does_not_change(tmp_path):
    squad(tmp_path / "a.json", articles=6)
    squad(tmp_path / "b.json", articles=10, paragraphs=1)
    found, _ = read(tmp_path)
    again, _ = read(tmp_path)
    assert found.key == again.key and found.held == again.held
    fewer, _ = read(tmp_path, limit=40)
    assert len(every(fewer)) == 40 and fewer.key != found.key
    assert set(fewer.held) <= set(found.held) and set(fewer.train) <= set(found.train)


def test_one_article_is_split_by_question(tmp_path):
    found, _ = read(squad(tmp_path / "one.json", articles=1))
    assert len(found.held) == 3 and len(found.dev) == 2 and len(found.train) == 7


def test_dprs_own_files_come_back_as_they_were_written(tmp_path, monkeypatch):
    monkeypatch.setattr(biencoder, "_CHUNK", 50)  # so that every entry spans several pieces
    entries = [
        {
            "question": f"question {n}, “[1, {{”?",
            "answers": [f"a{n}"],
            "positive_ctxs": [context(f"gold {n}"), context(f"also {n}")],
            "negative_ctxs": [context(f"plain {n}")],
            "hard_negative_ctxs": [context(f"hard {n}"), context(f"gold {n}")] if n else [],
            "group": f"g{n // 2}",
        }
        for n in range(12)
    ]
    path = tmp_path / "biencoder.json"
    assert write_biencoder(path, entries) == 12
    assert json.loads(path.read_text()) == entries == list(json_entries(path))
    found, left = read(path)
    assert not left
    for n, question in enumerate(sorted(every(found), key=lambda q: int(q.text.split()[1][:-1]))):
        assert [text(found, row) for row in question.positives] == [f"gold {n}"]
        assert [text(found, row) for row in question.known] == [f"also {n}"]
        hard = [f"hard {n}"] if n else ["plain 0"]
        assert [text(found, row) for row in question.hard] == hard
        assert question.answers == (f"a{n}",) and question.group == f"g{n // 2}"


@pytest.mark.parametrize("content", ["[{", '[{"a": 1}', '{"a": 1}', "[1, 2", ""])
def test_a_list_that_is_cut_short_is_refused(tmp_path, content):
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(UnreadableFileError):
        list(json_entries(tmp_path / "x.json"))


def test_bad_entries_cost_themselves_alone(tmp_path):
    good = [
        {"question": f"q{n}", "answers": ["a"], "positive_ctxs": [context(f"gold {n}")]}
        for n in range(8)
    ]
    bad = [
        {"question": "none", "answers": [], "positive_ctxs": []},
        {"question": "empty", "answers": [" "], "positive_ctxs": [context("x")]},
        {"question": 3, "answers": [], "positive_ctxs": [context("x")]},
        {"answers": []},
        7,
    ]
    (tmp_path / "b.json").write_text(json.dumps([*good, *bad]))
    found, left = read(tmp_path / "b.json")
    assert len(every(found)) == 8 and len(left) == 5 and found.without == 1
    whys = " ".join(event.why for event in left)
    assert "No passage of the corpus" in whys and "empty or no text" in whys


def test_wikiqa_without_a_header_keeps_what_is_wrong_as_hard(tmp_path):
    rows = [
        f"how does {n} go ?\tsentence {n} {s}\t{int(s == 1 and n != 3)}"
        for n in range(9)
        for s in range(3)
    ]
    (tmp_path / "wiki.tsv").write_text("\n".join(rows))
    found, left = read(tmp_path / "wiki.tsv")
    assert len(found.passages) == 27 and found.without == 1
    assert [event.where for event in left] == ["question 4 (“how does 3 go ?”)"]
    question = every(found)[0]
    assert [text(found, row) for row in question.positives] == ["sentence 0 1"]
    assert [text(found, row) for row in question.hard] == ["sentence 0 0", "sentence 0 2"]


def test_columns_of_a_table_are_guessed_or_named(tmp_path):
    rows = "\n".join(f"q{n}?,\"text, {n}\",wrong {n},Title {n},\"['a{n}', 'b']\"" for n in range(8))
    (tmp_path / "a.csv").write_text(f"query,positive,negative,title,answers\n{rows}\n,,,,\n")
    found, left = read(tmp_path / "a.csv")
    assert len(left) == 1 and "no question" in left[0].why
    question = every(found)[0]
    assert found.passages[question.positives[0]].title == "Title 0"
    assert [text(found, row) for row in question.hard] == ["wrong 0"]
    assert question.answers == ("a0", "b")
    (tmp_path / "b.csv").write_text(f"frage,absatz,c,d,e\n{rows}\n")
    with pytest.raises(InputError, match="called like a question"):
        read(tmp_path / "b.csv")
    named, _ = read(tmp_path / "b.csv", columns=Columns("frage", "absatz"))
    assert [q.text for q in every(named)] == [q.text for q in every(found)]
    with pytest.raises(InputError, match="no column named “nein”"):
        read(tmp_path / "b.csv", columns=Columns("nein", "absatz"))


def test_the_bundled_questions_find_their_passages():
    found, left = read("bundled")
    assert not left and len(found.passages) == 318 and len(every(found)) == 204
    question = next(q for q in every(found) if q.text.startswith("On what surface"))
    assert found.passages[question.positives[0]].id == "contrastive-01"


def test_with_a_corpus_passages_are_looked_for_there_and_answers_tell_where_no_gold_does(tmp_path):
    lines = [json.dumps({"id": f"d{n}", "text": f"the topic {n} is word{n}"}) for n in range(9)]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines))
    asked = [{"question": f"what is topic {n}", "answer": [f"word{n}"]} for n in range(6)]
    asked += [{"question": "by name", "passage": "d7"}, {"question": "gone", "answer": "word99"}]
    (tmp_path / "nq.jsonl").write_text("\n".join(map(json.dumps, asked)))
    found, left = read(tmp_path / "nq.jsonl", corpus=str(tmp_path / "corpus.jsonl"))
    assert [event.where for event in left] == ["question 8"] and found.without == 1
    rows = {q.text: found.passages[q.positives[0]].id for q in every(found)}
    assert rows == {f"what is topic {n}": f"d{n}" for n in range(6)} | {"by name": "d7"}
    (tmp_path / "qa.txt").write_text("what is it\t['an answer']\n")
    with pytest.raises(InputError, match="say in which corpus"):
        read(tmp_path / "qa.txt")


def test_a_table_of_texts_meets_another_corpus(tmp_path):
    lines = [json.dumps({"id": f"d{n}", "text": f"passage  number {n}"}) for n in range(8)]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines))
    rows = "\n".join(f"q{n}?,passage number {n},passage number {n - 1}" for n in range(9))
    (tmp_path / "a.csv").write_text(f"question,positive,negative\n{rows}\n")
    found, left = read(tmp_path / "a.csv", corpus=str(tmp_path / "corpus.jsonl"))
    assert found.without == 1 and len(left) == 1
    for question in every(found):
        number = int(question.text[1])
        assert text(found, question.positives[0]) == f"passage  number {number}"
        assert [text(found, r) for r in question.hard] == (
            [f"passage  number {number - 1}"] if number else []
        )


def test_too_little_and_nothing_are_refused(tmp_path):
    (tmp_path / "a.csv").write_text(
        "question,positive\n" + "\n".join(f"q{n},p{n}" for n in range(3))
    )
    with pytest.raises(InputError, match="gives 3 questions"):
        read(tmp_path / "a.csv")
    with pytest.raises(InputError, match="no file or folder"):
        read(tmp_path / "gone.json")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no JSON file"):
        read(tmp_path / "empty")
    (tmp_path / "other.json").write_text('{"a": 1}')
    with pytest.raises(InputError, match="neither as SQuAD nor as DPR"):
        read(tmp_path / "other.json")
    alone = Passages.of([Passage("a", "a", "", "text", "")])
    with pytest.raises(InputError, match="no negative"):
        question_parts("x", alone, [Asked(f"q{n}", (), (0,), group=str(n)) for n in range(5)])


def test_a_second_passage_of_an_id_is_told_and_left_out(tmp_path):
    lines = [json.dumps({"id": f"d{n % 6}", "text": f"passage number {n}"}) for n in range(7)]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines))
    rows = "\n".join(f"q{n}?,passage number {n}" for n in range(6))
    (tmp_path / "a.csv").write_text(f"question,positive\n{rows}\n")
    found, left = read(tmp_path / "a.csv", corpus=str(tmp_path / "corpus.jsonl"))
    assert len(found.passages) == 6 and len(every(found)) == 6
    assert [event.why for event in left] == ["A second record has the id “d0”; the first is kept."]


def test_an_open_project_is_a_corpus(tmp_path):
    from models.samples import copy_bundled

    copy_bundled(tmp_path / "project")
    found, left = read("bundled", corpus=str(tmp_path / "project"))
    plain, _ = read("bundled")
    assert not left and [q.text for q in found.train] == [q.text for q in plain.train]
    assert found.passages[found.train[0].positives[0]].text == text(
        plain, plain.train[0].positives[0]
    )
