"""SentEval's protocol: folds, the choice of the penalty, features, scores that are kept."""

import numpy as np
import pytest
from fakes import HashEncoder
from senteval_folder import folded, mrpc, sentences, sst, trec
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from models.data.senteval import Part, TransferTask
from models.errors import InputError
from models.evaluation.embedding import SentenceVectors
from models.evaluation.logistic_folds import Folds
from models.evaluation.transfer import L2, average, evaluate_transfer, score_task
from models.events import Progress, Skipped, finish


@pytest.fixture(scope="module")
def digits():
    x, y = load_digits(return_X_y=True)
    return (x[:600] / 40).astype(np.float32), y[:600].astype(np.int64)


@pytest.mark.parametrize(
    ("classes", "scale", "solver", "slack"),
    [(2, 1, "newton-cholesky", 3e-3), (10, 1, "lbfgs", 3e-3), (2, 20, "newton-cholesky", 3e-2)],
)
def test_each_of_many_is_scikit_learns(digits, classes, scale, solver, slack):
    x, y = scale * digits[0], digits[1] % classes
    rng = np.random.default_rng(0)
    members = rng.random((6, 600)) < 0.85
    penalties = [1e-1, 1e-2, 1e-3, 1e-1, 1e-2, 1e-3]
    fitted = finish(Folds(x, y, classes).fit(members, penalties))
    assert fitted.converged
    predicted = fitted.predict(x)
    for place, (rows, l2) in enumerate(zip(members, penalties, strict=True)):
        # Its penalty stands once for the two opposite weights of two classes.
        strength = (2 if classes == 2 else 1) / (l2 * rows.sum())
        reference = LogisticRegression(C=strength, tol=1e-8, max_iter=10_000, solver=solver)
        reference.fit(x[rows].astype(np.float64), y[rows])
        mine = fitted.weight[:-1, place].T
        assert np.abs(mine - reference.coef_).max() < slack * np.abs(reference.coef_).max()
        assert np.mean(predicted[:, place] == reference.predict(x)) > 0.997


def test_fewer_examples_than_features(digits):
    x = np.concatenate([digits[0][:40], digits[0][40:80]], 1)  # (40, 128)
    y = digits[1][:40] % 2
    fitted = finish(Folds(x, y, 2).fit(np.ones((1, 40), bool), [1e-3]))
    reference = fit(x.astype(np.float64), y, 1e-3)
    apart = np.abs(fitted.weight[:-1, 0, 0] - reference.coef_[0]).max()
    assert apart < 3e-3 * np.abs(reference.coef_).max()
    assert fitted.weight[-1, 0, 0] == pytest.approx(reference.intercept_[0], rel=1e-2)


def test_fitting_reports_and_can_be_left(digits):
    x, y = digits
    work = Folds(x, y, 10).fit(np.ones((1, 600), bool), [1e-4], "Fitting this")
    assert [next(work).stage, next(work).done] == ["Fitting this", 10]
    work.close()
    with pytest.raises(StopIteration):
        next(work)


def test_vectors_that_are_all_the_same_give_the_larger_class(digits):
    y = (np.arange(600) % 3 == 0).astype(np.int64)
    x = np.ones((600, 5), np.float32)
    fitted = finish(Folds(x, y, 2).fit(np.ones((2, 600), bool), [1e-5, 1e-2]))
    assert (fitted.predict(x) == 0).all()


def noisy(count=40):
    """Sentences of two classes, of which every sixth has the wrong label."""
    good, bad = sentences(count)
    labels = np.array([1] * count + [0] * count)
    labels[::6] = 1 - labels[::6]
    return TransferTask("MR", ("bad", "good"), Part((*good, *bad), labels))


def reference_folds(x, y):
    """SentEval's nested folds, one classifier after another."""
    outer = StratifiedKFold(10, shuffle=True, random_state=1111)
    scores = []
    for train, test in outer.split(x, y):
        best, chosen = -1.0, None
        for l2 in L2:
            inner = [
                np.mean(fit(x[train][a], y[train][a], l2).predict(x[train][b]) == y[train][b])
                for a, b in outer.split(x[train], y[train])
            ]
            if np.mean(inner) > best + 1e-12:
                best, chosen = np.mean(inner), l2
        scores.append(100 * np.mean(fit(x[train], y[train], chosen).predict(x[test]) == y[test]))
    return scores


def fit(x, y, l2):
    newton = LogisticRegression(C=2 / (l2 * len(y)), solver="newton-cholesky", tol=1e-8)
    return newton.fit(x, y)


