"""Semantic textual similarity, by the protocol of Gao et al. 2021 (SimCSE), appendix B.

The cosine of the two vectors as the encoder makes them, without a regressor on top; Spearman's
rank correlation with the judgements over all pairs of a task's subsets at once ("all"). Other
papers average over subsets or years, and their figures cannot be held against these.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.data.sentences import read_tasks
from models.data.sts import STS_TASKS, Pair, read_sts
from models.errors import InputError
from models.evaluation.embedding import SentenceVectors
from models.events import Progress, Work

_ALIKE = 4.0  # pairs above it are the positive ones of alignment


@dataclass(frozen=True, eq=False)
class StsScore:
    """One task.

    Attributes:
        task: one of ``STS_TASKS``.
        pairs: N pairs in file order.
        cosines: (N,) float32, read-only.
        spearman: ×100, over all pairs.
        subsets: ×100, over the pairs of each subset alone; None where it has no order.
    """

    task: str
    pairs: tuple[Pair, ...]
    cosines: NDArray[np.float32]
    spearman: float
    subsets: Mapping[str, float | None]

    @property
    def gold(self) -> NDArray[np.float64]:
        """(N,) the judgements."""
        return np.array([pair.gold for pair in self.pairs])


@dataclass(frozen=True, slots=True)
class PairGeometry:
    """Where the sentences of a task lie (Gao et al. 2021, §5 and figure 3), at length 1.

    Attributes:
        alignment: mean ‖x − y‖² of the pairs judged above 4; None where there are none.
        uniformity: t = 2, of all sentences of all pairs, both sides together.
        alike, pairs: how many pairs each was measured on.
    """

    alignment: float | None
    uniformity: float
    alike: int
    pairs: int


def evaluate_sts(
    vectors: SentenceVectors, folder: Path, tasks: Sequence[str] | None = None
) -> Work[tuple[StsScore, ...]]:
    """Every task that the folder has, on its test set.

    Args:
        vectors: of the encoder to be measured.
        folder: a SentEval folder, which holds ``STS`` and ``SICK``.
        tasks: some of ``STS_TASKS``; None means all whose files are there.

    Yields:
        Skipped for a task that was not asked for by name and lacks a file.

    Raises:
        InputError: a task that was asked for lacks a file, a file is damaged, or there is no task.
    """
    found = yield from read_tasks(folder, tasks, STS_TASKS, read_sts)
    scores = []
    for task, pairs in found:
        score = yield from score_pairs(vectors, task, pairs)
        scores.append(score)
    return tuple(scores)


def score_pairs(vectors: SentenceVectors, task: str, pairs: tuple[Pair, ...]) -> Work[StsScore]:
    """How far the cosines of these pairs follow their judgements.

    Raises:
        InputError: there is no order in the judgements or in the cosines.
    """
    x, y = yield from _sides(vectors, task, pairs)
    cosines = (x * y).sum(1)
    cosines.setflags(write=False)
    gold = np.array([pair.gold for pair in pairs])
    whole = correlation(gold, cosines)
    if whole is None:
        raise InputError(f"All pairs of {task} are equally alike: there is no order to compare.")
    member = np.array([pair.subset for pair in pairs])
    subsets = {
        name: correlation(gold[member == name], cosines[member == name])
        for name in dict.fromkeys(member.tolist())
    }
    return StsScore(task, pairs, cosines, whole, MappingProxyType(subsets))


def pair_geometry(
    vectors: SentenceVectors, task: str, pairs: tuple[Pair, ...]
) -> Work[PairGeometry]:
    """Alignment and uniformity on the pairs of a task, for which papers take STSB.

    Raises:
        InputError: there is no pair, or the encoder is damaged.
    """
    import torch

    from models.geometry import alignment, uniformity

    if not pairs:
        raise InputError(f"{task} has no pairs.")
    x, y = (torch.from_numpy(side) for side in (yield from _sides(vectors, task, pairs)))
    yield Progress(f"{task}: measuring")
    alike = torch.tensor([pair.gold > _ALIKE for pair in pairs])
    aligned = float(alignment(x[alike], y[alike])) if alike.any() else None
    spread = float(uniformity(torch.cat([x, y])))
    return PairGeometry(aligned, spread, int(alike.sum()), len(pairs))


def correlation(gold: NDArray[np.float64], cosines: NDArray[np.float32]) -> float | None:
    """Spearman's ρ × 100, tied ranks averaged; None where either side is constant."""
    from scipy.stats import rankdata

    a, b = rankdata(gold), rankdata(cosines)
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return 100 * float(np.corrcoef(a, b)[0, 1])


def average(scores: Sequence[StsScore]) -> float:
    """The mean of the tasks, each counting once."""
    return float(np.mean([score.spearman for score in scores]))


def worst(score: StsScore, count: int) -> tuple[int, ...]:
    """Places of the pairs whose rank by cosine is farthest from their rank by judgement."""
    from scipy.stats import rankdata

    apart = np.abs(rankdata(score.gold) - rankdata(score.cosines))
    return tuple(np.argsort(-apart, kind="stable")[:count].tolist())


def directions(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, D) at length 1; a zero vector stays zero, and its cosines are 0.

    Raises:
        InputError: a number is not finite.
    """
    if not np.isfinite(vectors).all():
        raise InputError("Some vectors are not finite numbers; the encoder is damaged.")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = vectors / np.maximum(lengths, 1e-12)
    return unit


def _sides(
    vectors: SentenceVectors, task: str, pairs: Sequence[Pair]
) -> Work[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """(N, D) first and (N, D) second sentences at length 1."""
    sentences = [pair.first for pair in pairs] + [pair.second for pair in pairs]
    array = yield from vectors.of(sentences, f"{task}: embedding")
    unit = directions(array)
    return unit[: len(pairs)], unit[len(pairs) :]
