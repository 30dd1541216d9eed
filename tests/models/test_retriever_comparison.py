"""Retrievers on the same questions: ranks, curves, intervals, tests, hybrids at every weight."""

import math

import ir_measures
import numpy as np
import pytest
from fakes import HashEncoder
from scipy.stats import binom

from models.data.cut import Cutting
from models.data.questions import Question
from models.data.records import Passage, Passages
from models.errors import InputError
from models.evaluation.curves import curve, figures, mean
from models.evaluation.fusing import WEIGHTS, halves, sweep
from models.evaluation.judged import Marks, judge, mark
from models.evaluation.ranking_shelf import RankingShelf
from models.evaluation.rankings import Rankings, outcome
from models.evaluation.retrieval import evaluate_retrieval
from models.evaluation.retrievers import found_by_vectors, found_by_words, of_rankings
from models.evaluation.significance import (
    mcnemar,
    mean_difference,
    randomisation,
    top_k_difference,
)
from models.events import Skipped, finish
from models.indexing import build
from models.opening import searcher_of
from models.project import Recipe
from models.retrieval.dense import DenseIndex
from models.retrieval.searcher import Searcher
from models.vectors import encode

WORDS = ("river", "star", "bread", "salt", "cloud", "horse", "lamp", "stone")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Sixty short texts of few words, so that many tie and few are found at once."""
    folder = tmp_path_factory.mktemp("corpus")
    rng = np.random.default_rng(1)
    lines = ["id\ttitle\ttext"]
    for at in range(60):
        said = " ".join(rng.choice(WORDS, 5)) + f" number{at}"
        lines.append(f"p{at}\tArticle {at // 6}\t{said}")
    source = folder / "corpus.tsv"
    source.write_text("\n".join(lines))
    recipe = Recipe((str(source),), cutting=Cutting(0))
    return finish(build(recipe, folder / "project", HashEncoder()))


@pytest.fixture(scope="module")
def judged(project):
    rng = np.random.default_rng(2)
    questions = []
    for at in range(40):
        gold = {
            f"p{row}": int(grade) for row, grade in zip(rng.choice(60, 3), (1, 2, 1), strict=True)
        }
        text = " ".join(rng.choice(WORDS, 2)) + (f" number{at}" if at % 3 == 0 else "")
        answers = (f"number{at}",) if at % 4 else ()
        questions.append(Question(f"q{at}", text, answers, gold if at % 10 else {"gone": 1}))
    return finish(judge(questions, project.passages))


@pytest.fixture(scope="module")
def found(project, judged):
    return (
        finish(found_by_words(project, judged)),
        finish(found_by_vectors(project, HashEncoder(), judged)),
    )


def test_figures_are_those_of_the_other_evaluation(project, judged, found):
    searcher = searcher_of(project, HashEncoder())
    expected = finish(evaluate_retrieval(searcher, judged.questions))
    words, vectors = found
    weight = searcher.weight
    hybrid = vectors.pool.outcome(weight, vectors.pooled, judged)
    for name, seen in (
        ("bm25", words.outcome),
        ("dense", vectors.outcome),
        ("hybrid", hybrid),
    ):
        reached, known = figures(seen, judged), expected[name]
        for k in (1, 5, 20, 100):
            assert reached.gold.at(k).value == pytest.approx(known[f"top{k}"])
            assert reached.answer.at(k).value == pytest.approx(known["answer_match"][f"top{k}"])
        assert reached.mrr.value == pytest.approx(known["mrr10"])
        assert reached.ndcg.value == pytest.approx(known["ndcg10"])
        assert reached.gold.questions == known["questions"] == 36
        assert known["without_gold"] == len(judged.without_gold) == 4


def test_ranks_are_those_of_ir_measures(project, judged, found):
    ids = project.passages.column("id")
    qrels = [
        ir_measures.Qrel(question.id, ids[row], grade)
        for question, gold in zip(judged.questions, judged.golds, strict=True)
        for row, grade in gold.items()
    ]
    for each in found:
        run = [
            # Ranks as scores: ir_measures breaks ties by id, which is not what is tested.
            ir_measures.ScoredDoc(question.id, ids[row], 1000.0 - place)
            for question, rows in zip(judged.questions, each.rankings.rows.tolist(), strict=True)
            for place, row in enumerate(rows)
            if row >= 0
        ]
        measures = (ir_measures.RR @ 10, ir_measures.nDCG @ 10, ir_measures.Success @ 5)
        theirs = ir_measures.calc_aggregate(measures, qrels, run)
        mine = figures(each.outcome, judged)
        assert mine.mrr.value == pytest.approx(100 * theirs[ir_measures.RR @ 10])
        assert mine.ndcg.value == pytest.approx(100 * theirs[ir_measures.nDCG @ 10])
        assert mine.gold.at(5).value == pytest.approx(100 * theirs[ir_measures.Success @ 5])


def test_the_hybrid_is_the_searcher_s_at_every_weight(project, judged, found):
    own = searcher_of(project, HashEncoder())
    vectors = encode(judged.texts, HashEncoder(), "question")
    for weight in (0.0, 0.3, 0.75, 1.0):
        searcher = Searcher(own.passages, own.vectors, own.encoder, own.dense, own.lexical, weight)
        ranked = searcher.rank(judged.texts, vectors.array, 100)
        mixed = found[1].pool.rankings(weight)
        for at, each in enumerate(ranked):
            rows = mixed.rows[at][mixed.rows[at] >= 0]
            assert rows.tolist() == each["hybrid"].rows.tolist()
            known = mixed.scores[at][: len(rows)]
            assert known == pytest.approx(each["hybrid"].scores, abs=1e-5)


def test_a_sweep_has_both_methods_at_its_ends_and_chooses_on_one_half(judged, found):
    words, vectors = found
    swept = finish(sweep(vectors.pool, vectors.pooled, judged))
    dev = swept.dev
    assert 10 <= dev.sum() <= 30 and (dev == halves(judged)).all()
    assert (halves(judged, seed=1) != dev).any()
    by_vector = vectors.rankings.scores[:, :10] + 1
    assert vectors.pool.rankings(1.0).scores[:, :10] == pytest.approx(
        by_vector / by_vector[:, :1], abs=1e-6
    )
    # BM25 alone leaves out what shares no word; the hybrid has such passages behind the others.
    worded = words.outcome.gold > 0
    assert swept.at(0.0).gold[worded].tolist() == words.outcome.gold[worded].tolist()
    scores = swept.scores("gold", dev=True)
    part = dev & judged.has_gold
    by_hand = [100 * swept.outcomes[n].reciprocal[part].mean() for n in range(len(WEIGHTS))]
    assert scores == pytest.approx(by_hand)
    assert scores[WEIGHTS.index(swept.best("gold"))] == pytest.approx(scores.max())


def test_questions_of_one_article_stay_in_one_half(project):
    questions = [Question(f"q{n}", "star", gold_ids={f"p{n}": 1}) for n in range(60)]
    dev = halves(finish(judge(questions, project.passages)))
    assert dev.sum() == 30
    assert all(len(set(dev[start : start + 6])) == 1 for start in range(0, 60, 6))


def test_curves_and_their_bands():
    ranks = np.array([1, 1, 3, 20, 0, 100, 2, 0, 5, 1], np.int32)
    drawn = curve(ranks)
    assert [drawn.at(k).value for k in (1, 2, 5, 20, 99, 100)] == [30, 40, 60, 70, 70, 80]
    assert (drawn.low <= drawn.value).all() and (drawn.value <= drawn.high).all()
    assert (np.diff(drawn.value) >= 0).all()
    again = curve(ranks)
    assert (again.low == drawn.low).all()
    assert curve(np.empty(0, np.int32)) is None
    certain = curve(np.ones(50, np.int32))
    assert (certain.low[0], certain.high[0]) == (100, 100)


def test_an_interval_is_that_of_the_binomial_and_of_a_plain_bootstrap():
    rng = np.random.default_rng(0)
    hits = rng.random(500) < 0.3
    ranks = np.where(hits, 1, 0).astype(np.int32)
    band = curve(ranks).at(1)
    low, high = binom.ppf([0.025, 0.975], 500, hits.mean()) / 5
    assert band.low == pytest.approx(low, abs=0.7) and band.high == pytest.approx(high, abs=0.7)
    plain = mean(hits.astype(float))
    assert plain.low == pytest.approx(band.low, abs=0.7)
    assert plain.high == pytest.approx(band.high, abs=0.7)


def test_mcnemar_is_exact():
    assert mcnemar(0, 0) == 1
    assert mcnemar(5, 0) == pytest.approx(2 / 2**5)
    p = sum(math.comb(12, n) for n in range(3)) * 2 / 2**12
    assert mcnemar(10, 2) == mcnemar(2, 10) == pytest.approx(p)


def test_randomisation_is_that_of_all_signs():
    gaps = np.array([0.5, 0.25, -0.1, 0.3, 0.0, 0.45, 0.2, -0.05])
    told = gaps[gaps != 0]
    signs = 1 - 2 * ((np.arange(2 ** len(told))[:, None] >> np.arange(len(told))) & 1)
    exact = (np.abs(signs @ told) >= abs(told.sum()) - 1e-12).mean()
    assert randomisation(gaps) == pytest.approx(exact, abs=0.01)
    assert randomisation(np.zeros(9)) == 1
    assert 0 < randomisation(np.ones(200)) < 1e-3


def test_differences_count_wins_and_losses(judged, found):
    words, vectors = (each.outcome for each in found)
    known = top_k_difference(words, vectors, judged, 5)
    hit = [(o.gold > 0) & (o.gold <= 5) for o in (words, vectors)]
    part = judged.has_gold
    assert known.wins == (hit[1] & ~hit[0])[part].sum()
    assert known.losses == (hit[0] & ~hit[1])[part].sum()
    assert known.value == pytest.approx(100 * (known.wins - known.losses) / known.questions)
    assert known.p == mcnemar(known.wins, known.losses)
    assert known.low <= known.value <= known.high
    back = top_k_difference(vectors, words, judged, 5)
    assert (back.value, back.p) == (pytest.approx(-known.value), known.p)
    same = mean_difference(words.ndcg, words.ndcg, judged)
    assert (same.value, same.p, same.wins, same.losses) == (0, 1, 0, 0)


def test_what_was_found_is_kept_and_a_broken_file_costs_time_only(project, judged, found, tmp_path):
    shelf, encoder = RankingShelf(tmp_path / "kept"), HashEncoder()
    first = finish(found_by_vectors(project, encoder, judged, shelf))
    embedded = encoder.embedded
    again = finish(found_by_vectors(project, encoder, judged, shelf))
    assert encoder.embedded == embedded
    assert (again.rankings.rows == first.rankings.rows).all()
    assert (again.outcome.ndcg == first.outcome.ndcg).all()
    assert (again.pooled.grades == first.pooled.grades).all()
    (path,) = (tmp_path / "kept").iterdir()
    path.write_bytes(path.read_bytes()[:100])
    mended = finish(found_by_vectors(project, encoder, judged, shelf))
    assert encoder.embedded > embedded
    assert (mended.rankings.rows == first.rankings.rows).all()


def test_another_encoder_embeds_the_corpus_and_is_not_taken_for_the_first(
    project, judged, tmp_path
):
    shelf, other = RankingShelf(tmp_path / "kept"), HashEncoder(16, "hash-2")
    finish(found_by_vectors(project, HashEncoder(), judged, shelf))
    found = finish(found_by_vectors(project, other, judged, shelf, tmp_path / "vectors"))
    assert other.embedded == 60 + 40
    texts = project.passages.column("text")
    vectors = encode(texts, other)
    searcher = Searcher(
        project.passages,
        vectors,
        other,
        DenseIndex.flat(vectors.array, "cosine"),
        project.lexical(),
    )
    ranked = searcher.rank(judged.texts, encode(judged.texts, other, "question").array, 100)
    for at, each in enumerate(ranked):
        assert found.rankings.rows[at].tolist() == each["dense"].rows.tolist()


def test_marks_ignore_what_is_no_passage(judged):
    rows = np.full((len(judged), 4), -1, np.int32)
    marks = finish(mark(judged, rows))
    assert not marks.grades.any() and not marks.holds.any()
    seen = finish(of_rankings(Rankings(rows, np.zeros(rows.shape, np.float32)), judged)).outcome
    assert not seen.gold.any() and not seen.ndcg.any()
    empty = outcome(Marks(marks.grades[:, :0], marks.holds[:, :0]), judged)
    assert not empty.answer.any()


def test_two_passages_of_one_id_are_refused():
    twice = Passages.of(Passage("same", f"d{n}", "", f"text {n}", "f") for n in range(2))
    with pytest.raises(InputError, match="the id “same”"):
        finish(judge([Question("q", "?", gold_ids={"same": 1})], twice))


def test_questions_of_another_corpus_are_refused(project):
    with pytest.raises(InputError, match="another corpus"):
        finish(judge([Question("q", "?", gold_ids={"gone": 1})], project.passages))


def test_an_empty_answer_is_told_of_and_left_out(project):
    events = []
    questions = [Question("q", "star", ("",), {"p1": 1}), Question("r", "salt", ("number2",))]
    judged = finish(judge(questions, project.passages), events.append)
    assert [event.where for event in events if isinstance(event, Skipped)] == ["question q"]
    assert judged.has_answer.tolist() == [False, True]
    assert [question.id for question in judged.without_gold] == ["r"]
