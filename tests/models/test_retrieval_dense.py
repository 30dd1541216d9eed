"""Vector indexes: exact ones equal brute force, all of them refuse what is not theirs."""

import os
import threading

import numpy as np
import pytest

from models.errors import InputError
from models.events import Progress, Skipped, finish
from models.retrieval.dense import (
    DenseIndex,
    IndexSpec,
    as_compared,
    build_dense,
    suggested_index,
)
from models.retrieval.faiss_kinds import empty_index
from models.retrieval.measure import Forecast, compare_indexes
from models.retrieval.ranked import best

KINDS = ("flat", "sq8", "hnsw", "ivf", "ivfpq")


def clustered(count, dimensions=32, seed=0):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(20, dimensions))
    points = centres[rng.integers(20, size=count)] + 0.5 * rng.normal(size=(count, dimensions))
    return points.astype(np.float32)


def brute_force(questions, vectors, similarity):
    if similarity == "cosine":
        questions = questions / np.linalg.norm(questions, axis=1, keepdims=True)
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return questions @ vectors.T


@pytest.mark.parametrize("similarity", ["cosine", "dot"])
@pytest.mark.parametrize("many", [1, 50])
def test_flat_equals_brute_force(similarity, many):
    vectors, questions = clustered(700), clustered(many, seed=1)
    scores = brute_force(questions, vectors, similarity)
    found = DenseIndex.flat(vectors, similarity).search(questions, 10)
    for row, ranked in zip(scores, found, strict=True):
        np.testing.assert_array_equal(ranked.rows, np.argsort(-row, kind="stable")[:10])
        np.testing.assert_allclose(ranked.scores, np.sort(row)[::-1][:10], rtol=1e-4)


def test_dot_and_cosine_differ_where_lengths_do():
    vectors = np.array([[1, 0], [10, 10]], np.float32)
    question = np.array([[1, 0]], np.float32)
    assert DenseIndex.flat(vectors, "cosine").search(question, 1)[0].rows.tolist() == [0]
    assert DenseIndex.flat(vectors, "dot").search(question, 1)[0].rows.tolist() == [1]


def test_equal_scores_come_in_row_order():
    vectors = np.tile(clustered(1), (9, 1))
    assert DenseIndex.flat(vectors, "dot").search(vectors[:1], 9)[0].rows.tolist() == [*range(9)]


def test_best_orders_ties_at_the_boundary_by_row():
    scores = np.array([1, 3, 2, 2, 2, 0], np.float32)
    ranked = best(scores, np.array([50, 40, 30, 20, 10, 0]), 3)
    assert ranked.rows.tolist() == [40, 10, 20]
    assert best(scores, np.arange(6), 99).rows.tolist() == [1, 2, 3, 4, 0, 5]
    assert best(scores, np.arange(6), 0).rows.tolist() == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_finds_what_is_near_and_ranks_higher_as_better(kind):
    vectors = clustered(3000)
    index = finish(build_dense(vectors, IndexSpec(kind), "cosine"))
    exact = DenseIndex.flat(vectors, "cosine").search(vectors[:40], 10)
    found = index.search(vectors[:40], 10)
    shares = [len({*a.rows} & {*b.rows}) / 10 for a, b in zip(exact, found, strict=True)]
    assert np.mean(shares) > (0.6 if kind == "ivfpq" else 0.9)
    for ranked in found:
        assert (np.diff(ranked.scores) <= 0).all()
        assert ranked.scores[0] == pytest.approx(1, abs=0.1)


def test_padding_never_comes_out():
    index = finish(build_dense(clustered(400), IndexSpec("ivf", lists=40, probes=1), "cosine"))
    raw = index._index.search(as_compared(clustered(5), "cosine"), 400)[1]
    assert (raw == -1).any(), "otherwise this test shows nothing"
    for ranked in index.search(clustered(5), 400):
        assert 0 < len(ranked.rows) < 400
        assert (ranked.rows >= 0).all()
        assert len(ranked.scores) == len(ranked.rows)


def test_more_than_there_is_and_nothing_at_all():
    vectors = clustered(3)
    assert len(DenseIndex.flat(vectors, "dot").search(vectors[:1], 50)[0].rows) == 3
    empty = DenseIndex.flat(np.empty((0, 32), np.float32), "cosine")
    assert len(empty) == 0
    assert empty.search(vectors, 5)[0].rows.tolist() == []
    assert DenseIndex.flat(vectors, "dot").search(vectors[:0], 5) == []


def test_a_zero_vector_is_similar_to_nothing():
    vectors = np.array([[0, 0], [0, 1]], np.float32)
    found = DenseIndex.flat(vectors, "cosine").search(np.array([[0, 2]], np.float32), 2)[0]
    assert found.rows.tolist() == [1, 0]
    assert found.scores.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("spec", "count", "least"),
    [
        (IndexSpec("ivfpq"), 100, 256),
        (IndexSpec("ivf", lists=64), 63, 64),
        (IndexSpec("sq8"), 0, 1),
    ],
)
def test_too_few_vectors_are_refused_with_the_number_needed(spec, count, least):
    with pytest.raises(InputError, match=f"at least {least} passages.* there are {count}"):
        finish(build_dense(clustered(count), spec, "cosine"))


