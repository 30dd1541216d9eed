"""Layouts kept in files, and the keys by which they are found again."""

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import InputError
from models.files import atomic_path, content_key
from models.projection.layout import Layout, LayoutFacts, Surface, Technique
from models.projection.neighbours import AmongNeighbours
from models.projection.pca import AlongComponents, Components

# Part of every key: raise it whenever the same settings lead to another picture.
_VERSION = "layout 1"


def layout_key(
    vectors_key: str, technique: Technique, surface: Surface, params: Mapping[str, Any]
) -> str:
    """The content key of a picture: of its vectors and of all settings that shape it."""
    settings = json.dumps(dict(params), sort_keys=True)
    return content_key(_VERSION, vectors_key, technique, surface, settings)


def save_layout(layout: Layout, path: Path) -> None:
    """Writes ``layout`` as .npz by atomic rename, without the vectors.

    Raises:
        InputError: the file cannot be written.
    """
    about: dict[str, Any] = {
        "technique": layout.technique,
        "surface": layout.surface,
        "facts": asdict(layout.facts),
    }
    arrays: dict[str, Any] = {"positions": layout.positions}
    placer = layout.placer
    if isinstance(placer, AlongComponents):
        arrays |= {"mean": placer.components.mean, "axes": placer.components.axes}
        about |= {"scale": placer.scale, "variance": placer.components.variance}
    elif isinstance(placer, AmongNeighbours):
        about |= {"neighbours": placer.neighbours}
        arrays |= {} if placer.fitted is None else {"fitted": placer.fitted}
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez(file, about=np.array(json.dumps(about)), **arrays)


def load_layout(path: Path, vectors: NDArray[np.float32]) -> Layout:
    """Reads what ``save_layout`` wrote for these ``vectors`` (N, D), which it keeps by reference.

    Raises:
        InputError: the file is missing, damaged, or was made for other vectors.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            arrays = {name: file[name] for name in file.files if name != "about"}
        layout = _restore(about, arrays, vectors)
    except OSError as error:
        raise InputError(f"{path} could not be read ({error.strerror or error}).") from error
    except (
        EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
        NotImplementedError,
    ) as error:  # fmt: skip
        raise InputError(f"{path} is damaged or is no saved layout.") from error
    if layout.positions.shape != (len(vectors), 3) or layout.facts.dimensions != vectors.shape[1]:
        raise InputError(f"{path} was made for other vectors than these.")
    return layout


def _restore(
    about: dict[str, Any], arrays: dict[str, NDArray[Any]], vectors: NDArray[np.float32]
) -> Layout:
    technique, surface = about["technique"], about["surface"]
    if technique not in ("pca", "umap") or surface not in ("globe", "flat"):
        raise ValueError("unknown technique or surface")
    positions, globe = arrays["positions"], surface == "globe"
    if positions.dtype != np.float32 or not np.isfinite(positions).all():
        raise ValueError("positions are not finite float32 numbers")
    positions.setflags(write=False)
    facts = LayoutFacts(**about["facts"])
    if technique == "umap":
        fitted = arrays.get("fitted")
        if fitted is not None and (fitted.ndim != 1 or not _are_rows(fitted, len(positions))):
            raise ValueError("the fitted points are no rows")
        placer = AmongNeighbours(vectors, positions, int(about["neighbours"]), fitted)
        return Layout(technique, surface, positions, facts, placer)
    components = Components(arrays["mean"], arrays["axes"], float(about["variance"]))
    if components.axes.shape != (*components.mean.shape, facts.kept):
        raise ValueError("axes do not fit the mean")
    along = AlongComponents(components, float(about["scale"]), globe)
    return Layout(technique, surface, positions, facts, along)


def _are_rows(rows: NDArray[Any], count: int) -> bool:
    return bool(rows.dtype == np.int64 and len(rows) and rows.min() >= 0 and rows.max() < count)
