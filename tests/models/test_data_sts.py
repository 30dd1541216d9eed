"""SentEval's folder: pairs with judgements and sentences with classes, oddities included."""

from pathlib import Path

import numpy as np
import pytest
from senteval_folder import benchmark, folded, mrpc, put, sick, sst, sts_year, trec

from models.data.sentences import MissingFileError, task_home, task_name
from models.data.senteval import TRANSFER_TASKS, read_transfer
from models.data.sts import STS_TASKS, read_sts
from models.errors import InputError

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "senteval"
published = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published sets are not here")


def test_pairs_without_judgement_are_dropped_and_subsets_stand_in_order(tmp_path):
    pair = ("one", "two", 1.5)
    sts_year(
        tmp_path,
        "STS13",
        {
            "OnWN": [("a", "b", 2), ("no", "gold", None), (" c ", "", "0.25")],
            "FNWN": [pair],
            "headlines": [("x\ty", "z", 3)],
            "SMT": [("not", "free", 5)],
        },
    )
    pairs = read_sts(tmp_path, "STS13")
    assert [(p.first, p.second, p.gold, p.subset) for p in pairs] == [
        ("one", "two", 1.5, "FNWN"),
        ("x", "y", 3.0, "headlines"),
        ("a", "b", 2.0, "OnWN"),
        ("c", "", 0.25, "OnWN"),
    ]


def test_the_benchmark_is_split_at_tabs_alone(tmp_path):
    benchmark(tmp_path)
    pairs = read_sts(tmp_path, "STSB")
    assert [pair.gold for pair in pairs] == [5, 3.2, 2, 0]
    assert (pairs[1].first, pairs[1].second) == ('A "cat sat.', "The cat ran.")
    assert pairs[2].second == "Dogs bark loudly now."
    benchmark(tmp_path, "dev")
    assert read_sts(tmp_path, "STSB", "dev") == pairs


def test_sick_has_a_header_and_other_line_ends(tmp_path):
    sick(tmp_path)
    pairs = read_sts(tmp_path, "SICKR")
    assert [(pair.second, pair.gold) for pair in pairs] == [
        ("A boy is playing", 4.7),
        ("No boy plays", 3.3),
        ("A tree grows", 1.0),
    ]


def test_what_is_missing_is_named(tmp_path):
    benchmark(tmp_path)
    with pytest.raises(MissingFileError, match=r"STS14 cannot be measured.*deft-forum\.txt"):
        read_sts(tmp_path, "STS14")
    with pytest.raises(MissingFileError, match=r"rt-polarity\.neg"):
        read_transfer(tmp_path, "MR")
    with pytest.raises(InputError, match="no folder"):
        read_sts(tmp_path / "nowhere", "STSB")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no task of SentEval"):
        task_home(tmp_path / "empty")


def test_damage_is_one_sentence(tmp_path):
    golds = tmp_path / "STS" / "STS13-en-test"
    sts_year(tmp_path, "STS13", {"FNWN": [("a", "b", 1), ("c", "d", "high")]})
    with pytest.raises(InputError, match="line 2 has the score high"):
        read_sts(tmp_path, "STS13")
    put(golds / "STS.gs.FNWN.txt", "1\n")
    with pytest.raises(InputError, match=r"2 lines and STS\.gs\.FNWN\.txt 1"):
        read_sts(tmp_path, "STS13")
    put(golds / "STS.gs.FNWN.txt", "1\n2\n")
    put(golds / "STS.input.FNWN.txt", "a\tb\nno tab\n")
    with pytest.raises(InputError, match="line 2 is not two sentences"):
        read_sts(tmp_path, "STS13")
    put(tmp_path / "STS" / "STSBenchmark" / "sts-test.csv", "only\tthree\tcells\n")
    with pytest.raises(InputError, match="3 columns instead of 7"):
        read_sts(tmp_path, "STSB")
    put(tmp_path / "STS" / "STSBenchmark" / "sts-test.csv", "")
    with pytest.raises(InputError, match="empty"):
        read_sts(tmp_path, "STSB")
    put(tmp_path / "SST" / "binary" / "sentiment-train", "1 good\n7 bad\n")
    with pytest.raises(InputError, match="line 2 is not a sentence with a 0 or a 1"):
        read_transfer(tmp_path, "SST2")


