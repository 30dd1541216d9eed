"""Draws a cloud into an image: discs where points are few, a density where they are many.

Which of the two depends on the size a point has on the screen, not on their number alone, so a
million points turn into discs as one zooms in.
"""

import math
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from threading import Barrier
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.canvas.cloud import Cloud

Image = NDArray[np.uint32]
#: From this radius on (in pixels of the image) points are discs.
DISC = 1.6
_SMALLEST, _LARGEST = 0.55, 9.0
_FAR = 0.2


def radius(count: int, area: float) -> float:
    """The radius of a point when ``count`` of them share ``area`` pixels.

    Grows with the distance between neighbours, but more slowly, so that both 300 and a million
    points fill the globe pleasantly.
    """
    spacing = math.sqrt(area / max(1, count))
    return min(_LARGEST, max(_SMALLEST, 0.77 * spacing**0.55))


def exposure(size: float) -> tuple[float, float]:
    """How strongly a full pixel of weight shows, and what share of its weight a far point keeps.

    Small dots let others shine through, large ones are nearly opaque. The share is such that a
    far point alone is ``_FAR`` as opaque as a near one, whatever the exposure.
    """
    share = min(1.0, max(0.0, (size - 0.6) / (DISC - 0.6)))
    opacity = 0.58 + (0.90 - 0.58) * share
    far = _FAR * opacity
    exposed = opacity / (1 - opacity)
    return exposed, far / (1 - far) / exposed


@cache
def _threads() -> int:
    return max(1, min(4, os.cpu_count() or 1))


@cache
def _helpers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_threads(), thread_name_prefix="canvas")


def start_threads() -> None:
    """Starts the drawing threads, so that no frame waits for one."""
    gate = Barrier(_threads() + 1)
    for _ in range(_threads()):
        _helpers().submit(gate.wait)
    gate.wait()


def _kernels() -> Any:
    from explorer.canvas import kernels

    return kernels


def _in_bands(work: Callable[[int, int], None], edges: list[int]) -> None:
    """Runs ``work`` on every band of rows, in this thread and its helpers, each as it is free."""
    bands = deque(band for band in pairwise(edges) if band[1] > band[0])

    def drain() -> None:
        while True:
            try:
                band = bands.popleft()
            except IndexError:
                return
            work(*band)

    helpers = [_helpers().submit(drain) for _ in range(min(_threads(), len(bands)) - 1)]
    drain()
    for helper in helpers:
        helper.result()


