"""The points: where they are, in which order they are drawn, and with what paint."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.canvas.scene import Surface

#: Points of one block; equal to ``kernels.BLOCK`` (which only the warm-up thread may import).
BLOCK = 512
#: Selections beyond this are shown by colour alone: that many rings would hide the points.
RINGS = 20_000
_DIMMED_ALPHA, _DIMMED_COLOUR = 64, 0.7


def as_rows(rows: ArrayLike, count: int) -> NDArray[np.int64]:
    """Row numbers as a sorted array without repeats and without rows that do not exist."""
    array = np.asarray(rows, np.int64).reshape(-1)
    if (array[1:] <= array[:-1]).any():
        array = np.unique(array)
    return array[(array >= 0) & (array < count)]


def drawing_order(points: NDArray[np.float32]) -> NDArray[np.int64]:
    """Columns of ``points`` (3, n) along a Morton curve, so that neighbours stand together.

    The cells hold a good number of points each and the order within one is the rows' own, which
    says nothing of space: overlapping discs then lie as if shuffled, not like shingles.
    """
    bits = int(np.clip(np.log(max(1, points.shape[1]) / 128) / np.log(4), 1, 5))
    spread = np.zeros(2**bits, np.uint16)
    for bit in range(bits):
        spread |= ((np.arange(2**bits) >> bit & 1) << (3 * bit)).astype(np.uint16)
    low = points.min(axis=1, initial=0)
    size = max(float((points.max(axis=1, initial=0) - low).max()), 1e-9)
    key = np.zeros(points.shape[1], np.uint16)
    for axis in range(3):
        cells = ((points[axis] - low[axis]) * np.float32((2**bits - 0.01) / size)).astype(np.uint8)
        key |= spread[cells] << np.uint16(axis)
    return np.argsort(key, kind="stable")


class Arrangement:
    """Where N points are to be, in drawing order; any thread may make it, and none changes it.

    Attributes:
        count: N, with the rows that are left out because their position is not finite.
        rows: (n,) the rows that are drawn, in drawing order.
        slots: (N,) the place of each row in that order, −1 for one left out.
        end: (3, n) their positions in that order.
        extent: half-width and half-height; 1, 1 on the globe.
    """

    def __init__(self, positions: ArrayLike, surface: Surface) -> None:
        target = np.asarray(positions, np.float32)
        if target.ndim != 2 or target.shape[1] != 3:
            raise ValueError(f"positions must have shape (N, 3), not {target.shape}")
        self.count = len(target)
        self.surface = surface
        columns = np.ascontiguousarray(target.T)
        present = np.flatnonzero(np.isfinite(columns).all(axis=0))
        if len(present) < self.count:
            self.rows = present[drawing_order(columns[:, present])]
        else:
            self.rows = drawing_order(columns)
        self.slots = np.full(self.count, -1, np.int64)
        self.slots[self.rows] = np.arange(len(self.rows))
        self.end = np.take(columns, self.rows, axis=1)
        self.extent = np.ones(2)
        if surface == "flat" and len(self.rows):
            self.extent = np.maximum(np.abs(self.end[:2]).max(axis=1), 0.05).astype(np.float64)


class Cloud:
    """N points in drawing order. Rows whose target is not finite are left out."""

    def __init__(
        self,
        positions: ArrayLike | Arrangement,
        surface: Surface,
        before: "Cloud | None" = None,
    ) -> None:
        """``before``: the same N rows as they stand now, from which they will move."""
        if not isinstance(positions, Arrangement):
            positions = Arrangement(positions, surface)
        self.count, self.surface = positions.count, positions.surface
        self.rows, self.slots, self.extent = positions.rows, positions.slots, positions.extent
        self.end = self.start = positions.end
        if before is not None and before.count == self.count and len(before.rows):
            old = before.slots[self.rows]
            known = np.take(before.points, old, axis=1)
            self.start = known if (old >= 0).all() else np.where(old >= 0, known, self.end)
        self.points = self.start.copy()
        self.bounds = np.zeros((4, -(-len(self.rows) // BLOCK)), np.float32)
        self.paint = np.zeros(len(self.rows), np.uint32)

    def arrive(self) -> None:
        """Puts every point exactly at its target."""
        self.start = self.end
        self.points = self.end.copy()

    def part(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The slots of ``rows`` that are drawn, in drawing order."""
        slots = self.slots[rows]
        return np.sort(slots[slots >= 0])

    def position(self, row: int) -> NDArray[np.float64] | None:
        """Where ``row`` is now, or None when it is not drawn."""
        slot = self.slots[row] if 0 <= row < self.count else -1
        return None if slot < 0 else self.points[:, slot].astype(np.float64)

    def set_paint(
        self,
        colors: NDArray[np.uint8],
        dimmed: NDArray[np.bool_] | None,
        tinted: NDArray[np.int64],
        muted: tuple[int, int, int],
        accent: tuple[int, int, int],
    ) -> None:
        """Packs colours (N, 3) in drawing order; dimmed rows turn grey and faint."""
        packed = np.full((self.count, 4), 255, np.uint8)
        packed[:, 2::-1] = colors
        if dimmed is not None:
            for channel, tone in enumerate(muted[::-1]):
                greyed = np.arange(256) * (1 - _DIMMED_COLOUR) + tone * _DIMMED_COLOUR
                own = packed[:, channel]
                packed[:, channel] = np.where(dimmed, greyed.astype(np.uint8)[own], own)
            packed[:, 3] = np.where(dimmed, np.uint8(_DIMMED_ALPHA), np.uint8(255))
        packed[tinted] = (*accent[::-1], 255)
        self.paint = packed.view("<u4").ravel()[self.rows].astype(np.uint32)
