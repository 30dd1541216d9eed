"""``contrastive-models geometry``: where the vectors of a project, a run, a file or texts lie."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models import geometry
from models.cli.console import Console, put
from models.cli.geometry_layers import KEYS, inside_text, layer_options, look_inside, looks_inside
from models.cli.options import encoder_options, overrides, positive, whole
from models.encoders.base import Encoder
from models.errors import InputError
from models.evaluation.embedding import kept_vectors
from models.portrait import mean_uniformity
from models.sentence_set import draw_sentences
from models.vector_sets import Drawn, VectorSet, draw, of_path

if TYPE_CHECKING:
    from torch import Tensor

_T = 2.0


def add(commands: Any) -> None:
    """Declares the command."""
    parser = commands.add_parser(
        "geometry",
        help="alignment, uniformity, spectrum and anisotropy of vectors",
        epilog=KEYS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", nargs="?", type=Path, metavar="RUN|DIR|VECTORS.npy")
    parser.add_argument(
        "--sentences", type=Path, metavar="F", help="embed a text file, one sentence a line"
    )
    encoder_options(parser)
    layer_options(parser)
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
    import torch

    inside = looks_inside(arguments)
    encoder = _encoder(arguments)
    source, drawn = _drawn(arguments, encoder)
    vectors = torch.tensor(drawn.vectors)
    positives = None if drawn.positives is None else torch.tensor(drawn.positives)
    result = {
        "source": str(source.path),
        "encoder": source.encoder,
        "pooling": source.pooling,
        "step": source.step,
        "vectors": drawn.of,
        "measured": len(drawn.rows),
        "seed": arguments.seed,
        "dimensions": vectors.shape[1],
        "normalized": drawn.normalized,
        "pairs": source.paired,
        "alignment": None if positives is None else float(geometry.alignment(vectors, positives)),
    }
    result |= _measures(vectors, positives)
    text = _text(result)
    if inside and encoder is not None:
        found = look_inside(arguments, encoder)
        result |= found
        text += "\n" + inside_text(found)
    put(result, arguments.json, text)


def _encoder(arguments: argparse.Namespace) -> Encoder | None:
    """The encoder that sentences are to be embedded by; None without any."""
    if (arguments.source is None) == (arguments.sentences is None):
        raise InputError("Give either vectors to measure or a file of --sentences to embed.")
    if arguments.sentences is None:
        return None
    if arguments.pairs is not None:
        raise InputError("Sentences have no --pairs; those are rows of another file of vectors.")
    from models.text_encoders import load_text

    return load_text(arguments.encoder, **overrides(arguments))


def _drawn(arguments: argparse.Namespace, encoder: Encoder | None) -> tuple[VectorSet, Drawn]:
    """The rows of what was named, or of the sentences under ``encoder``."""
    if encoder is None:
        source = of_path(arguments.source, arguments.pairs)
        return source, draw(source, arguments.sample, arguments.seed)
    drawing = draw_sentences(
        arguments.sentences, encoder, arguments.sample, arguments.seed, kept_vectors()
    )
    return Console().run(drawing)


def _measures(vectors: "Tensor", positives: "Tensor | None") -> dict[str, Any]:
    spectrum, bound = geometry.spectrum(vectors), geometry.gao_bound(vectors)
    return {
        "uniformity": mean_uniformity(vectors, positives, _T),
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


def _text(result: dict[str, Any]) -> str:
    """The figures for people, with what they were measured on."""
    measured, count = result["measured"], result["vectors"]
    chosen = "" if measured == count else f", drawn at random with seed {result['seed']}"
    lengths = "of length 1 as stored" if result["normalized"] else "brought to length 1 for this"
    encoder = "unknown: a bare array"
    if result["encoder"] is not None:
        encoder = result["encoder"]
        if result["pooling"] is not None:
            encoder += f", {result['pooling']} pooling"
        if result["step"] is not None:
            encoder += f", at step {result['step']:,}"
    alignment = "– (no positive pairs given)"
    sides = "all pairs"
    if result["pairs"] is not None:
        sides = "all pairs of one side, the mean of both sides"
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
        "uniformity": f"{result['uniformity']:.4f}  (t = 2, {sides}; a uniform "
        f"distribution has {result['optimal_uniformity']:.4f})",
        "mean cosine": f"{result['mean_cosine']:.4f}  (anisotropy)",
        "effective rank": f"{result['effective_rank']:.1f} of {len(result['singular_values'])}",
        "Gao's bound": f"{gao['lower']:.4g} ≤ λmax {gao['largest']:.4g} ≤ {gao['upper']:.4g}: "
        + verdict,
    }
    return "\n".join(f"{name:16}{line}" for name, line in lines.items())
