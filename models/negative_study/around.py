"""Passages around a question, each at its true angle from it, under two encoders."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.comparison.procrustes import turn
from models.cores import one_blas_thread
from models.projection.layout import Surface

_EDGE = 0.95  # of the flat map's half, where the farthest point stands
_ZERO = 1e-9


@dataclass(frozen=True, eq=False)
class Around:
    """The question first, then P passages. All arrays are read-only.

    The question stays where it is; how far a passage stands from it is the angle between their
    vectors, exactly, and on which side is as near to the truth as two dimensions allow: the
    passages' directions as seen from the question, by PCA, B's turned onto A's. The length of
    vectors, which a dot product counts as well, is not shown.

    Attributes:
        angles: (2, P + 1) radians from the question under A and B; 0 for itself.
        sides: (2, P + 1) radians, the direction around the question.
    """

    angles: NDArray[np.float64]
    sides: NDArray[np.float64]

    def __post_init__(self) -> None:
        self.angles.setflags(write=False)
        self.sides.setflags(write=False)

    def at(self, share: float, surface: Surface) -> NDArray[np.float32]:
        """(P + 1, 3) the points ``share`` of the way from A (0) to B (1).

        On the globe the question is in front, (0, 0, 1); on the map it is in the middle, and
        distances from it are angles, of which the largest reaches the edge.
        """
        share = min(max(share, 0.0), 1.0)
        angle = (1 - share) * self.angles[0] + share * self.angles[1]
        bend = np.mod(self.sides[1] - self.sides[0] + np.pi, 2 * np.pi) - np.pi
        side = self.sides[0] + share * bend
        if surface == "globe":
            reach, depth = np.sin(angle), np.cos(angle)
        else:
            reach = angle * (_EDGE / max(float(self.angles.max()), _ZERO))
            depth = np.zeros_like(angle)
        points = np.stack([reach * np.cos(side), reach * np.sin(side), depth], axis=1)
        return np.asarray(points, np.float32)


Pair = tuple[NDArray[np.float32], NDArray[np.float32]]


def around(first: Pair, second: Pair) -> Around:
    """Places passages (P, D) around a question (D,), under A (first) and B (second).

    The two encoders may have different dimensions.
    """
    angles, planes = [], []
    with one_blas_thread():
        for question, passages in (first, second):
            angle, plane = _seen_from(question, passages)
            angles.append(angle)
            planes.append(plane)
        rotation, _ = turn(planes[0], planes[1])
        planes[1] = planes[1] @ rotation
    sides = [np.arctan2(plane[:, 1], plane[:, 0]) for plane in planes]
    start = np.zeros(1)
    return Around(
        np.stack([np.concatenate([start, angle]) for angle in angles]),
        np.stack([np.concatenate([start, side]) for side in sides]),
    )


def _seen_from(
    question: NDArray[np.float32], passages: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(P,) angles from the question, and (P, 2) the directions at right angles to it, by PCA."""
    q, x = _unit(question[None])[0], _unit(passages)
    along = np.clip(x @ q, -1, 1)
    across = _unit(x - along[:, None] * q)  # at right angles to the question
    centred = across - across.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    plane = np.zeros((len(x), 2))
    kept = axes[:2]
    plane[:, : len(kept)] = centred @ kept.T
    return np.arccos(along), plane


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    array = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(array, axis=1, keepdims=True)
    safe = np.where(lengths > _ZERO, lengths, 1.0)
    return np.where(lengths > _ZERO, array / safe, 0.0)
