"""Triplets as encoders see them: what ships, what is drawn, order, choice, groups, export."""

import csv
from collections import Counter

import numpy as np
import pytest
from fakes import HashEncoder

from models.__main__ import main
from models.data.nli import Triplet, read_triplets
from models.data.training_text import triplet_set
from models.errors import InputError
from models.evaluation.embedding import SentenceVectors
from models.evaluation.triplets import TripletScore, score_triplets
from models.events import Progress, Skipped, finish
from models.triplet_export import write_csv
from models.triplet_set import TripletSet, load_triplets
from models.triplet_table import Seen, TripletTable, Wanted, arrange, digest

ROWS = (
    "sent0,sent1,hard_neg,kind\n"
    "The red cat sat,A cat was sitting,The red cat stood,pose\n"
    "Anna ate an apple,Anna ate some fruit,Nobody in here had lunch,food\n"
    "zebras run,Zebras do run,Zebras never run,pose\n"
    "Anna ate an apple,Fruit was eaten,Anna ate no apple,food\n"
)


def what(tmp_path, text=ROWS, most=None):
    path = tmp_path / "triplets.csv"
    path.write_text(text, "utf-8")
    return finish(load_triplets(str(path), most))


def seen(margins, base=0.2, name="hash-1"):
    """An encoder under which the triplets have these margins."""
    margins = np.array(margins, np.float32)
    score = TripletScore(base + margins, np.full_like(margins, base), np.zeros_like(margins))
    return Seen(HashEncoder(key=name).card, score)


def rows(table, **wanted):
    return finish(arrange(table, Wanted(**wanted))).tolist()


# What ships


def test_the_bundled_triplets_are_many_distinct_and_of_every_kind():
    triplets = finish(read_triplets("bundled"))
    texts = [text for t in triplets for text in (t.premise, t.entailment, t.contradiction)]
    assert len(triplets) >= 150 and len(set(texts)) == len(texts)
    counts = Counter(triplet.kind for triplet in triplets)
    assert "" not in counts and len(counts) >= 10 and min(counts.values()) >= 20
    loaded = finish(load_triplets("bundled"))
    assert loaded.name == "Bundled triplets" and len(loaded.kinds) == len(counts)
    # Hard ones, where the wrong sentence has more of the premise's words, and easy ones.
    assert 0.3 < loaded.shared.mean() < 0.7


def test_the_bundled_triplets_train_and_are_measured(capsys):
    made = finish(triplet_set("bundled", 32))
    assert len(made.held) == 32 and all(len(example) == 3 for example in made.train)
    assert main(["evaluate", "triplets", "--encoder", "bundled", "--data", "bundled"]) == 0
    text = capsys.readouterr().out
    assert f"{len(made.train) + 32} triplets" in text and "mean pooling" in text


# What is read


def test_a_file_is_drawn_from_at_random_and_says_so(tmp_path):
    text = "sent0,sent1,hard_neg\n" + "".join(f"p{n},e{n},c{n}\n" for n in range(50))
    few = what(tmp_path, text, 10)
    numbers = [int(triplet.premise[1:]) for triplet in few.triplets]
    assert len(few) == 10 and few.of == 50
    assert numbers == sorted(numbers) and numbers != list(range(10))
    assert what(tmp_path, text, 10).triplets == few.triplets
    assert len(what(tmp_path, text, 50)) == len(what(tmp_path, text)) == 50


def test_rows_that_are_passed_over_are_counted_with_their_reasons(tmp_path):
    bad = "".join(f"p{n},,c{n}\n" for n in range(300))
    found = what(tmp_path, f"sent0,sent1,hard_neg\na,b,c\n{bad}")
    assert len(found) == 1 and found.skips == 300 and 0 < len(found.skipped) < 300
    assert found.skipped[0] == Skipped("triplets.csv, line 3", "It has no text under “sent1”.")


def test_shared_words_are_counted_without_case_in_every_script(tmp_path):
    assert what(tmp_path).shared.tolist() == [True, False, False, True]
    text = "sent0,sent1,hard_neg\n猫が走る,犬だ,猫が眠る\nÉté chaud,ÉTÉ torride,Rien\n"
    assert what(tmp_path, text).shared.tolist() == [True, False]


# Order and choice


def test_figures_order_the_rows_and_equal_ones_stay_in_file_order(tmp_path):
    table = TripletTable(what(tmp_path), seen([0.1, -0.3, 0.1, 0.0]))
    assert rows(table) == [0, 1, 2, 3]
    assert rows(table, column="margin") == [1, 3, 0, 2]
    assert rows(table, column="margin", descending=True) == [0, 2, 3, 1]
    assert rows(table, column="change") == [0, 1, 2, 3]  # not known yet


def test_texts_order_the_rows_in_any_case(tmp_path):
    table = TripletTable(what(tmp_path))
    assert rows(table, column="premise") == [1, 3, 0, 2]
    assert rows(table, column="premise", descending=True) == [2, 0, 1, 3]
    assert rows(table, column="kind") == [1, 3, 0, 2]


def test_many_texts_are_sorted_as_one_sort_would(tmp_path):
    words = [f"{n * 7919 % 5003:05d}" for n in range(5000)]
    text = "sent0,sent1,hard_neg\n" + "".join(f"p{w},e,c\n" for w in words)
    found = what(tmp_path, text)
    expected = sorted(range(5000), key=lambda row: (words[row], row))
    assert rows(TripletTable(found), column="premise") == expected


