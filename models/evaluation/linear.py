"""Linear evaluation: how much of the labels a linear classifier finds in frozen features."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError
from models.evaluation.fractions import held_out
from models.evaluation.logistic import LogisticProblem, tensor
from models.events import Work, finish

#: λ, from strong to weak; the loss on held-out examples falls along it and rises again.
L2 = tuple(float(10 ** (power / 2)) for power in range(3, -13, -1))
#: λ where there are too few labels to hold any out.
FEW_L2 = 0.1
_FEW = 10  # labels a class


@dataclass(frozen=True, eq=False)
class Probe:
    """What a classifier reached on the test examples.

    Attributes:
        accuracy: in percent.
        predicted: (M,) int64, read-only.
        l2: λ of the classifier, or None where there is none (kNN).
    """

    accuracy: float
    predicted: NDArray[np.int64]
    l2: float | None = None


def linear_probe(
    train_x: NDArray[np.float32],
    train_y: NDArray[np.int64],
    test_x: NDArray[np.float32],
    test_y: NDArray[np.int64],
    *,
    seed: int = 0,
    device: str = "cpu",
) -> Work[Probe]:
    """Multinomial logistic regression on standardised features.

    λ is chosen on a fifth of the training examples by its cross-entropy, from strong to weak
    until that rises; the classifier is then fitted to all of them. With fewer than ten labels a
    class such a choice would be chance, and λ is ``FEW_L2``.

    Args:
        train_x: (N, D).
        train_y: (N,) from 0.
        test_x: (M, D).
        test_y: (M,); a class that ``train_y`` lacks is never predicted.
        seed: of the fifth.
        device: "cpu" or a CUDA device.

    Raises:
        InputError: see ``check``.
    """
    classes = check(train_x, train_y, test_x, test_y)
    names, y = np.unique(train_y, return_inverse=True)
    y = y.astype(np.int64)
    l2 = FEW_L2
    if len(y) >= _FEW * classes:
        l2 = yield from _choose(train_x, y, classes, seed, device)
    model = yield from LogisticProblem(train_x, y, classes, device).fit(l2)
    return probe(names[model.predict(test_x)], test_y, l2)


def linear_accuracy(
    train_x: NDArray[np.float32],
    train_y: NDArray[np.int64],
    test_x: NDArray[np.float32],
    test_y: NDArray[np.int64],
    *,
    seed: int = 0,
    device: str = "cpu",
) -> float:
    """The accuracy of ``linear_probe``, in percent."""
    work = linear_probe(train_x, train_y, test_x, test_y, seed=seed, device=device)
    return finish(work).accuracy


def probe(predicted: NDArray[np.int64], truth: NDArray[np.int64], l2: float | None = None) -> Probe:
    """Predictions (M,) held against the truth (M,)."""
    predicted.setflags(write=False)
    return Probe(100 * float(np.mean(predicted == truth)), predicted, l2)


def confusion(
    truth: NDArray[np.int64], predicted: NDArray[np.int64], classes: int
) -> NDArray[np.int64]:
    """(classes, classes) counts: row the true class, column the predicted one; read-only."""
    counts = np.bincount(truth * classes + predicted, minlength=classes**2)
    counts = counts.astype(np.int64).reshape(classes, classes)
    counts.setflags(write=False)
    return counts


def check(
    train_x: NDArray[np.float32],
    train_y: NDArray[np.int64],
    test_x: NDArray[np.float32],
    test_y: NDArray[np.int64],
) -> int:
    """The number of classes among the training labels.

    Raises:
        InputError: there is nothing to tell apart or to test on, or a feature is not finite.
    """
    classes = len(np.unique(train_y))
    if classes < 2:
        what = "has one class only" if classes else "has no labels"
        raise InputError(f"The training data {what}; telling classes apart takes two.")
    if not len(test_y):
        raise InputError("The test data has no labels to be held against.")
    if not (np.isfinite(train_x).all() and np.isfinite(test_x).all()):
        raise InputError("Some features are not finite numbers; the encoder is damaged.")
    return classes


def _choose(
    x: NDArray[np.float32], y: NDArray[np.int64], classes: int, seed: int, device: str
) -> Work[float]:
    from torch.nn.functional import cross_entropy

    fitted, held = held_out(y, seed)
    problem = LogisticProblem(x[fitted], y[fitted], classes, device)
    held_x, held_y = x[held], tensor(y[held]).to(device)
    best, lowest = L2[0], float("inf")
    for l2 in L2:
        model = yield from problem.fit(l2)
        loss = float(cross_entropy(model.logits(held_x), held_y))
        if loss >= lowest:
            break
        best, lowest = l2, loss
    return best
