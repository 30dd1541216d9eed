"""What dropout or cutoff left out, as strips with a line for each dimension."""

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from explorer.theme import Theme, px, space
from models.augment.text_passes import Bits

_THICK, _GAP = 12, 4
_PASSES = ("Pass 1", "Pass 2")


def masks_height(count: int) -> float:
    """Of ``count`` strips, one under the other."""
    return max(count, 1) * px(_THICK) + max(count - 1, 0) * px(_GAP)


def paint_masks(painter: QPainter, box: QRectF, masks: Bits, theme: Theme) -> None:
    """(M, H): a strip for each pass, its kept dimensions light, those left out dark.

    Two strips can be compared: where only one of them leaves something out it is in the accent.
    """
    if not masks.size:
        return
    font = QFont(painter.font())
    font.setPixelSize(px(11))
    painter.setFont(font)
    named = len(masks) > 1
    left = QFontMetricsF(font).horizontalAdvance(_PASSES[0]) + space(2) if named else 0.0
    kept, gone, alone = (_rgb(name) for name in (theme.line, theme.muted, theme.accent))
    for at, mask in enumerate(masks):
        top = box.top() + at * px(_THICK + _GAP)
        if named:
            painter.setPen(QColor(theme.muted))
            where = QRectF(box.left(), top, left, px(_THICK))
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, _PASSES[at])
        single = mask & (masks.sum(0) == 1) if named else np.zeros_like(mask)
        colors = np.where(single[:, None], alone, np.where(mask[:, None], gone, kept))
        pixels = np.ascontiguousarray(colors.astype(np.uint8))
        image = QImage(pixels.tobytes(), len(mask), 1, 3 * len(mask), QImage.Format.Format_RGB888)
        painter.drawImage(QRectF(box.left() + left, top, box.width() - left, px(_THICK)), image)


def _rgb(color: str) -> list[int]:
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)]