def test_folds_within_folds_as_written_down():
    task = noisy()
    vectors = SentenceVectors(HashEncoder())
    score = finish(score_task(vectors, task))
    x = finish(vectors.of(task.train.texts)).astype(np.float64)
    expected = reference_folds(x, task.train.labels)
    assert score.folds == pytest.approx(expected)
    assert score.accuracy == pytest.approx(np.mean(expected))
    assert len(score.l2) == 10 and set(score.l2) <= set(L2) and score.tested == 80
    assert 60 < score.accuracy < 100


def test_a_development_set_chooses_and_the_test_set_tests(tmp_path):
    sst(tmp_path)
    (score,) = finish(evaluate_transfer(SentenceVectors(HashEncoder()), tmp_path, ["SST-2"]))
    assert (score.task, score.folds, score.tested) == ("SST2", (), 40)
    assert len(score.l2) == 1 and score.accuracy > 80


def test_a_pair_is_its_difference_and_product():
    rng = np.random.default_rng(3)
    words = [f"w{n}" for n in range(40)]
    firsts = [" ".join(rng.choice(words, 5)) for _ in range(60)]
    # Alone neither side says anything: the same sentences stand in both classes.
    part = Part(
        (*firsts, *firsts),
        np.array([1] * 60 + [0] * 60),
        (*firsts, *firsts[1:], firsts[0]),
    )
    task = TransferTask("MRPC", ("different", "same"), part, None, part)
    assert finish(score_task(SentenceVectors(HashEncoder()), task)).accuracy > 95


def test_a_folder_with_some_tasks_works_for_those_and_scores_are_kept(tmp_path):
    folded(tmp_path / "data", "MR", "rt-polarity.pos", "rt-polarity.neg")
    trec(tmp_path / "data")
    mrpc(tmp_path / "data", ("msr-para-train.tsv", "msr-para-val.tsv"))
    events, first = [], HashEncoder()
    vectors = SentenceVectors(first, tmp_path / "kept")
    scores = finish(evaluate_transfer(vectors, tmp_path / "data"), events.append)
    assert [score.task for score in scores] == ["MR", "TREC", "MRPC"]
    assert [score.tested for score in scores] == [48, 6, 40]
    assert "validation" in scores[2].note
    skipped = [event for event in events if isinstance(event, Skipped)]
    assert [event.where for event in skipped] == ["CR", "SUBJ", "MPQA", "SST2"]
    assert "custrev.neg" in skipped[0].why
    assert average(scores) == pytest.approx(np.mean([score.accuracy for score in scores]))

    events, second = [], HashEncoder()
    vectors = SentenceVectors(second, tmp_path / "kept")
    assert finish(evaluate_transfer(vectors, tmp_path / "data"), events.append) == scores
    assert second.embedded == 0
    assert not [e for e in events if isinstance(e, Progress) and "fitting" in e.stage]


def test_other_labels_or_a_damaged_record_are_measured_anew(tmp_path):
    task = noisy()
    vectors = SentenceVectors(HashEncoder(), tmp_path)
    score = finish(score_task(vectors, task))
    (record,) = (tmp_path / "hash-1").glob("*.json")
    for damage in ("{", "{}", "[]"):
        record.write_text(damage)
        assert finish(score_task(vectors, task)) == score
    labels = task.train.labels[::-1].copy()
    other = TransferTask("MR", task.classes, Part(task.train.texts, labels))
    assert finish(score_task(vectors, other)) != score
    assert len(list((tmp_path / "hash-1").glob("*.json"))) == 2


def test_what_cannot_be_measured_is_one_sentence(tmp_path):
    folded(tmp_path, "MR", "rt-polarity.pos", "rt-polarity.neg", 5)
    vectors = SentenceVectors(HashEncoder())
    with pytest.raises(InputError, match="5 examples of the class negative, too few"):
        finish(evaluate_transfer(vectors, tmp_path))
    with pytest.raises(InputError, match=r"custrev\.neg"):
        finish(evaluate_transfer(vectors, tmp_path, ["CR"]))
    with pytest.raises(InputError, match="no task SST-5"):
        finish(evaluate_transfer(vectors, tmp_path, ["SST-5"]))

    class Broken(HashEncoder):
        def forward(self, batch, role):
            return np.full((len(batch), 32), np.inf, np.float32)

    with pytest.raises(InputError, match="not finite"):
        finish(score_task(SentenceVectors(Broken()), noisy()))


def test_an_evaluation_can_be_left_at_any_report():
    task = noisy(15)
    reports = 0
    work = score_task(SentenceVectors(HashEncoder()), task)
    for event in work:
        assert isinstance(event, Progress)
        reports += 1
    assert reports > 20
    for stop in (1, 3, reports - 1):
        work = score_task(SentenceVectors(HashEncoder()), task)
        for _ in range(stop):
            next(work)
        work.close()
        with pytest.raises(StopIteration):
            next(work)
