"""The bar that tells which colour stands for which value."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QLinearGradient

from explorer.palettes import sequential

_STOPS = tuple(at / 16 for at in range(17))


def ramp(bar: QRectF) -> QLinearGradient:
    """What to fill ``bar`` with: the least value at its left, the greatest at its right."""
    colors = QLinearGradient(bar.topLeft(), bar.topRight())
    for at, color in zip(_STOPS, sequential(_STOPS).tolist(), strict=True):
        colors.setColorAt(at, QColor(*color))
    return colors
