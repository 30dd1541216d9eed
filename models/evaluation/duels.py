"""Two retrievers question by question: who finds the right passage sooner."""

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError
from models.evaluation.curves import By, asked
from models.evaluation.judged import Judged
from models.evaluation.rankings import DEPTH, Outcome
from models.events import Progress, Work

Side = Literal["all", "wins", "losses", "equal", "both missed", "without"]
Order = Literal["gap", "file", "first", "second"]


@dataclass(frozen=True)
class DuelSpec:
    """Which questions are looked at.

    Attributes:
        side: "wins" where the second finds it sooner, "losses" where the first does, "equal",
            "both missed" within 100, or "without" a right passage in the corpus.
        words: that the question holds, in any case.
        order: the largest gaps first, as the questions come, or by the ranks of either, the best
            first.
    """

    side: Side = "all"
    words: str = ""
    order: Order = "gap"

    def __post_init__(self) -> None:
        for what, value, known in (
            ("side", self.side, get_args(Side)),
            ("order", self.order, get_args(Order)),
        ):
            if value not in known:
                raise InputError(f"{value!r} is no {what}; choose one of {', '.join(known)}.")


@dataclass(frozen=True, eq=False)
class Duel:
    """The questions of a ``DuelSpec`` and the ranks of both, 0 where none was found.

    Attributes:
        places: (n,) int64 of the questions, in the order asked for.
        first, second: (n,) int32, the ranks.
        wins, losses, equal, missed: of all questions that count, whatever was asked for.
    """

    judged: Judged
    places: NDArray[np.int64] = field(repr=False)
    first: NDArray[np.int32] = field(repr=False)
    second: NDArray[np.int32] = field(repr=False)
    wins: int
    losses: int
    equal: int
    missed: int

    def __post_init__(self) -> None:
        for array in (self.places, self.first, self.second):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.places)


def duel(
    first: Outcome, second: Outcome, judged: Judged, spec: DuelSpec, by: By = "gold"
) -> Work[Duel]:
    """Holds ``second`` against ``first``."""
    yield Progress("Comparing questions")
    a, b = (_reached(outcome.ranks(by)) for outcome in (first, second))
    counted = asked(judged, by)
    missed = (a > DEPTH) & (b > DEPTH)
    sides = {
        "all": counted,
        "wins": counted & (b < a),
        "losses": counted & (a < b),
        "equal": counted & (a == b) & ~missed,
        "both missed": counted & missed,
        "without": ~counted,
    }
    places = np.flatnonzero(sides[spec.side])
    words = spec.words.casefold().split()
    if words:
        texts = (judged.questions[at].text.casefold() for at in places)
        kept = np.fromiter((all(w in text for w in words) for text in texts), bool, len(places))
        places = places[kept]
    # A rank that halves means as much wherever it is.
    keys = {"gap": -np.abs(np.log(a / b)), "first": a, "second": b}
    if spec.order in keys:
        places = places[np.argsort(keys[spec.order][places], kind="stable")]
    return Duel(
        judged,
        places,
        first.ranks(by)[places],
        second.ranks(by)[places],
        *(int(sides[name].sum()) for name in ("wins", "losses", "equal", "both missed")),
    )


def _reached(ranks: NDArray[np.int32]) -> NDArray[np.float64]:
    """Ranks with those that were not found at the end, far behind."""
    return np.where((ranks < 1) | (ranks > DEPTH), 2.0 * DEPTH, ranks)
