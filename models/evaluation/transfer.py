"""Transfer tasks, by SentEval's protocol (Conneau & Kiela 2018): a classifier on frozen vectors.

Logistic regression on the vectors as they are, without standardisation. Of a pair the features
are |u − v| and u · v. The penalty is one of four, chosen on the development set, else in ten folds
of what is learned from; tasks without a test set are tested in ten folds, within each of which the
penalty is chosen in ten folds of the rest. SentEval's own classifier stops before its optimum, and
each run of it a little differently; here each is solved, so that equal vectors have equal scores.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.data.sentences import read_tasks
from models.data.senteval import TRANSFER_TASKS, Part, TransferTask, read_transfer
from models.errors import InputError
from models.evaluation.embedding import SentenceVectors
from models.evaluation.logistic_folds import Folds
from models.events import Progress, Work
from models.files import content_key

#: λ on the mean cross-entropy, from strong to weak: SentEval's grid.
L2 = (1e-2, 1e-3, 1e-4, 1e-5)
_FOLDS = 10
_SEED = 1111  # of the folds; SentEval's own
#: Changes whenever the same vectors would have other scores.
_FORM = "transfer 1"


@dataclass(frozen=True, slots=True)
class TransferScore:
    """One task.

    Attributes:
        task: one of ``TRANSFER_TASKS``.
        accuracy: in percent, on the test set or the mean of ten folds.
        folds: the accuracy of each fold; empty where there is a test set.
        l2: λ of the classifier, or of each fold's.
        tested: examples that the accuracy was measured on.
        note: a sentence where the task is not what its name says, else "".
    """

    task: str
    accuracy: float
    folds: tuple[float, ...]
    l2: tuple[float, ...]
    tested: int
    note: str


def evaluate_transfer(
    vectors: SentenceVectors, folder: Path, tasks: Sequence[str] | None = None
) -> Work[tuple[TransferScore, ...]]:
    """Every task that the folder has.

    Args:
        vectors: of the encoder to be measured.
        folder: a SentEval folder, which holds ``MR``, ``CR``, ….
        tasks: some of ``TRANSFER_TASKS``; None means all whose files are there.

    Yields:
        Skipped for a task that was not asked for by name and lacks a file.

    Raises:
        InputError: a task that was asked for lacks a file, a file is damaged, or there is no task.
    """
    found = yield from read_tasks(folder, tasks, TRANSFER_TASKS, read_transfer)
    scores = []
    for _, task in found:
        score = yield from score_task(vectors, task)
        scores.append(score)
    return tuple(scores)


def score_task(vectors: SentenceVectors, task: TransferTask) -> Work[TransferScore]:
    """How much of one task a linear classifier finds in the vectors.

    A score that was reached before with the same encoder and the same examples is not made again.

    Raises:
        InputError: there are too few examples for ten folds, or the encoder is damaged.
    """
    _check(task)
    name = f"transfer-{task_key(task)}"
    known = vectors.recall(name)
    if known is not None:
        try:
            return _remembered(known)
        except (KeyError, TypeError, ValueError):
            pass  # of another version; made anew
    x = yield from _features(vectors, task.name, task.train)
    yield Progress(f"{task.name}: preparing")
    problem = Folds(x, task.train.labels, len(task.classes))
    if task.test is None:
        score = yield from _in_folds(task, x, problem)
    else:
        score = yield from _on_test(vectors, task, task.test, x, problem)
    vectors.remember(name, asdict(score))
    return score


def average(scores: Sequence[TransferScore]) -> float:
    """The mean of the tasks, each counting once."""
    return float(np.mean([score.accuracy for score in scores]))


def _on_test(
    vectors: SentenceVectors,
    task: TransferTask,
    test: Part,
    x: NDArray[np.float32],
    problem: Folds,
) -> Work[TransferScore]:
    everything = np.arange(len(x))
    stage = f"{task.name}: choosing λ"
    if task.dev is None:
        l2 = yield from _choose(x, task.train.labels, problem, everything, stage)
    else:
        dev_x = yield from _features(vectors, task.name, task.dev)
        tried = yield from problem.fit(np.ones((len(L2), len(x)), bool), L2, stage)
        right = tried.predict(dev_x) == task.dev.labels[:, None]
        l2 = L2[int(right.mean(0).argmax())]
    test_x = yield from _features(vectors, task.name, test)
    fitted = yield from problem.fit(np.ones((1, len(x)), bool), [l2], f"{task.name}: fitting")
    accuracy = 100 * float(np.mean(fitted.predict(test_x)[:, 0] == test.labels))
    return TransferScore(task.name, accuracy, (), (l2,), len(test.texts), task.note)


def _in_folds(task: TransferTask, x: NDArray[np.float32], problem: Folds) -> Work[TransferScore]:
    y = task.train.labels
    members, chosen = [], []
    for fold, (train, _) in enumerate(_folds(y), 1):
        stage = f"{task.name}: choosing λ in fold {fold} of {_FOLDS}"
        l2 = yield from _choose(x, y, problem, train, stage)
        chosen.append(l2)
        members.append(np.isin(np.arange(len(y)), train))
    learned = np.stack(members)  # (10, N)
    fitted = yield from problem.fit(learned, chosen, f"{task.name}: fitting")
    right = fitted.predict(x) == y[:, None]  # (N, 10)
    folds = [100 * float(right[~learned[fold], fold].mean()) for fold in range(_FOLDS)]
    return TransferScore(
        task.name, float(np.mean(folds)), tuple(folds), tuple(chosen), len(y), task.note
    )


def _choose(
    x: NDArray[np.float32],
    y: NDArray[np.int64],
    problem: Folds,
    rows: NDArray[np.int64],
    stage: str,
) -> Work[float]:
    """The λ whose mean accuracy in ten folds of ``rows`` is highest, the strongest of equals."""
    learned, held = (np.zeros((_FOLDS, len(y)), bool) for _ in range(2))
    for fold, (train, test) in enumerate(_folds(y[rows])):
        learned[fold, rows[train]] = True
        held[fold, rows[test]] = True
    members = np.concatenate([learned] * len(L2))  # λ by λ, fold by fold
    fitted = yield from problem.fit(members, np.repeat(L2, _FOLDS).tolist(), stage)
    right = (fitted.predict(x) == y[:, None]).T.reshape(len(L2), _FOLDS, len(y))
    accuracy = (right & held).sum(2) / held.sum(1)  # (λ, folds)
    return L2[int(accuracy.mean(1).argmax())]


def _folds(y: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Rows to learn from and rows to test on, ten times; each class is spread evenly."""
    from sklearn.model_selection import StratifiedKFold

    parts: Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]] = StratifiedKFold(
        _FOLDS, shuffle=True, random_state=_SEED
    ).split(np.zeros((len(y), 1)), y)
    return parts


