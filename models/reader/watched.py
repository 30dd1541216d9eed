"""The questions that are watched while a reader learns, and what it marks at each look."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.encoders.tokens import Span
from models.errors import InputError
from models.training.frames import read_array

if TYPE_CHECKING:
    from models.reader.squad import Pair

_QUESTIONS, _PASSAGES = "probe-questions", "probe-passages"
_PLACES, _ACCEPTED = "probe-answer-places", "probe-answers"
_BETWEEN = "\n"  # accepted answers, of which none has a line end in it

#: What a look keeps of each pair: first and last character of the span, the span's probability, the
#: log odds that the passage answers over the threshold, and which characters of it were read.
MARKS = ("start", "end", "share", "odds", "from", "until")


@dataclass(frozen=True)
class Watched:
    """A question beside a passage.

    Attributes:
        place: where the passage answers it, if it does.
        answers: accepted strings; none where it does not.
    """

    question: str
    passage: str
    place: Span | None
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Mark:
    """What a reader says of a watched pair at one look; ``read`` is the part that it was shown."""

    span: Span
    share: float
    odds: float
    read: Span

    @classmethod
    def of(cls, row: NDArray[np.float32]) -> "Mark":
        """From a row (6,) as ``MARKS`` names it."""
        start, end, share, odds, first, until = row.tolist()
        return cls((int(start), int(end)), share, odds, (int(first), int(until)))


def watched_arrays(pairs: "Sequence[Pair]", texts: Sequence[str]) -> dict[str, NDArray[Any]]:
    """What a run's folder keeps of ``pairs``; ``texts`` are the paragraphs."""
    spans = [pair.span or (-1, -1) for pair in pairs]
    return {
        _QUESTIONS: np.array([pair.question for pair in pairs], np.str_),
        _PASSAGES: np.array([texts[pair.paragraph] for pair in pairs], np.str_),
        _PLACES: np.array(spans, np.int64).reshape(-1, 2),
        _ACCEPTED: np.array([_BETWEEN.join(map(_line, pair.answers)) for pair in pairs], np.str_),
    }


def read_watched(folder: Path, count: int) -> tuple[Watched, ...] | None:
    """The ``count`` watched pairs of the run in ``folder``, None where it trains no reader.

    Raises:
        InputError: a file is damaged, or of another run.
    """
    path = folder / f"{_QUESTIONS}.npy"
    if not path.exists():
        return None
    texts = [read_array(folder / f"{name}.npy") for name in (_QUESTIONS, _PASSAGES, _ACCEPTED)]
    places = read_array(folder / f"{_PLACES}.npy")
    named = all(text.shape == (count,) and text.dtype.kind == "U" for text in texts)
    if not named or places.shape != (count, 2):
        raise InputError(f"{path} does not hold the questions of this run.")
    return tuple(
        Watched(
            question=str(question),
            passage=str(passage),
            place=(first, last) if first >= 0 else None,
            answers=tuple(str(accepted).split(_BETWEEN)) if first >= 0 else (),
        )
        for question, passage, accepted, (first, last) in zip(*texts, places.tolist(), strict=True)
    )


def _line(answer: str) -> str:
    return " ".join(answer.split())