def test_the_lists_visited_grow_with_the_lists():
    assert [IndexSpec("ivf").visited(lists) for lists in (8, 100, 4000)] == [8, 32, 250]
    assert IndexSpec("ivf", probes=7).visited(4000) == 7
    index = finish(build_dense(clustered(3000), IndexSpec("ivf", lists=60), "cosine"))
    assert index._index.nprobe == 32


@pytest.mark.parametrize(
    ("dimensions", "asked", "bytes_"), [(32, None, 8), (32, 7, 4), (30, None, 6), (7, None, 1)]
)
def test_codes_are_a_divisor_of_the_dimensions(dimensions, asked, bytes_):
    spec = IndexSpec("ivfpq", code_bytes=asked)
    assert empty_index(spec, 400, dimensions).pq.code_size == bytes_


@pytest.mark.parametrize("values", [{"kind": "lsh"}, {"probes": 0}, {"links": "many"}])
def test_a_senseless_specification_is_refused(values):
    with pytest.raises(InputError):
        IndexSpec(**values)


def test_building_reports_and_can_be_cancelled():
    events = []
    finish(build_dense(clustered(5000), IndexSpec("hnsw"), "cosine"), events.append)
    assert events[-1] == Progress("Building the index", 5000, 5000, "vectors")
    assert [event.done for event in events] == [0, 2000, 4000, 5000]
    work = build_dense(clustered(5000), IndexSpec("hnsw"), "cosine")
    next(work)
    work.close()
    with pytest.raises(StopIteration):
        next(work)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_saved_is_what_is_loaded(kind, tmp_path):
    vectors, path = clustered(1000), tmp_path / "Größe-索引.faiss"
    index = finish(build_dense(vectors, IndexSpec(kind), "cosine"))
    index.save(path)
    again = DenseIndex.load(path, IndexSpec(kind), "cosine", vectors)
    for one, other in zip(index.search(vectors[:9], 7), again.search(vectors[:9], 7), strict=True):
        np.testing.assert_array_equal(one.rows, other.rows)
        np.testing.assert_array_equal(one.scores, other.scores)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_vectors_are_searched_where_they_lie(tmp_path):
    vectors = as_compared(clustered(900), "cosine")
    np.save(tmp_path / "vectors.npy", vectors)
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="r")
    index = DenseIndex.over(mapped, "cosine")
    assert np.shares_memory(index._index.vectors, mapped)
    for questions in (clustered(3, seed=1), clustered(50, seed=2)):
        copied = DenseIndex.flat(vectors, "cosine").search(questions, 10)
        for one, other in zip(index.search(questions, 10), copied, strict=True):
            np.testing.assert_array_equal(one.rows, other.rows)
            np.testing.assert_allclose(one.scores, other.scores, rtol=1e-5)
    index.save(tmp_path / "index.faiss")
    assert len(DenseIndex.load(tmp_path / "index.faiss", IndexSpec(), "cosine")) == 900


@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_the_best_candidates_of_ivfpq_are_compared_exactly(similarity):
    vectors, questions = clustered(3000), clustered(60, seed=3)
    exact = DenseIndex.flat(vectors, similarity).search(questions, 10)
    shares = {}
    for rerank in (1, None):
        spec = IndexSpec("ivfpq", code_bytes=4, rerank=rerank)
        index = finish(build_dense(vectors, spec, similarity))
        found = index.search(questions, 10)
        both = list(zip(exact, found, strict=True))
        shares[rerank] = np.mean([len({*a.rows} & {*b.rows}) / 10 for a, b in both])
        scores = brute_force(questions, vectors, similarity)
        off = max(
            np.abs(row[ranked.rows] - ranked.scores).max()
            for row, ranked in zip(scores, found, strict=True)
        )
        assert (off < 1e-3) == (rerank is None), "exact scores come from comparing, not else"
    assert shares[None] > shares[1] + 0.1


def test_training_is_asked_for_by_the_round_and_no_worse_for_it():
    vectors, questions = clustered(6000), as_compared(clustered(50, seed=3), "cosine")
    spec, events = IndexSpec("ivf", lists=60, probes=4), []
    ours = finish(build_dense(vectors, spec, "cosine"), events.append)
    rounds = [event.done for event in events if event.stage == "Training the index"]
    assert rounds == list(range(len(rounds))) and len(rounds) > 5
    theirs = empty_index(spec, 6000, 32)
    theirs.train(as_compared(vectors, "cosine"))
    theirs.add(as_compared(vectors, "cosine"))
    exact = DenseIndex.flat(vectors, "cosine").search(questions, 10)

    def recall(index):
        found = index.search(questions, 10)
        return np.mean([len({*a.rows} & {*b.rows}) / 10 for a, b in zip(exact, found, strict=True)])

    assert recall(ours) > recall(DenseIndex(theirs, spec, "cosine")) - 0.05
    work = build_dense(vectors, spec, "cosine")
    for event in work:
        if event.stage == "Training the index" and event.done == 2:
            break
    work.close()