def _features(vectors: SentenceVectors, task: str, part: Part) -> Work[NDArray[np.float32]]:
    """(N, D) vectors of sentences; (N, 2D) of pairs: |u − v| and u · v."""
    array = yield from vectors.of([*part.texts, *part.seconds], f"{task}: embedding")
    if not np.isfinite(array).all():
        raise InputError("Some vectors are not finite numbers; the encoder is damaged.")
    if not part.seconds:
        return array
    u, v = array[: len(part.texts)], array[len(part.texts) :]
    return np.concatenate([np.abs(u - v), u * v], 1)


def _check(task: TransferTask) -> None:
    counts = np.bincount(task.train.labels, minlength=len(task.classes))
    least = int(counts.argmin())
    if counts[least] < _FOLDS + 2:  # two rounds of ten folds, each with every class
        raise InputError(
            f"{task.name} has {counts[least]} examples of the class {task.classes[least]}, too "
            "few for ten folds."
        )


def task_key(task: TransferTask) -> str:
    """What a score depends on besides the encoder."""
    said = [_FORM, task.name]
    for part in (task.train, task.dev, task.test):
        if part is not None:
            said += [content_key(part.labels.tobytes(), *part.texts), content_key(*part.seconds)]
    return content_key(*said)


def _remembered(value: dict[str, Any]) -> TransferScore:
    return TransferScore(
        str(value["task"]),
        float(value["accuracy"]),
        tuple(float(fold) for fold in value["folds"]),
        tuple(float(l2) for l2 in value["l2"]),
        int(value["tested"]),
        str(value["note"]),
    )
