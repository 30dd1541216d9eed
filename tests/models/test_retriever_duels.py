"""Wins and losses by question, and which row of the table of negatives a run belongs to."""

import numpy as np
import pytest

from models.data.questions import Question
from models.data.records import Passage, Passages
from models.errors import InputError
from models.evaluation.duels import DuelSpec, duel
from models.evaluation.judged import judge
from models.evaluation.negatives_table import negatives_runs
from models.evaluation.published_retrieval import DATASETS, NEGATIVES, RETRIEVERS, kind_of
from models.evaluation.rankings import Outcome
from models.events import finish
from models.training.negatives import Negatives


@pytest.fixture
def judged():
    passages = Passages.of(Passage(f"p{n}", f"d{n}", "", f"text {n}", "f") for n in range(3))
    texts = ("Red river", "blue star", "red star", "green salt", "lost red")
    golds = ({"p0": 1}, {"p1": 1}, {"p2": 1}, {"p0": 1}, {"gone": 1})
    questions = [
        Question(f"q{n}", t, gold_ids=g) for n, (t, g) in enumerate(zip(texts, golds, strict=True))
    ]
    return finish(judge(questions, passages))


def outcome(*ranks):
    array = np.array(ranks, np.int32)
    return Outcome(array, array[::-1].copy(), np.zeros(len(ranks)))


def places(judged, **spec):
    found = finish(duel(outcome(1, 5, 50, 0, 0), outcome(2, 1, 0, 0, 0), judged, DuelSpec(**spec)))
    return found.places.tolist(), found


def test_sides_are_those_of_the_ranks(judged):
    rows, found = places(judged)
    # 5 against 1, then 50 against beyond 100, then 1 against 2.
    assert rows == [1, 2, 0, 3]
    assert (found.wins, found.losses, found.equal, found.missed) == (1, 2, 0, 1)
    assert found.first.tolist() == [5, 50, 1, 0] and found.second.tolist() == [1, 0, 2, 0]
    assert places(judged, side="wins")[0] == [1]
    assert places(judged, side="losses", order="file")[0] == [0, 2]
    assert places(judged, side="both missed")[0] == [3]
    assert places(judged, side="without")[0] == [4]


def test_the_order_is_by_gap_by_file_or_by_rank(judged):
    assert places(judged, order="file")[0] == [0, 1, 2, 3]
    assert places(judged, order="first")[0] == [0, 1, 2, 3]
    assert places(judged, order="second")[0] == [1, 0, 2, 3]


def test_words_are_looked_for_in_any_case(judged):
    assert places(judged, words="RED", order="file")[0] == [0, 2]
    assert places(judged, words="star red")[0] == [2]
    assert places(judged, words="nothing")[0] == []


def test_an_unknown_side_is_refused():
    with pytest.raises(InputError, match="no side"):
        DuelSpec(side="left")
    with pytest.raises(InputError, match="no order"):
        DuelSpec(order="up")


@pytest.mark.parametrize(
    ("negatives", "kind"),
    [
        (Negatives(in_batch=False, hard=0, random=7), "random"),
        (Negatives(in_batch=False, hard=7), "bm25"),
        (Negatives(in_batch=False, hard=0, gold=7), "gold"),
        (Negatives(hard=0), "in-batch"),
        (Negatives(hard=1), "in-batch + bm25"),
        (Negatives(hard=1, random=1), "other"),
        (Negatives(hard=0, random=3), "other"),
    ],
)
def test_a_run_belongs_to_the_row_of_its_negatives(negatives, kind):
    assert kind_of(negatives) == kind


def test_published_rows_are_whole():
    assert [row.top20["SQuAD"] for row in RETRIEVERS] == [68.8, 63.2, 71.5]
    assert all(len(row.top100) == len(DATASETS) for row in RETRIEVERS)
    assert NEGATIVES[-1].top[5] == 65.8


def test_no_runs_are_no_rows(tmp_path):
    assert finish(negatives_runs(tmp_path)) == ()
