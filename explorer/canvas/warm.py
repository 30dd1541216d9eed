"""Makes the compiled loops ready without holding up the window.

The first compilation on a computer takes seconds and would stall every thread of the process, so
a child process (``python -m explorer.canvas.warm``) fills numba's cache; later starts only load.
"""

import os
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from models.files import content_key, write_text


def warm() -> None:
    """Runs every kernel on a few points, with the very types that the canvas uses."""
    from explorer.canvas.cloud import Cloud
    from explorer.canvas.raster import Raster, start_threads

    start_threads()
    raster, view = Raster(), np.eye(3, 4, dtype=np.float32)
    cloud = Cloud(np.eye(3, dtype=np.float32), "globe")
    image = np.zeros((8, 8), np.uint32)
    raster.move(cloud, 0.5, 1.0)
    raster.move(cloud, 1.0, 1.0)
    raster.draw(image, cloud, view, 1.0, 1.0, 0)
    raster.draw(image, cloud, view, 1.0, 4.0, 0)
    raster.draw_part(image, cloud, np.arange(3), view, 1.0, 4.0, (0, 1.0, 1.0), (0, 1.0, 1.0))
    raster.pick(cloud, view, 1.0, 1.0, 1.0, 4.0)
    raster.masked(cloud, view, 1.0, np.zeros((8, 8), np.uint8))


def _stamp() -> Path:
    """The file whose presence says that these kernels were compiled by this Python before."""
    from importlib.metadata import version

    import platformdirs

    source = Path(__file__).with_name("kernels.py")
    key = content_key(
        source.read_bytes(),
        str(source.stat().st_mtime_ns),
        str(source),
        sys.version,
        version("numba"),
        os.environ.get("NUMBA_CACHE_DIR", ""),
    )
    base = os.environ.get("CONTRASTIVE_EXPLORER_HOME")
    folder = Path(base) if base else platformdirs.user_cache_path("contrastive-explorer")
    return folder / "kernels" / f"{key}.stamp"


class Kernels(QObject):
    """Whether the kernels can be used; ``ready`` is emitted once, when they can."""

    ready = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._thread: threading.Thread | None = None
        self._done = threading.Event()

    @property
    def are_ready(self) -> bool:
        return self._done.is_set()

    def start(self) -> None:
        """Begins to warm up in a thread, unless that has begun already."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="canvas-warm", daemon=True)
            self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Starts if need be and blocks until the kernels are ready; False when time runs out."""
        self.start()
        return self._done.wait(seconds)

    def _run(self) -> None:
        stamp = _stamp()
        if not stamp.exists() and sys.executable:
            root = Path(__file__).parents[2]
            command = [sys.executable, "-m", "explorer.canvas.warm"]
            subprocess.run(command, cwd=root, check=False, stdin=subprocess.DEVNULL)
        warm()
        self._done.set()
        self.ready.emit()


@cache
def kernels() -> Kernels:
    """The one state of the kernels in this process."""
    return Kernels()


def main() -> None:
    warm()
    write_text(_stamp(), "")


if __name__ == "__main__":
    main()
