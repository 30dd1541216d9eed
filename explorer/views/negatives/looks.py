"""Colours and words that the parts of this workspace share."""

import numpy as np
from numpy.typing import NDArray

from explorer.canvas.scene import CanvasColors
from explorer.palettes import OKABE_ITO
from explorer.theme import themes
from models import printed
from models.negative_study.pick import Kind

#: Of each kind: its colour, its name in a list, and what it is.
LOOKS: dict[Kind, tuple[str, str, str]] = {
    "positive": (OKABE_ITO[2], "Right", "The passage that answers the question"),
    "false": (OKABE_ITO[5], "Excluded", "A false negative: it answers the question too"),
    "given": ("#876900", "From the data", "Named as a hard negative by the data"),
    "bm25": (OKABE_ITO[3], "BM25", "Shares words with the question, without its answer"),
    "dense_a": (OKABE_ITO[4], "Near in A", "Nearest under encoder A, without the answer"),
    "dense_b": (OKABE_ITO[1], "Near in B", "Nearest under encoder B, without the answer"),
    "gold": (OKABE_ITO[0], "In batch", "The gold passage of another question in the batch"),
    "random": (OKABE_ITO[7], "Random", "Drawn at random from the corpus"),
}


def color_of(kind: Kind) -> str:
    return LOOKS[kind][0]


def name_of(kind: Kind) -> str:
    return LOOKS[kind][1]


def encoder_colors() -> tuple[str, str]:
    """Of A and B, in charts."""
    return themes().current.accent, OKABE_ITO[0]


def canvas_colors() -> CanvasColors:
    """Of the sphere on the page."""
    theme = themes().current
    return CanvasColors(
        theme.window, theme.globe, theme.grid, theme.text, theme.accent, theme.muted
    )


def score(value: float, cosine: bool) -> str:
    """A score: three digits of a cosine, one of a dot product."""
    return printed.number(value, 3 if cosine else 1)


def signed(value: float, cosine: bool = True) -> str:
    """A difference with its sign; what rounds to nothing has none."""
    return printed.signed(value, 3 if cosine else 1)


def percent(share: float) -> str:
    """A weight in percent; "–" where there is none."""
    if np.isnan(share):
        return "–"
    return "<0.1 %" if 0 < share < 0.0005 else f"{100 * share:.1f} %"


def change(scores: tuple[float, float], cosine: tuple[bool, bool]) -> float:
    """B's score less A's; NaN where the two are not of one measure."""
    return scores[1] - scores[0] if cosine[0] == cosine[1] else float("nan")


def between(shares: tuple[NDArray[np.float64], NDArray[np.float64]], at: float) -> NDArray:
    """(C,) weights on the way from A to B, 0 for what the loss does not hold."""
    return np.nan_to_num((1 - at) * shares[0] + at * shares[1])
