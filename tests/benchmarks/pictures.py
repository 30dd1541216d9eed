"""A frame of pictures in place of points, and of the ring, each beside its peer in one process.

    python -m tests.benchmarks.pictures [points] [frames]

Pictures: the canvas against a QGraphicsView of as many pixmap items, at 1280 × 800. The ring's
densities against SciPy's gaussian_kde on as many places. Prints milliseconds and ratios.
"""

import os
import sys
import time

import numpy as np
from scipy.stats import gaussian_kde

from models.ring import BANDWIDTH, ring
from tests.benchmarks.frame import HEIGHT, WIDTH, globe


def main(count: int = 512, frames: int = 40) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QImage, QPixmap
    from PySide6.QtWidgets import QApplication, QGraphicsPixmapItem, QGraphicsScene, QGraphicsView

    from explorer.canvas.warm import kernels
    from explorer.canvas.widget import PointCanvas

    app = QApplication([])
    rng = np.random.default_rng(1)
    positions = globe(count)
    pixels = rng.integers(0, 256, (count, 32, 32, 3)).astype(np.uint8)
    canvas = PointCanvas()
    canvas.resize(WIDTH, HEIGHT)
    canvas.show()
    if not kernels().wait(300):
        sys.exit("The kernels were not ready in five minutes.")
    canvas.set_layout(positions, "globe", morph=False)
    canvas.set_thumbnails(pixels)
    scene = QGraphicsScene(0, 0, WIDTH, HEIGHT)
    items = []
    for picture in pixels:
        image = QImage(picture.data, 32, 32, 96, QImage.Format.Format_RGB888)
        items.append(scene.addPixmap(QPixmap.fromImage(image)))
    peer = QGraphicsView(scene)
    peer.resize(WIDTH, HEIGHT)
    peer.show()
    app.processEvents()

    def turn() -> None:
        canvas.camera.rotate(np.array([0.0, 1.0, 0.0]), 0.02)
        canvas._changed(True)
        canvas.repaint()

    def peers(items: list[QGraphicsPixmapItem]) -> None:
        x, y, _ = canvas.camera.rotation @ positions.T
        for item, left, top in zip(items, x, y, strict=True):
            item.setPos(WIDTH / 2 + 380 * left, HEIGHT / 2 - 380 * top)
        peer.viewport().repaint()

    works = {
        "points": lambda: (canvas.set_thumbnails_always(False), turn()),
        "pictures": lambda: (canvas.set_thumbnails_always(True), turn()),
        "QGraphicsView": lambda: peers(items),
    }
    angles = rng.uniform(-np.pi, np.pi, count)
    vectors = np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)
    labels = rng.integers(0, 10, count)
    grid = np.column_stack([g.ravel() for g in np.mgrid[-1.4:1.4:96j, -1.4:1.4:96j]]).T
    works["ring"] = lambda: ring(vectors, labels, [str(n) for n in range(10)])
    works["gaussian_kde"] = lambda: gaussian_kde(vectors.T, BANDWIDTH)(grid)
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(frames):
        for name, work in works.items():
            begin = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - begin)
    middles = {name: 1000 * float(np.median(times)) for name, times in taken.items()}
    for name, times in taken.items():
        print(f"{name:14} median {middles[name]:7.1f} ms   least {1000 * min(times):7.1f} ms")
    print(f"QGraphicsView / pictures {middles['QGraphicsView'] / middles['pictures']:.1f}")
    print(f"gaussian_kde / ring      {middles['gaussian_kde'] / middles['ring']:.1f}")
    canvas.close()
    peer.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