@pytest.mark.parametrize("given", ["STS-B", "stsb", "STSB ", "sts b"])
def test_tasks_go_by_several_spellings(given):
    assert task_name(given, STS_TASKS) == "STSB"


def test_an_unknown_task_is_told_what_there_is():
    with pytest.raises(InputError, match="no task STS17; there are STS12, STS13"):
        task_name("STS17", STS_TASKS)


def test_one_file_a_class_keeps_empty_lines(tmp_path):
    put(tmp_path / "CR" / "custrev.neg", "bad\n\nworse\n")
    put(tmp_path / "CR" / "custrev.pos", "good\n")
    task = read_transfer(tmp_path, "CR")
    assert task.train.texts == ("bad", "", "worse", "good")
    assert task.train.labels.tolist() == [0, 0, 0, 1]
    assert (task.dev, task.test, task.classes) == (None, None, ("negative", "positive"))


def test_labels_of_sst_stand_before_or_behind(tmp_path):
    sst(tmp_path, 3)
    task = read_transfer(tmp_path, "SST2")
    for part in (task.train, task.dev, task.test):
        assert part.labels.tolist() == [1, 1, 1, 0, 0, 0]
        assert all(text[0].isalpha() and not text.endswith("1") for text in part.texts[:1])


def test_trec_is_latin_and_its_lines_end_at_line_feeds_only(tmp_path):
    trec(tmp_path, 5)
    task = read_transfer(tmp_path, "TREC")
    assert task.classes == ("LOC", "NUM")
    assert len(task.train.texts) == 11
    assert task.train.texts[-1].startswith("Où est le café")
    assert task.train.labels.tolist() == [0] * 5 + [1] * 5 + [0]
    assert task.test.labels.tolist() == [0, 1]


def test_mrpc_has_quotation_marks_that_mean_nothing(tmp_path):
    mrpc(tmp_path, count=2)
    task = read_transfer(tmp_path, "MRPC")
    assert task.train.labels.tolist() == [1, 1, 0, 0]
    assert task.train.texts[0].startswith('"') and task.train.texts[0].endswith("he said.")
    assert task.train.seconds[0].endswith('he said"')
    assert task.note == ""


def test_mrpc_without_test_pairs_says_so(tmp_path):
    mrpc(tmp_path, ("msr-para-train.tsv", "msr-para-val.tsv"))
    assert "validation pairs (msr-para-val.tsv)" in read_transfer(tmp_path, "MRPC").note


def test_sentevals_own_folder_may_be_named_from_above(tmp_path):
    folded(tmp_path / "data" / "downstream", "MR", "rt-polarity.pos", "rt-polarity.neg", 2)
    assert len(read_transfer(tmp_path, "MR").train.texts) == 4


COUNTS = {
    "STS12": 3108,
    "STS13": 1500,
    "STS14": 3750,
    "STS15": 3000,
    "STS16": 1186,
    "STSB": 1379,
    "SICKR": 4927,
}


@published
def test_published_pairs_are_as_many_as_papers_count():
    assert {task: len(read_sts(PUBLISHED, task)) for task in STS_TASKS} == COUNTS
    assert [len(read_sts(PUBLISHED, "STSB", split)) for split in ("train", "dev")] == [5749, 1500]
    assert [len(read_sts(PUBLISHED, "SICKR", split)) for split in ("train", "dev")] == [4500, 500]


@published
def test_published_sentences_are_as_many_as_papers_count():
    counts = {}
    for name in TRANSFER_TASKS:
        task = read_transfer(PUBLISHED, name)
        parts = [part for part in (task.train, task.dev, task.test) if part is not None]
        counts[name] = [len(part.texts) for part in parts]
        assert set(np.unique(task.train.labels)) == set(range(len(task.classes)))
    assert counts == {
        "MR": [10662],
        "CR": [3775],
        "SUBJ": [10000],
        "MPQA": [10606],
        "SST2": [6920, 872, 1821],
        "TREC": [5452, 500],
        "MRPC": [3576, 500],
    }
