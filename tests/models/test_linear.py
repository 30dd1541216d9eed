"""Classifiers on frozen features against independent implementations, and their edges."""

import itertools
import math

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from models.errors import InputError
from models.evaluation.fractions import held_out, labelled
from models.evaluation.knn import default_k, knn_accuracy, knn_probe
from models.evaluation.linear import FEW_L2, confusion, linear_accuracy, linear_probe
from models.evaluation.logistic import LogisticProblem
from models.events import Progress, finish


@pytest.fixture(scope="module")
def digits():
    data = load_digits()
    rows = np.random.default_rng(0).permutation(len(data.target))
    x, y = data.data[rows].astype(np.float32), data.target[rows].astype(np.int64)
    return x[:1200], y[:1200], x[1200:], y[1200:]


def standardised(x, by):
    scale = by.std(0)
    return (x - by.mean(0)) / np.where(scale == 0, 1, scale)


@pytest.mark.parametrize("count", [1200, 50])  # more examples than the 64 features, and fewer
@pytest.mark.parametrize("l2", [1.0, 0.01])
def test_logistic_regression_is_scikit_learns(digits, monkeypatch, count, l2):
    monkeypatch.setattr("models.evaluation.logistic._GRADIENT", 1e-6)
    train_x, train_y, test_x, _ = digits
    x, y = train_x[:count], train_y[:count]
    reference = LogisticRegression(C=1 / (l2 * count), tol=1e-8, max_iter=5000)
    reference.fit(standardised(x.astype(np.float64), x), y)
    model = finish(LogisticProblem(x, y, 10).fit(l2))
    expected = reference.predict_proba(standardised(test_x.astype(np.float64), x))
    assert np.abs(model.logits(test_x).softmax(1).numpy() - expected).max() < 1e-3
    assert np.mean(model.predict(test_x) == reference.predict(standardised(test_x, x))) > 0.99


def test_a_later_penalty_is_fitted_as_if_it_were_the_first(digits):
    train_x, train_y, test_x, _ = digits
    problem = LogisticProblem(train_x, train_y, 10)
    finish(problem.fit(10.0))
    warm = finish(problem.fit(0.1)).logits(test_x)
    cold = finish(LogisticProblem(train_x, train_y, 10).fit(0.1)).logits(test_x)
    assert (warm - cold).abs().max() < 1e-2


def test_the_probe_tells_digits_apart_and_its_penalty_is_between_the_ends(digits):
    found = finish(linear_probe(*digits))
    assert found.accuracy > 95
    assert found.accuracy == 100 * np.mean(found.predicted == digits[3])
    assert 1e-6 < found.l2 < 31
    assert linear_accuracy(*digits) == found.accuracy


def test_the_probe_can_be_left_at_any_report(digits):
    work = linear_probe(*digits)
    assert isinstance(next(work), Progress)
    work.close()
    with pytest.raises(StopIteration):
        next(work)


def test_few_labels_take_a_fixed_penalty(digits):
    train_x, train_y, test_x, test_y = digits
    found = finish(linear_probe(train_x[:40], train_y[:40], test_x, test_y))
    assert found.l2 == FEW_L2
    assert found.accuracy > 50


def test_features_of_any_scale_and_offset_give_the_same_classifier(digits):
    train_x, train_y, test_x, test_y = digits
    scale = np.geomspace(1e-3, 1e3, 64, dtype=np.float32)
    moved = linear_probe(train_x * scale + scale, train_y, test_x * scale + scale, test_y)
    plain = finish(linear_probe(*digits))
    assert np.mean(finish(moved).predicted == plain.predicted) > 0.98


def test_labels_need_not_be_consecutive(digits):
    train_x, train_y, test_x, test_y = digits
    found = finish(linear_probe(train_x, 7 * train_y, test_x, 7 * test_y))
    assert found.accuracy > 95


@pytest.mark.parametrize("accuracy", [linear_accuracy, knn_accuracy])
def test_bad_data_is_one_sentence(accuracy):
    x, y = np.eye(4, dtype=np.float32), np.array([0, 1, 0, 1])
    none = np.empty(0, np.int64)
    with pytest.raises(InputError, match="one class only"):
        accuracy(x, np.zeros(4, np.int64), x, y)
    with pytest.raises(InputError, match="no labels"):
        accuracy(x[:0], none, x, y)
    with pytest.raises(InputError, match="test data has no labels"):
        accuracy(x, y, x[:0], none)
    with pytest.raises(InputError, match="not finite"):
        accuracy(x, y, np.full_like(x, np.nan), y)


