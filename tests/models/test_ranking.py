"""Figures of rankings and answers, against independent implementations and known cases."""

import numpy as np
import pytest

from models.errors import InputError
from models.evaluation.ranking import (
    exact_match,
    f1,
    first_rank,
    has_answer,
    mean_percent,
    mrr,
    ndcg,
    top_k,
)


@pytest.mark.parametrize(
    ("answer", "text", "expected"),
    [
        ("14", "It happened in 1914.", False),
        ("14", "on the 14th", False),
        ("14", "on July 14, 1789", True),
        ("U.S.", "the US economy", False),
        ("US", "the U.S. economy", False),
        ("U.S.", "the U.S. economy", True),
        ("u. s.", "the U.S.economy", True),
        ("Beyoncé", "Beyonce sang", False),
        ("Beyonce", "Beyoncé sang", False),
        ("Beyonce\u0301", "BEYONCÉ sang", True),
        ("new york", "New\n York City", True),
        ("new york", "new old york", False),
        ("york new", "new york", False),
        ("don't", "I don't know", True),
        ("$5", "it cost $5.", True),
        ("$5", "it cost 5.", False),
        ("नमस्ते", "वह नमस्ते कहता है", True),
        ("art", "The heart of", False),
        ("one two", "one\x1ftwo", True),
    ],
)
def test_answer_match_compares_whole_tokens(answer, text, expected):
    assert has_answer([answer], text) is expected


def test_any_answer_will_do_and_none_matches_nothing():
    assert has_answer(["absent", "here"], "it is here")
    assert not has_answer([], "it is here")


@pytest.mark.parametrize("answer", ["", "  ", "\u200b", "\x00"])
def test_an_empty_answer_is_refused_instead_of_matching_everything(answer):
    with pytest.raises(InputError, match="empty"):
        has_answer(["fine", answer], "fine or not")


@pytest.mark.parametrize(
    ("prediction", "answers", "em", "expected"),
    [
        ("The Eiffel Tower!", ["eiffel tower"], True, 1),
        ("an  apple", ["Apple", "pear"], True, 1),
        ("U.S.", ["US"], True, 1),
        ("the red apple", ["green apple"], False, 0.5),
        ("in 1914", ["1914"], False, 2 / 3),
        ("cat cat dog", ["cat dog dog"], False, 2 / 3),
        ("theatre", ["atre"], False, 0),
        ("café", ["cafe"], False, 0),
        ("", ["something"], False, 0),
        ("the", ["a"], True, 1),
    ],
)
def test_exact_match_and_f1_follow_squad(prediction, answers, em, expected):
    assert exact_match(prediction, answers) is em
    assert f1(prediction, answers) == pytest.approx(expected)


@pytest.mark.parametrize("answers", [[], [""], ["fine", " "]])
@pytest.mark.parametrize("measure", [exact_match, f1])
def test_nothing_to_compare_with_is_refused(measure, answers):
    with pytest.raises(InputError, match="answer"):
        measure("something", answers)


def test_ranks_top_k_and_mrr_by_hand():
    ranks = [first_rank([5, 7, 9], gold) for gold in ([9, 7], [5], [4], [9])]
    assert ranks == [2, 1, None, 3]
    assert [top_k(ranks, k) for k in (1, 2, 3, 100)] == [25, 50, 75, 75]
    assert mrr(ranks) == pytest.approx(100 * (1 / 2 + 1 + 0 + 1 / 3) / 4)
    assert mrr([11, 10]) == pytest.approx(5)
    assert top_k([], 1) is mrr([]) is mean_percent([]) is None


def test_ndcg_and_mrr_equal_ir_measures():
    ir_measures = pytest.importorskip("ir_measures")
    rng = np.random.default_rng(3)
    qrels, run, ours, ranks = {}, {}, [], []
    for question in range(60):
        rows = rng.permutation(40)[:30].tolist()
        judged = rng.choice(40, rng.integers(1, 15), replace=False).tolist()
        grades = {row: int(rng.integers(0, 4)) for row in judged}
        grades[judged[0]] = 1
        qrels[str(question)] = {str(row): grade for row, grade in grades.items()}
        run[str(question)] = {str(row): 100.0 - rank for rank, row in enumerate(rows)}
        ours.append(ndcg(rows, grades))
        ranks.append(first_rank(rows, [row for row, grade in grades.items() if grade > 0]))
    expected = ir_measures.calc_aggregate(
        [ir_measures.nDCG @ 10, ir_measures.RR @ 10, ir_measures.Success @ 5], qrels, run
    )
    assert mean_percent(ours) == pytest.approx(100 * expected[ir_measures.nDCG @ 10], abs=1e-6)
    assert mrr(ranks) == pytest.approx(100 * expected[ir_measures.RR @ 10], abs=1e-6)
    assert top_k(ranks, 5) == pytest.approx(100 * expected[ir_measures.Success @ 5], abs=1e-6)


def test_ndcg_without_anything_relevant_is_zero():
    assert ndcg([1, 2], {}) == ndcg([1, 2], {1: 0}) == 0
    assert ndcg([1, 2], {1: 2, 2: 1}) == 1
