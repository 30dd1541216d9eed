"""Pictures in place of points, written into an SVG."""

import base64

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage

from explorer.canvas.camera import Camera
from explorer.canvas.picture import Picture, rgb

_BORDER, _CORNER, _RING = 2.0, 3.0, 2.0


def png(image: QImage) -> bytes:
    """The image as the bytes of a PNG file."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(data.data())


def thumbnails(picture: Picture, camera: Camera) -> list[str]:
    """An image of class "thumbnail" with its border for each picture, the topmost last.

    Each holds the pixels that were given, at their own size, so that none is lost.
    """
    laid, cloud, tiles = picture.lay(camera), picture.cloud, picture.sprites.of(picture.cloud)
    if laid is None or tiles is None:
        return []
    unit, lines = picture.sprites.unit, []
    ring = _RING * unit
    accent, ground = f"#{rgb(picture.colors.accent):06x}", f"#{picture.ground(camera):06x}"
    for slot, box, alpha, chosen in zip(
        laid.slots.tolist(), laid.boxes.tolist(), laid.alpha.tolist(), laid.chosen, strict=True
    ):
        x, y, width, height = box
        border = min(_BORDER * unit, width / 12)
        data = base64.b64encode(png(tiles.own(int(cloud.rows[slot])))).decode("ascii")
        colour = f"#{int(cloud.paint[slot]) & 0xFFFFFF:06x}"
        lines.append(f'<g opacity="{alpha:.3f}">')
        lines.append(
            f'<image class="thumbnail" {_place(x, y, width, height, -border)} '
            f'preserveAspectRatio="none" image-rendering="pixelated" '
            f'href="data:image/png;base64,{data}"/>'
        )
        corner = min(_CORNER * border, min(width, height) / 2)
        bands = [(-border, 0.0, colour), (0.0, unit, ground)]
        bands += [(unit, unit + ring, accent)] if chosen else []
        for inner, outer, line in reversed(bands):
            middle = (inner + outer) / 2
            lines.append(
                f'<rect {_place(x, y, width, height, middle)} rx="{corner + middle:.2f}" '
                f'fill="none" stroke="{line}" stroke-width="{outer - inner:.2f}"/>'
            )
        lines.append("</g>")
    return lines


def _place(x: float, y: float, width: float, height: float, out: float) -> str:
    """The attributes of the rectangle, made larger by ``out`` on all sides."""
    return (
        f'x="{x - out:.2f}" y="{y - out:.2f}" '
        f'width="{max(0.1, width + 2 * out):.2f}" height="{max(0.1, height + 2 * out):.2f}"'
    )