def votes(train_x, train_y, question, k, temperature):
    """Wu et al. 2018, by hand."""
    cosines = [float(question @ x / np.linalg.norm(question) / np.linalg.norm(x)) for x in train_x]
    nearest = sorted(range(len(cosines)), key=lambda row: -cosines[row])[:k]
    weights = {}
    for row in nearest:
        label = int(train_y[row])
        weights[label] = weights.get(label, 0.0) + math.exp(cosines[row] / temperature)
    return max(weights, key=weights.__getitem__)


@pytest.mark.parametrize(("k", "temperature"), [(1, 0.1), (7, 0.1), (40, 0.5), (1000, 0.07)])
def test_neighbours_vote_as_written_down(monkeypatch, k, temperature):
    monkeypatch.setattr("models.evaluation.knn._SIMILARITIES", 60 * 7)  # seven questions a batch
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(60, 5)).astype(np.float32), rng.integers(0, 3, 60)
    questions, truth = rng.normal(size=(25, 5)).astype(np.float32), rng.integers(0, 3, 25)
    found = finish(knn_probe(x, y, questions, truth, k, temperature))
    assert found.predicted.tolist() == [votes(x, y, q, k, temperature) for q in questions]
    assert found.accuracy == pytest.approx(100 * np.mean(found.predicted == truth))


def test_a_small_temperature_does_not_overflow():
    x, y = np.eye(2, dtype=np.float32), np.array([0, 1])
    assert knn_accuracy(x, y, x, y, k=2, temperature=1e-3) == 100


def test_neighbours_are_in_proportion_to_the_examples():
    assert [default_k(n) for n in (1, 500, 5000, 50_000, 1_281_167)] == [1, 2, 20, 200, 200]


def test_fractions_are_stratified_seeded_and_nested():
    labels = np.repeat(np.arange(4), [400, 200, 100, 100])
    tenth, hundredth = labelled(labels, 0.1, 3), labelled(labels, 0.01, 3)
    assert np.bincount(labels[tenth.rows]).tolist() == [40, 20, 10, 10]
    assert np.bincount(labels[hundredth.rows]).tolist() == [4, 2, 1, 1]
    assert set(hundredth.rows) < set(tenth.rows) and not tenth.note
    assert labelled(labels, 0.1, 3).rows.tolist() == tenth.rows.tolist()
    assert labelled(labels, 0.1, 4).rows.tolist() != tenth.rows.tolist()
    assert labelled(labels, 1.0, 3).rows.tolist() == list(range(800))


def test_one_label_a_class_is_said_where_it_is_more_than_the_fraction():
    chosen = labelled(np.array([0] * 300 + [1] * 20 + [-1] * 5), 0.01, 0)
    assert len(chosen.rows) == 4
    assert "0.01 of the 320 labels is less than one a class" in chosen.note
    assert "4 labels" in chosen.note


@pytest.mark.parametrize("fraction", [0, -1, 1.01, float("nan")])
def test_fractions_lie_between_nothing_and_all(fraction):
    with pytest.raises(InputError, match="no fraction of the labels"):
        labelled(np.array([0, 1]), fraction, 0)


def test_a_fifth_of_each_class_is_held_out():
    labels = np.repeat(np.arange(3), [50, 12, 4])
    fitted, held = held_out(labels, 0)
    assert np.bincount(labels[held], minlength=3).tolist() == [10, 2, 0]
    assert sorted([*fitted, *held]) == list(range(66))


def test_confusion_counts_rows_by_truth():
    truth, predicted = np.array([0, 0, 1, 2]), np.array([0, 2, 1, 1])
    assert confusion(truth, predicted, 3).tolist() == [[1, 0, 1], [0, 1, 0], [0, 1, 0]]
    pairs = np.array(list(itertools.product(range(3), repeat=2)))
    assert (confusion(pairs[:, 0], pairs[:, 1], 3) == 1).all()
