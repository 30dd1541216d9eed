"""A picture of vectors: where each one stands, how it came about, and where new ones belong."""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Surface = Literal["globe", "flat"]
Technique = Literal["pca", "umap"]


class Placer(Protocol):
    """Puts points that were not there before into a finished picture."""

    def place(
        self, vectors: NDArray[np.float32], near: NDArray[np.int64] | None = None
    ) -> NDArray[np.float32]:
        """(Q, D) → (Q, 3)."""
        ...


@dataclass(frozen=True, slots=True)
class LayoutFacts:
    """What a picture keeps of its vectors.

    ``kept`` counts dimensions: 3 of PCA's on the globe, else 2. ``variance`` is PCA's share kept,
    0 … 1. ``trustworthiness`` was taken at ``sampled`` of ``of`` points; both None if unknown.
    ``how`` tells the technique and its settings.
    """

    dimensions: int
    kept: int
    variance: float | None
    trustworthiness: float | None
    sampled: int | None
    of: int
    how: str

    @property
    def sentence(self) -> str:
        """All of it in plain words."""
        words = f"{self.dimensions} → {self.how}"
        if self.trustworthiness is None or self.sampled is None:
            return words + "."
        where = (
            f"all {self.of:,}" if self.sampled == self.of else f"{self.sampled:,} of {self.of:,}"
        )
        value = f"{self.trustworthiness:.2f}".removeprefix("0")
        return f"{words}; trustworthiness {value} on {where} points."


@dataclass(frozen=True)
class Layout:
    """Positions (N, 3), read-only: unit vectors on the globe; z = 0 within [−1, 1] on the map."""

    technique: Technique
    surface: Surface
    positions: NDArray[np.float32]
    facts: LayoutFacts
    placer: Placer

    def __post_init__(self) -> None:
        self.positions.setflags(write=False)

    def place(
        self, vectors: NDArray[np.float32], near: NDArray[np.int64] | None = None
    ) -> NDArray[np.float32]:
        """Where new vectors (Q, D) belong among these points, (Q, 3).

        PCA projects them as it did all others, so that they may lie outside the map's square.
        UMAP has no formula for a new point, which is put on the most central of its neighbours:
        of ``near``, the rows nearest to them all, or else of those it has to look for.
        """
        return self.placer.place(np.asarray(vectors, np.float32), near)
