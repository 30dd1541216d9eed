"""Triplets from labelled pairs and from tables that have them ready."""

import json
from pathlib import Path

import pytest
from senteval_folder import SICK_HEADER

from models.data.nli import Triplet, read_triplets
from models.errors import InputError
from models.events import Progress, Skipped, finish

DATA = Path(__file__).parents[3] / "shared" / "data"
published = pytest.mark.skipif(not DATA.is_dir(), reason="the published sets are not here")


def read(path):
    events = []
    return finish(read_triplets(path), events.append), events


def jsonl(path, rows):
    lines = [
        json.dumps({"gold_label": label, "sentence1": premise, "sentence2": hypothesis})
        for label, premise, hypothesis in rows
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_the_first_of_each_label_in_file_order(tmp_path):
    path = jsonl(
        tmp_path / "snli.jsonl",
        [
            ("contradiction", "late", "late c"),
            ("contradiction", "p ", "c1"),
            ("-", "p", "undecided"),
            ("entailment", " p", "e1"),
            ("entailment", "p", "e2"),
            ("contradiction", "p", "c2"),
            ("neutral", "p", "n"),
            ("entailment", "alone", "e"),
            ("entailment", "late", "late e"),
        ],
    )
    triplets, events = read(path)
    assert triplets == (Triplet("late", "late e", "late c"), Triplet("p", "e1", "c1"))
    assert all(isinstance(event, Progress) for event in events)


def test_rows_without_a_sentence_or_a_label_are_skipped_and_named(tmp_path):
    path = jsonl(
        tmp_path / "snli.jsonl",
        [
            ("entailment", "p", "e"),
            ("entailment", "", "e"),
            ("contradiction", "q", None),
            ("maybe", "p", "m"),
            ("contradiction", "p", "c"),
        ],
    )
    with path.open("a") as file:
        file.write('not JSON\n{"sentence1": "p"}\n')
    triplets, events = read(path)
    assert triplets == (Triplet("p", "e", "c"),)
    skipped = [(event.where, event.why) for event in events if isinstance(event, Skipped)]
    assert [where for where, _ in skipped] == [f"snli.jsonl, line {n}" for n in (2, 3, 4, 6, 7)]
    assert "no text under “sentence1”" in skipped[0][1]
    assert "“maybe”" in skipped[2][1]


def test_ready_triplets_are_taken_row_by_row(tmp_path):
    path = tmp_path / "nli_for_simcse.csv"
    path.write_text(
        "sent0,sent1,hard_neg\n"
        '"One, two","He said ""yes""",No\n'
        "One,Ένα 😀 שלום,二\n"
        "One,,nothing follows\n",
        "utf-8",
    )
    triplets, events = read(path)
    assert triplets == (
        Triplet("One, two", 'He said "yes"', "No"),
        Triplet("One", "Ένα 😀 שלום", "二"),
    )
    (skipped,) = (event for event in events if isinstance(event, Skipped))
    assert "line 4" in skipped.where and "sent1" in skipped.why


def test_sick_has_labels_in_capitals(tmp_path):
    path = tmp_path / "SICK_train.txt"
    path.write_text(
        f"{SICK_HEADER}\n"
        "1\tA boy plays\tA boy is playing\t4.7\tENTAILMENT\n"
        "2\tA boy plays\tNo boy plays\t3.3\tCONTRADICTION\n"
    )
    assert read(path)[0] == (Triplet("A boy plays", "A boy is playing", "No boy plays"),)


def test_a_long_reading_reports_and_can_be_left(tmp_path):
    rows = [
        ("entailment" if n % 2 else "contradiction", f"p{n // 2}", f"h{n}") for n in range(9000)
    ]
    work = read_triplets(jsonl(tmp_path / "long.jsonl", rows))
    assert [next(work).done for _ in range(2)] == [0, 4096]
    work.close()
    with pytest.raises(StopIteration):
        next(work)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "a.jsonl",
            '{"gold_label": "neutral", "sentence1": "a", "sentence2": "b"}\n',
            "no premise",
        ),
        ("a.jsonl", '{"text": "a"}\n', "neither sent0, sent1, hard_neg"),
        ("a.csv", "one,two\n1,2\n", "neither sent0, sent1, hard_neg"),
        ("a.jsonl", "", "no premise"),
    ],
)
def test_what_gives_no_triplet_is_one_sentence(tmp_path, name, text, words):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=words):
        read(tmp_path / name)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"no file .*gone\.jsonl"):
        read(tmp_path / "gone.jsonl")


@published
def test_published_triplets_are_as_many_as_counted():
    triplets, events = read(DATA / "nli" / "snli_1.0_dev.jsonl")
    assert len(triplets) == 2943
    assert not [event for event in events if isinstance(event, Skipped)]
    assert triplets[0].contradiction == "The men are fighting outside a deli ."
