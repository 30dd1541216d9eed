"""Colours and words that the parts of this workspace share."""

from PySide6.QtGui import QFont

from explorer.canvas.scene import CanvasColors
from explorer.palettes import OKABE_ITO
from explorer.theme import px, themes

#: Of the second encoder; the first has the theme's accent.
SECOND = OKABE_ITO[0]
#: Of the sentences, told apart in any sight of colours.
ENTAILMENT, CONTRADICTION = OKABE_ITO[2], OKABE_ITO[3]
NAMES = ("Premise", "Entailment", "Contradiction")


def role_colors() -> tuple[str, str, str]:
    """Of premise, entailment and contradiction."""
    return themes().current.text, ENTAILMENT, CONTRADICTION


def encoder_colors() -> tuple[str, str]:
    """Of A and B."""
    return themes().current.accent, SECOND


def canvas_colors() -> CanvasColors:
    """Of a globe on a card."""
    theme = themes().current
    return CanvasColors(
        theme.surface, theme.globe, theme.grid, theme.text, theme.accent, theme.muted
    )


def small(font: QFont, bold: bool = False) -> QFont:
    """``font`` as small as captions are."""
    result = QFont(font)
    result.setPixelSize(px(12))
    result.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return result
