"""``contrastive-models geometry``: where a project's vectors, or any, lie on the hypersphere."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models import geometry
from models.cli.console import put
from models.cli.options import positive, whole
from models.errors import InputError
from models.project import Project

if TYPE_CHECKING:
    from torch import Tensor

_T = 2.0


@dataclass(frozen=True)
class _Source:
    array: NDArray[Any]  # (N, D), memory-mapped
    path: Path
    encoder: str | None
    pooling: str | None


def add(commands: Any) -> None:
    """Declares the command."""
    parser = commands.add_parser(
        "geometry", help="alignment, uniformity, spectrum and anisotropy of vectors"
    )
    parser.add_argument("source", type=Path, metavar="DIR|VECTORS.npy")
    parser.add_argument(
        "--pairs", type=Path, metavar="OTHER.npy", help="row i is the positive of row i"
    )
    parser.add_argument(
        "--sample",
        type=positive,
        default=10_000,
        metavar="ROWS",
        help="measure at most so many vectors, drawn at random (default 10000)",
    )
    parser.add_argument("--seed", type=whole, default=0)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measures and says on what."""
    source = _open(arguments.source)
    count, dimensions = source.array.shape
    rows = geometry.sampled_rows(count, arguments.sample, arguments.seed)
    if len(rows) < 2:
        raise InputError(
            f"{len(rows)} of the {count:,} vectors of {source.path} would be measured; it takes "
            "two vectors at least."
        )
    vectors, unit = _directions(source.array, rows, source.path)
    result = {
        "source": str(arguments.source),
        "encoder": source.encoder,
        "pooling": source.pooling,
        "vectors": count,
        "measured": len(rows),
        "seed": arguments.seed,
        "dimensions": dimensions,
        "normalized": unit,
        "pairs": None,
        "alignment": None,
    }
    if arguments.pairs is not None:
        other = _open_array(arguments.pairs)
        if other.shape != source.array.shape:
            raise InputError(
                f"{arguments.pairs} is {_shape(other)} and {source.path} {_shape(source.array)}: "
                "row i of one cannot be the positive of row i of the other."
            )
        positives, _ = _directions(other, rows, arguments.pairs)
        result["pairs"] = str(arguments.pairs)
        result["alignment"] = float(geometry.alignment(vectors, positives))
    result |= _measures(vectors)
    put(result, arguments.json, _text(result))


def _measures(vectors: "Tensor") -> dict[str, Any]:
    spectrum, bound = geometry.spectrum(vectors), geometry.gao_bound(vectors)
    return {
        "uniformity": float(geometry.uniformity(vectors, _T)),
        "optimal_uniformity": geometry.optimal_uniformity(vectors.shape[1], _T),
        "mean_cosine": float(geometry.mean_cosine(vectors)),
        "effective_rank": spectrum.effective_rank,
        "singular_values": spectrum.singular_values.tolist(),
        "gao": {
            "lower": bound.total / bound.rows,
            "largest": bound.largest,
            "upper": bound.total,
            "applies": bound.applies,
            "holds": bound.holds,
        },
    }


def _open(path: Path) -> _Source:
    if path.suffix == ".npy":
        return _Source(_open_array(path), path, None, None)
    project = Project.open(path)
    card = project.manifest.encoder
    return _Source(project.vectors.array, path, card.name, card.conventions.pooling)


def _open_array(path: Path) -> NDArray[Any]:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError as error:
        raise InputError(f"The vectors {path} are missing.") from error
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path} is cut short or holds no vectors.") from error
    if not isinstance(array, np.ndarray) or array.ndim != 2 or array.dtype.kind != "f":
        raise InputError(f"{path} holds no (N, D) array of floating-point numbers.")
    return array


def _directions(array: NDArray[Any], rows: NDArray[np.int64], path: Path) -> tuple["Tensor", bool]:
    """The rows brought to length 1, and whether they had it."""
    import torch

    kept = np.float64 if array.dtype.itemsize >= 8 else np.float32
    chosen = np.asarray(array[rows], kept)
    lengths = np.linalg.norm(chosen, axis=1, keepdims=True)
    bad = np.flatnonzero(~(np.isfinite(lengths[:, 0]) & (lengths[:, 0] > 0)))
    if len(bad):
        raise InputError(
            f"Row {rows[bad[0]]} of {path}, counted from 0, has no direction: it is all zeros or "
            "not finite."
        )
    unit = bool(np.abs(lengths - 1).max() < 1e-3)
    return torch.from_numpy(chosen / lengths), unit


def _shape(array: NDArray[Any]) -> str:
    return " × ".join(map(str, array.shape))


def _text(result: dict[str, Any]) -> str:
    """The figures for people, with what they were measured on."""
    measured, count = result["measured"], result["vectors"]
    chosen = "" if measured == count else f", drawn at random with seed {result['seed']}"
    lengths = "of length 1 as stored" if result["normalized"] else "brought to length 1 for this"
    encoder = "unknown: a bare array"
    if result["encoder"] is not None:
        encoder = f"{result['encoder']}, {result['pooling']} pooling"
    alignment = "– (no positive pairs given)"
    if result["pairs"] is not None:
        alignment = f"{result['alignment']:.4f}  (α = 2, {measured:,} pairs with {result['pairs']})"
    gao = result["gao"]
    verdict = "holds" if gao["holds"] else "broken"
    if not gao["applies"]:
        verdict += "; some cosines are negative, so the upper part need not hold"
    lines = {
        "vectors": f"{measured:,} of {count:,}{chosen}; {result['dimensions']} dimensions, "
        + lengths,
        "encoder": encoder,
        "alignment": alignment,
        "uniformity": f"{result['uniformity']:.4f}  (t = 2, all pairs; a uniform distribution "
        f"has {result['optimal_uniformity']:.4f})",
        "mean cosine": f"{result['mean_cosine']:.4f}  (anisotropy)",
        "effective rank": f"{result['effective_rank']:.1f} of {len(result['singular_values'])}",
        "Gao's bound": f"{gao['lower']:.4g} ≤ λmax {gao['largest']:.4g} ≤ {gao['upper']:.4g}: "
        + verdict,
    }
    return "\n".join(f"{name:16}{line}" for name, line in lines.items())
