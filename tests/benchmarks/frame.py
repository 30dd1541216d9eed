"""One frame of turning points: the canvas against pyqtgraph's ScatterPlotItem, in one process.

    python -m tests.benchmarks.frame [points] [frames]

Both draw the same points at 1280 × 800, off screen, in turn. The canvas turns its globe; the
scatter plot receives the projected positions, which is how it would turn. Prints milliseconds
and the ratios of the medians.
"""

import os
import sys
import time

import numpy as np

WIDTH, HEIGHT = 1280, 800


def globe(count: int) -> np.ndarray:
    """Clustered unit vectors (N, 3) float32."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(40, 3))
    points = centres[rng.integers(0, 40, count)] + rng.normal(size=(count, 3)) * 0.35
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def main(count: int = 1_000_000, frames: int = 40) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import pyqtgraph
    from PySide6.QtWidgets import QApplication

    from explorer.canvas.warm import kernels
    from explorer.canvas.widget import PointCanvas

    app = QApplication([])
    positions = globe(count)
    canvas = PointCanvas()
    canvas.resize(WIDTH, HEIGHT)
    canvas.show()
    if not kernels().wait(300):
        sys.exit("The kernels were not ready in five minutes.")
    begin = time.perf_counter()
    canvas.set_layout(positions, "globe", morph=False)
    canvas.set_colors(np.random.default_rng(1).integers(0, 256, (count, 3)).astype(np.uint8))
    canvas.repaint()
    print(f"new layout and first frame {1000 * (time.perf_counter() - begin):8.1f} ms")

    plot = pyqtgraph.PlotWidget()
    plot.resize(WIDTH, HEIGHT)
    plot.setRange(xRange=(-1.6, 1.6), yRange=(-1, 1), disableAutoRange=True)
    scatter = pyqtgraph.ScatterPlotItem(size=3, pen=None, brush=pyqtgraph.mkBrush(86, 180, 233))
    plot.addItem(scatter)
    plot.show()
    app.processEvents()

    ours, theirs, painting = [], [], []
    every = max(1, frames // 8)
    for frame in range(frames):
        begin = time.perf_counter()
        canvas.camera.rotate(np.array([0.0, 1.0, 0.0]), 0.02)
        canvas._changed(True)
        canvas.repaint()
        ours.append(time.perf_counter() - begin)
        if frame % every == 0:
            begin = time.perf_counter()
            x, y, _ = canvas.camera.rotation @ positions.T
            scatter.setData(x=x, y=y)
            ready = time.perf_counter()
            plot.viewport().repaint()
            painting.append(time.perf_counter() - ready)
            theirs.append(time.perf_counter() - begin)
    rows = (("canvas", ours), ("ScatterPlotItem", theirs), ("  of it painting", painting))
    for name, times in rows:
        low, middle = 1000 * min(times), 1000 * float(np.median(times))
        print(f"{name:26s} median {middle:8.1f} ms   least {low:8.1f} ms")
    whole, paint = (np.median(times) / np.median(ours) for times in (theirs, painting))
    print(f"{'ratio of the medians':26s} {whole:15.1f}, to its painting alone {paint:.1f}")
    begin = time.perf_counter()
    for _ in range(100):
        canvas._find(canvas.rect().center().toPointF(), 8)
    print(f"{'nearest point':26s} {10 * (time.perf_counter() - begin):15.2f} ms")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
