"""What was drawn for one view, in words."""

from models.augment.pixels import HUE
from models.augment.studio import Drawn
from models.printed import signed

_NAMES = ("brightness", "contrast", "saturation", "hue")


def tell(drawn: Drawn, row: int) -> str:
    """One line on view ``row``: crop, flip, colours in the order of their change, gray, blur."""
    height, width = drawn.request.image.shape[:2]
    top, left, tall, wide = drawn.boxes[row].tolist()
    parts = [
        f"crop {tall * wide / (height * width):.0%} of the area, {wide:.0f} × {tall:.0f} px at "
        f"({left:.0f}, {top:.0f})"
    ]
    if drawn.flips[row]:
        parts.append("mirrored")
    parts += _colours(drawn, row)
    if drawn.grays[row]:
        parts.append("made gray")
    if drawn.sigmas[row] > 0:
        parts.append(f"blurred, σ {drawn.sigmas[row]:.2f} px")
    return ", ".join(parts)


def _colours(drawn: Drawn, row: int) -> list[str]:
    """The changes that are visible, as they were applied one after the other."""
    parts = []
    for kind in drawn.orders[row]:
        factor = float(drawn.factors[row, kind])
        if kind == HUE and factor:
            parts.append(f"hue {signed(360 * factor, 0)}°")
        elif kind != HUE and factor != 1:
            parts.append(f"{_NAMES[kind]} ×{factor:.2f}")
    return parts
