"""umap-learn's optimiser as it is used here: imported alone, on the sphere, and reporting."""

import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

from models.projection.graph import Report


def great_circle() -> Any:
    """Distance along the unit sphere between two directions, with its gradient for the first.

    This is the haversine distance. It takes vectors (3,) of any length rather than two angles,
    whose gradients vanish and jump at the poles.
    """
    import numba

    @numba.njit(fastmath=True)
    def distance(x: Any, y: Any) -> Any:
        x_scale = 1 / np.sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
        y_scale = 1 / np.sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2])
        x0, x1, x2 = x[0] * x_scale, x[1] * x_scale, x[2] * x_scale
        y0, y1, y2 = y[0] * y_scale, y[1] * y_scale, y[2] * y_scale
        squared = (x0 - y0) ** 2 + (x1 - y1) ** 2 + (x2 - y2) ** 2
        cosine = 1 - squared / 2
        per_sine = 1 / np.sqrt(max(squared * (1 - squared / 4), 1e-12))
        # A tuple, because an array would be allocated at every step of the optimiser.
        gradient = (
            (cosine * x0 - y0) * per_sine,
            (cosine * x1 - y1) * per_sine,
            (cosine * x2 - y2) * per_sine,
        )
        return 2 * np.arcsin(min(np.sqrt(squared) / 2, 1.0)), gradient

    return distance


class Epochs:
    """A file to which the optimiser's progress bar is written, and which reports its counts."""

    def __init__(self, report: Report) -> None:
        self._report = report

    @classmethod
    def options(cls, report: Report) -> dict[str, Any]:
        return {
            "disable": False,
            "file": cls(report),
            "bar_format": "{n}/{total}",
            "mininterval": 0.1,
        }

    def write(self, text: str) -> None:
        if match := re.search(r"(\d+)/(\d+)", text):
            self._report("UMAP", int(match[1]), int(match[2]), "epochs")

    def flush(self) -> None:
        """Reports are written at once."""


def import_optimiser() -> ModuleType:
    """umap-learn's optimiser, without the rest of the package.

    The rest is the search for approximate neighbours, which compiles for half a minute when it
    is first imported. What the optimiser compiles is kept for the next process.
    """
    if "umap.layouts" in sys.modules:
        return sys.modules["umap.layouts"]
    spec = importlib.util.find_spec("umap")
    if spec is None or spec.submodule_search_locations is None:
        raise ImportError("umap-learn is not installed")
    package = ModuleType("umap")
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules["umap"] = package
    try:
        with _kept_compilations():
            return importlib.import_module("umap.layouts")
    except Exception:
        # Another version may need the package whole, or the cache cannot be written.
        for name in [name for name in sys.modules if name.partition(".")[0] == "umap"]:
            del sys.modules[name]
        return importlib.import_module("umap.layouts")


@contextmanager
def _kept_compilations() -> Iterator[None]:
    """Meanwhile functions are compiled by numba with ``cache=True`` unless they say otherwise."""
    import numba

    njit = numba.njit
    numba.njit = lambda *args, **options: njit(*args, **{"cache": True, **options})
    try:
        yield
    finally:
        numba.njit = njit