class Raster:
    """Holds the accumulator between frames. One for each canvas."""

    def __init__(self) -> None:
        self._total = np.zeros(0, np.float32)

    def move(self, cloud: Cloud, t: float, globe: float) -> None:
        """Puts the points ``t`` of the way to their target, and bounds their blocks."""
        f = np.float32
        if t >= 1:
            cloud.arrive()
            globe = 0.0
        _kernels().move(cloud.start, cloud.end, f(t), f(globe), cloud.points, cloud.bounds)

    def draw(
        self,
        image: Image,
        cloud: Cloud,
        view: NDArray[np.float32],
        globe: float,
        size: float,
        separator: int,
    ) -> None:
        """Draws all points over ``image`` (H, W), with the radius ``size`` in its pixels.

        ``separator`` (0xRRGGBB) is the hairline between overlapping discs.
        """
        if not len(cloud.rows):
            return
        edges = self._edges(image, cloud, view)
        if size >= DISC:
            rim = min(1.0, (size - DISC) / 2.5)
            inner = (separator, 0.35 + 0.55 * rim, 0.9 * rim)
            style = self._style(size, 0.90 + 0.05 * rim, inner, (0, 0.0, 0.0))
            self._discs(image, cloud.points, cloud.paint, cloud.bounds, view, globe, style, edges)
        else:
            self._density(image, cloud, view, globe, size, edges)

    def draw_part(
        self,
        image: Image,
        cloud: Cloud,
        slots: NDArray[np.int64],
        view: NDArray[np.float32],
        globe: float,
        size: float,
        inner: tuple[int, float, float],
        outer: tuple[int, float, float],
    ) -> None:
        """Draws some points again, on top, with two rings: (0xRRGGBB, width, opacity) each."""
        if not len(slots):
            return
        f = np.float32
        points = np.ascontiguousarray(cloud.points[:, slots])
        bounds = np.zeros((4, -(-len(slots) // _kernels().BLOCK)), np.float32)
        _kernels().move(points, points, f(0), f(0), points, bounds)
        paint = cloud.paint[slots] | np.uint32(0xFF000000)
        style = self._style(size, 1.0, inner, outer)
        edges = [0, image.shape[0]]
        self._discs(image, points, paint, bounds, view, globe, style, edges)

    def _density(
        self,
        image: Image,
        cloud: Cloud,
        view: NDArray[np.float32],
        globe: float,
        size: float,
        edges: list[int],
    ) -> None:
        height, width = image.shape
        if self._total.size != 4 * height * width:
            self._total = np.zeros(4 * height * width, np.float32)
        kernels, f, total = _kernels(), np.float32, self._total
        left, right = self._columns(cloud, view, width)
        exposed, far = exposure(size)

        def band(top: int, bottom: int) -> None:
            kernels.splat(
                cloud.points,
                cloud.paint,
                cloud.bounds,
                view,
                f(globe),
                f(size),
                f(far),
                total,
                width,
                top,
                bottom,
            )
            kernels.resolve(total, image, f(exposed), top, bottom, left, right)

        _in_bands(band, edges)

    def _discs(
        self,
        image: Image,
        points: NDArray[np.float32],
        paint: NDArray[np.uint32],
        bounds: NDArray[np.float32],
        view: NDArray[np.float32],
        globe: float,
        style: NDArray[np.float64],
        edges: list[int],
    ) -> None:
        kernels, f = _kernels(), np.float32

        def band(top: int, bottom: int) -> None:
            kernels.discs(points, paint, bounds, view, f(globe), style, image, top, bottom)

        _in_bands(band, edges)

    @staticmethod
    def _style(
        size: float,
        opacity: float,
        inner: tuple[int, float, float],
        outer: tuple[int, float, float],
    ) -> NDArray[np.float64]:
        return np.array([size, opacity, *inner, *outer], np.float64)

    @staticmethod
    def _columns(cloud: Cloud, view: NDArray[np.float32], width: int) -> tuple[int, int]:
        """The columns that any point can touch: only these are resolved."""
        x = view[0, :3] @ cloud.bounds[:3] + view[0, 3]
        reach = cloud.bounds[3] * np.linalg.norm(view[0, :3]) + 4
        left, right = np.clip([(x - reach).min(), (x + reach).max()], 0, width)
        return int(left), math.ceil(right)

    @staticmethod
    def _edges(image: Image, cloud: Cloud, view: NDArray[np.float32]) -> list[int]:
        """Rows that part the image into bands of as many points, one band for each thread."""
        height = image.shape[0]
        bands = _threads() if len(cloud.rows) > 4000 else 1
        sample = cloud.points[:, :: max(1, len(cloud.rows) // 2048)]
        rows = view[1, :3] @ sample + view[1, 3]
        rows = rows[(rows >= 0) & (rows < height)]
        if bands == 1 or not len(rows):
            return [0, height]
        inner: Iterator[float] = iter(np.quantile(rows, np.arange(1, bands) / bands))
        return [0, *(round(float(row)) for row in inner), height]

    def pick(
        self,
        cloud: Cloud,
        view: NDArray[np.float32],
        globe: float,
        x: float,
        y: float,
        reach: float,
    ) -> int:
        """The row drawn nearest to pixel (x, y) within ``reach`` pixels, or −1."""
        if not len(cloud.rows):
            return -1
        f = np.float32
        slot = _kernels().pick(
            cloud.points, cloud.paint, cloud.bounds, view, f(globe), f(x), f(y), f(reach)
        )
        return int(cloud.rows[slot]) if slot >= 0 else -1

    def masked(
        self, cloud: Cloud, view: NDArray[np.float32], globe: float, mask: NDArray[np.uint8]
    ) -> NDArray[np.int64]:
        """Rows of the near points that fall on a non-zero pixel of ``mask`` (H, W), ascending."""
        inside = np.zeros(len(cloud.rows), np.uint8)
        _kernels().masked(cloud.points, cloud.bounds, view, np.float32(globe), mask, inside)
        chosen = np.zeros(cloud.count, bool)
        chosen[cloud.rows[inside > 0]] = True
        return np.flatnonzero(chosen)