def test_filters_by_order_and_by_what_changed(tmp_path):
    table = TripletTable(what(tmp_path), seen([0.1, -0.3, 0.0, 0.2]), seen([0.2, 0.1, -0.1, -0.2]))
    assert rows(table, only="wrong") == [1, 2]  # equally close is not in order
    assert rows(table, only="wrong2") == [2, 3]
    assert rows(table, only="changed") == [1, 3]
    assert rows(table, only="mended") == [1]
    assert rows(table, only="spoiled") == [3]
    assert rows(table, only="shared") == [0, 3]
    np.testing.assert_allclose(table.figures("change"), [0.1, 0.4, -0.1, -0.4], atol=1e-6)
    alone = TripletTable(table.what, table.first)
    assert alone.chosen("changed") is None and rows(alone, only="changed") == [0, 1, 2, 3]


def test_every_word_must_occur_and_kinds_narrow(tmp_path):
    table = TripletTable(what(tmp_path), seen([0.1, -0.3, 0.0, 0.2]))
    assert rows(table, words="ANNA apple") == [1, 3]
    assert rows(table, words="lunch anna") == [1]
    assert rows(table, words="nothing of it") == []
    assert rows(table, kind="pose") == [0, 2]
    assert rows(table, kind="pose", words="zebra", only="wrong") == [2]


def test_groups_are_by_shared_words_and_by_kind(tmp_path):
    table = TripletTable(what(tmp_path), seen([0.1, -0.3, 0.0, 0.2]), seen([0.2, 0.1, -0.1, -0.2]))
    made = finish(digest(table))
    found = {group.title: group for group in made.groups}
    assert list(found)[2:] == ["pose", "food"]
    assert found["food"].count == 2 and found["food"].ordered == (50.0, 50.0)
    assert found["pose"].margins == pytest.approx((0.05, 0.05))
    assert found["The contradiction shares more words"].ordered == (100.0, 50.0)
    assert rows(table, only="unshared") == [1, 2]
    assert finish(arrange(table, found["pose"].wanted)).tolist() == [0, 2]
    assert finish(digest(TripletTable(table.what))).groups[0].ordered == ()


def test_margins_are_counted_on_either_side_of_nothing(tmp_path):
    table = TripletTable(what(tmp_path), seen([0.1, -0.3, -0.001, 0.2]))
    made = finish(digest(table))
    (shares,) = made.shares
    assert 0.0 in made.edges and made.edges[0] == pytest.approx(-0.3)
    assert shares.sum() == pytest.approx(100) and len(made.edges) == len(shares) + 1
    assert shares[made.edges[:-1] < 0].sum() == pytest.approx(50)


# Measuring and writing


def test_windows_do_not_show(tmp_path, monkeypatch):
    triplets = tuple(Triplet(f"p {n}", f"e {n % 7}", f"c {n}") for n in range(40))
    whole = finish(score_triplets(SentenceVectors(HashEncoder()), triplets))
    monkeypatch.setattr("models.evaluation.triplets._WINDOW", 9)
    events = []
    parts = finish(score_triplets(SentenceVectors(HashEncoder()), triplets), events.append)
    for name in ("entailed", "contradicted", "opposed"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), atol=1e-6)
    told = [event for event in events if isinstance(event, Progress)]
    assert {event.total for event in told} == {40} and told[-1].done == 40
    assert [event.done for event in told] == sorted(event.done for event in told)


def test_what_was_embedded_is_kept_where_the_work_is_left(tmp_path):
    triplets = tuple(Triplet(f"p {n}", f"e {n}", f"c {n}") for n in range(900))
    encoder = HashEncoder()
    work = score_triplets(SentenceVectors(encoder, tmp_path), triplets)
    while next(work).done < 300:
        pass
    work.close()
    before = encoder.embedded
    finish(score_triplets(SentenceVectors(encoder, tmp_path), triplets))
    assert 0 < before < 2700 and encoder.embedded == 2700


def test_the_table_is_written_whole_and_read_again(tmp_path):
    table = TripletTable(what(tmp_path), seen([0.1, -0.3, 0.0, 0.2]), seen([0.2, 0.1, -0.1, -0.2]))
    path = tmp_path / "out.csv"
    assert finish(write_csv(path, table, np.array([3, 0]))) == 2
    with path.open(newline="", encoding="utf-8") as file:
        header, first, second = csv.reader(file)
    assert header[:4] == ["sent0", "sent1", "hard_neg", "kind"]
    assert header[7] == "margin (hash, mean pooling)" and len(set(header)) == len(header)
    assert first[:4] == ["Anna ate an apple", "Fruit was eaten", "Anna ate no apple", "food"]
    assert float(first[header.index("margin (hash, mean pooling)")]) == pytest.approx(0.2)
    assert len(header) == len(first) == len(second) == 12
    again = finish(read_triplets(path))
    assert again == (table.what.triplets[3], table.what.triplets[0])


def test_a_file_that_cannot_be_written_leaves_what_was_there(tmp_path):
    table = TripletTable(what(tmp_path), seen([0.1, -0.3, 0.0, 0.2]))
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="could not be written"):
        finish(write_csv(tmp_path / "file" / "out.csv", table, np.arange(4)))
    target = tmp_path / "out.csv"
    target.write_text("before")
    work = write_csv(target, table, np.arange(4))
    next(work)
    work.close()
    assert target.read_text() == "before" and not list(tmp_path.glob(".out.csv*"))


def test_an_empty_choice_is_no_trouble(tmp_path):
    table = TripletTable(what(tmp_path), seen([0.1, 0.3, 0.1, 0.2]))
    assert rows(table, only="wrong", column="premise", descending=True) == []
    assert isinstance(table.what, TripletSet)