@pytest.mark.parametrize(
    ("count", "dimensions", "kind"),
    [
        (1, 384, "flat"),
        (100_000, 384, "flat"),
        (1_000_000, 256, "ivfpq"),
        (21_000_000, 768, "ivfpq"),
    ],
)
def test_the_suggested_index_goes_by_what_a_question_reads(count, dimensions, kind):
    spec, why = suggested_index(count, dimensions)
    assert spec.kind == kind
    assert why.endswith(".") and why.count(". ") == 0


@pytest.mark.parametrize("kind", KINDS)
def test_truncated_files_are_refused(kind, tmp_path):
    path = tmp_path / "index.faiss"
    finish(build_dense(clustered(1000), IndexSpec(kind), "cosine")).save(path)
    whole = path.read_bytes()
    for size in (0, 4, 40, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(InputError, match="not a whole FAISS index"):
            DenseIndex.load(path, IndexSpec(kind), "cosine")


def test_foreign_files_are_refused(tmp_path):
    import faiss

    path = tmp_path / "index.faiss"
    with pytest.raises(InputError, match="missing"):
        DenseIndex.load(path, IndexSpec(), "cosine")
    path.write_bytes(os.urandom(5000))
    with pytest.raises(InputError, match="not a whole FAISS index"):
        DenseIndex.load(path, IndexSpec(), "cosine")
    DenseIndex.flat(clustered(10), "dot").save(path)
    with pytest.raises(InputError, match="not the hnsw index"):
        DenseIndex.load(path, IndexSpec("hnsw"), "cosine")
    faiss.write_index(faiss.IndexHNSWFlat(8, 16), str(path))
    with pytest.raises(InputError, match="distance"):
        DenseIndex.load(path, IndexSpec("hnsw"), "cosine")


def test_a_question_of_another_dimension_is_refused():
    with pytest.raises(InputError, match="16 dimensions and the index 32"):
        DenseIndex.flat(clustered(10), "dot").search(clustered(1, 16), 3)


def test_several_threads_get_the_same_answers():
    vectors = clustered(2000)
    index = finish(build_dense(vectors, IndexSpec("hnsw"), "cosine"))
    expected = [index.search(vectors[i : i + 1], 5)[0].rows.tolist() for i in range(40)]
    found = [None] * 40

    def ask(start):
        for i in range(start, 40, 4):
            found[i] = index.search(vectors[i : i + 1], 5)[0].rows.tolist()

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected


def test_one_question_leaves_faiss_threads_as_they_were():
    import faiss

    before = faiss.omp_get_max_threads()
    DenseIndex.flat(clustered(10), "dot").search(clustered(1), 3)
    assert faiss.omp_get_max_threads() == before


def test_measuring_compares_with_the_exact_search_and_skips_what_cannot_be_built():
    events = []
    specs = (IndexSpec(), IndexSpec("sq8"), IndexSpec("hnsw"), IndexSpec("ivfpq", lists=999))
    measures = finish(compare_indexes(clustered(800), specs), events.append)
    assert [measure.spec.kind for measure in measures] == ["flat", "sq8", "hnsw"]
    assert measures[0].recall == 1
    assert 0.9 < measures[1].recall <= 1
    assert measures[0].bytes == 800 * 32 * 4
    assert measures[1].bytes < measures[0].bytes / 3
    assert all(0 < measure.p50 <= measure.p95 for measure in measures)
    (skipped,) = [event for event in events if isinstance(event, Skipped)]
    assert skipped.where == "ivfpq"
    assert "999" in skipped.why


def test_measuring_takes_the_users_own_questions():
    vectors = clustered(300)
    (measure,) = finish(
        compare_indexes(vectors, [IndexSpec()], k=5, questions=clustered(7, seed=2))
    )
    assert measure.recall == 1


def test_a_kind_that_takes_too_long_is_skipped_with_an_estimate():
    events = []
    specs = (IndexSpec(), IndexSpec("hnsw"))
    measures = finish(compare_indexes(clustered(5000), specs, patience=1e-6), events.append)
    assert [measure.spec.kind for measure in measures] == ["flat"]
    (skipped,) = [event for event in events if isinstance(event, Skipped)]
    assert skipped.where == "hnsw"
    assert "would take about" in skipped.why


def test_a_forecast_counts_each_stage_by_its_own_pace(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("models.retrieval.measure.time.perf_counter", lambda: clock[0])
    forecast = Forecast()
    told = []
    for passed, event in (
        (1, Progress("Training", 0, 10)),
        (10, Progress("Training", 1, 10)),
        (99, Progress("Training", 10, 10)),
        (0, Progress("Building", 0, 100)),
        (2, Progress("Building", 10, 100)),
    ):
        clock[0] += passed
        told.append(forecast.after(event))
    assert told == [1, 101, 110, 110, 130]


def test_measuring_takes_unit_vectors_as_they_lie_and_others_as_well():
    vectors = clustered(400)
    for given in (vectors, as_compared(vectors, "cosine")):
        (measure,) = finish(compare_indexes(given, [IndexSpec("sq8")], k=5))
        assert measure.recall > 0.9
