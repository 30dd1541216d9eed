"""Options of ``contrastive-models geometry`` that look into an encoder: layers and whitening."""

import argparse
from pathlib import Path
from typing import Any

from models.anisotropy.estimates import Estimate
from models.anisotropy.layerwise import Layer, Layerwise, measure_layers
from models.anisotropy.report import curing
from models.cli.console import Console
from models.cli.options import positive
from models.comparison.points import stsb_pairs
from models.encoders.base import Encoder
from models.errors import InputError
from models.evaluation.embedding import SentenceVectors, kept_vectors
from models.events import finish
from models.geometry import sampled_rows
from models.portrait import Portrait, portray
from models.sentence_set import read_sentences
from models.whitening import fit_whitening

#: What --json prints with these options.
KEYS = """\
keys of --json, with --layers:
  layers       {"sentences", "pairs", "words", "of", "contexts", "pooled", "seed", "layers"}:
               on what it was measured (different sentences; pairs of random words; words in at
               least 5 contexts that were measured, and how many there are; their occurrences;
               sentences whose vectors were compared), and for each layer, the embeddings first,
    layer      its number, 0 for the output of the embeddings
    anisotropy, self_similarity, intra_sentence, adjusted_self, adjusted_intra
               {"value", "low", "high"}: a mean and the 95 % range of 1,000 bootstrap resamples;
               adjusted is less the anisotropy; null where no word is in 5 contexts
    mean, first
               {"mean_cosine", "uniformity"} of sentence vectors: the mean of all tokens, and the
               first token's ([CLS])
with --whiten:
  whitening    {"fitted", "dimensions", "before", "after"}: on how many sentences it was fitted,
               the dimensions kept, and {"mean_cosine", "uniformity", "effective_rank"} of the
               encoder's vectors before and after, at length 1
with --whiten --stsb:
  stsb         {"pairs", "before", "after", "own", "fitted", "own_fitted", "kept", "own_kept"}:
               Spearman × 100 before, whitened by the sentences, and whitened by the pairs' own
"""

_MEASURES = ("anisotropy", "self_similarity", "intra_sentence", "adjusted_self", "adjusted_intra")
_COLUMNS = ("layer", "anisotropy", "self-similarity", "intra-sentence", "mean", "first")


def layer_options(parser: argparse.ArgumentParser) -> None:
    """``--layers``, ``--whiten`` and ``--stsb``, for --sentences."""
    parser.add_argument(
        "--layers",
        action="store_true",
        help="measure the words and sentences of every layer (Ethayarajh 2019)",
    )
    parser.add_argument(
        "--whiten",
        type=positive,
        nargs="?",
        const=0,
        metavar="K",
        help="whiten the sentences' vectors, to at most K dimensions (Su et al. 2021)",
    )
    parser.add_argument(
        "--stsb",
        type=Path,
        metavar="DIR|FILE",
        help="with --whiten: a SentEval folder or a file of STS-B to score before and after",
    )


def looks_inside(arguments: argparse.Namespace) -> bool:
    """Whether any of these options is given.

    Raises:
        InputError: they are given without sentences, or STS-B without whitening.
    """
    if arguments.stsb is not None and arguments.whiten is None:
        raise InputError("--stsb is scored before and after --whiten; give both.")
    wanted = arguments.layers or arguments.whiten is not None
    if wanted and arguments.sentences is None:
        raise InputError("--layers and --whiten take --sentences to look into an encoder with.")
    return bool(wanted)


def look_inside(arguments: argparse.Namespace, encoder: Encoder) -> dict[str, Any]:
    """What these options add to the result."""
    console = Console()
    every = list(dict.fromkeys(console.run(read_sentences(arguments.sentences))))
    rows = sampled_rows(len(every), arguments.sample, arguments.seed)
    texts = [every[row] for row in rows]
    result: dict[str, Any] = {}
    if arguments.layers:
        result["layers"] = _layers(console.run(measure_layers(encoder, texts, arguments.seed)))
    if arguments.whiten is None:
        return result
    most = arguments.whiten or None
    vectors = console.run(SentenceVectors(encoder, kept_vectors()).of(texts))
    whitening = fit_whitening(vectors, most)
    result["whitening"] = {
        "fitted": whitening.fitted,
        "dimensions": whitening.dimensions,
        "before": _spread(finish(portray(vectors))),
        "after": _spread(finish(portray(whitening(vectors)))),
    }
    if arguments.stsb is not None:
        pairs = stsb_pairs(arguments.stsb)
        cure = console.run(curing(encoder, texts, pairs, most, kept_vectors()))
        result["stsb"] = _plain(cure)
    return result


def inside_text(result: dict[str, Any]) -> str:
    """The same for people: a table of layers, and lines about whitening."""
    lines = []
    if "layers" in result:
        lines += ["", *_table(result["layers"])]
    if "whitening" in result:
        found = result["whitening"]
        lines += [
            "",
            f"Whitening, fitted on these {found['fitted']:,} sentences, keeps "
            f"{found['dimensions']} dimensions:",
        ]
        for name in ("mean_cosine", "uniformity", "effective_rank"):
            before, after = found["before"][name], found["after"][name]
            lines.append(f"  {name.replace('_', ' '):16}{before:9.4f} → {after:.4f}")
    if "stsb" in result:
        found = result["stsb"]
        lines.append(
            f"  {'STS-B':16}{found['before']:9.2f} → {found['after']:.2f}, or "
            f"{found['own']:.2f} if fitted on the {found['own_fitted']:,} sentences of its own "
            f"{found['pairs']:,} pairs (Spearman × 100)"
        )
    return "\n".join(lines)


def _table(found: dict[str, Any]) -> list[str]:
    rows: list[tuple[str, ...]] = [_COLUMNS]
    for layer in found["layers"]:
        shown = (layer[name] for name in ("anisotropy", "adjusted_self", "adjusted_intra"))
        spreads = (layer[name] for name in ("mean", "first"))
        rows.append(
            (
                str(layer["layer"]),
                *("–" if each is None else _range(each) for each in shown),
                *(f"{each['mean_cosine']:.3f} {_near(each['uniformity'])}" for each in spreads),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    sentences = f"{found['sentences']:,} different sentences"
    return [
        f"By layer, on {sentences}: {found['pairs']:,} pairs of random words, {found['words']:,} "
        f"of {found['of']:,} words in 5 or more contexts ({found['contexts']:,} occurrences).",
        "Both similarities are less the anisotropy; in brackets 95 % of resamples. Mean and first",
        f"token: mean cosine and uniformity of the vectors of {found['pooled']:,} sentences.",
        *("  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) for row in rows),
    ]


def _near(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}"  # no minus before nought


def _range(found: dict[str, float]) -> str:
    return f"{found['value']:.3f} ({found['low']:.3f} … {found['high']:.3f})"


def _layers(found: Layerwise) -> dict[str, Any]:
    return {**_plain(found), "layers": [_layer(layer) for layer in found.layers]}


def _layer(layer: Layer) -> dict[str, Any]:
    estimates: dict[str, Estimate | None] = {name: getattr(layer, name) for name in _MEASURES}
    return {
        "layer": layer.number,
        **{name: None if found is None else _plain(found) for name, found in estimates.items()},
        "mean": _plain(layer.mean),
        "first": _plain(layer.first),
    }


def _spread(found: Portrait) -> dict[str, float]:
    names = ("mean_cosine", "uniformity", "effective_rank")
    return {name: getattr(found, name) for name in names}


def _plain(value: Any) -> dict[str, Any]:
    from dataclasses import fields

    return {field.name: getattr(value, field.name) for field in fields(value)}
