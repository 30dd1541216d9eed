"""The layers: the science stands without Qt, and importing anything costs little."""

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = (
    "torch",
    "transformers",
    "sentence_transformers",
    "faiss",
    "bm25s",
    "umap",
    "numba",
    "sklearn",
    "scipy",
    "pypdf",
    "docx",
    "pyqtgraph",
)


def modules(package):
    """All modules of ``package`` but those that run as programs."""
    root = importlib.import_module(package)
    found = pkgutil.walk_packages(root.__path__, f"{package}.")
    return [package, *(item.name for item in found if not item.name.endswith("__main__"))]


def test_every_module_of_the_science_imports_without_qt_and_lightly():
    names = modules("models")
    assert len(names) > 40
    code = f"""
import importlib, sys

for name in ("PySide6", "shiboken6", "pyqtgraph"):
    sys.modules[name] = None
for name in {names!r}:
    before = set(sys.modules)
    importlib.import_module(name)
    heavy = [other for other in {HEAVY!r} if sys.modules.get(other) and other not in before]
    if heavy:
        print(name, heavy)
"""
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)


@pytest.mark.parametrize("package", ["models", "explorer"])
def test_every_module_can_be_imported(package):
    for name in modules(package):
        assert importlib.import_module(name).__doc__, f"{name} says what it is"
