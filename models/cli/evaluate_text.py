"""``contrastive-models evaluate sts|transfer|triplets``: what an encoder of text has learned."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from models.cli.console import Console, put
from models.cli.options import encoder_options, overrides
from models.data.nli import read_triplets
from models.data.senteval import TRANSFER_TASKS
from models.data.sts import STS_TASKS
from models.encoders.card import EncoderCard
from models.evaluation import sts, transfer
from models.evaluation.embedding import SentenceVectors, kept_vectors
from models.evaluation.score_table import (
    AVERAGES,
    STS_COLUMNS,
    TRANSFER_COLUMNS,
    Column,
    Row,
    as_text,
    pooling_of,
    published_rows,
)
from models.evaluation.triplets import score_triplets


def add(kinds: Any) -> None:
    """Declares the three kinds."""
    about = "cosines against human judgement: Spearman × 100 on STS12–16, STS-B and SICK-R"
    parser = _kind(kinds, "sts", about, run_sts)
    _tasks(parser, STS_TASKS)
    about = "a classifier on frozen vectors: accuracy on the seven tasks of SentEval"
    parser = _kind(kinds, "transfer", about, run_transfer)
    _tasks(parser, TRANSFER_TASKS)
    about = "whether entailments lie closer to their premise than contradictions"
    parser = _kind(kinds, "triplets", about, run_triplets)
    parser.add_argument(
        "--data",
        required=True,
        type=Path,
        metavar="FILE",
        help="bundled, SNLI or MNLI JSON Lines, nli_for_simcse.csv, or a table of SICK",
    )


def _kind(
    kinds: Any, name: str, about: str, run: Callable[[argparse.Namespace], None]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = kinds.add_parser(name, help=about)
    encoder_options(parser)
    parser.add_argument(
        "--no-cache", action="store_true", help="make every vector and score anew and keep none"
    )
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)
    return parser


def _tasks(parser: argparse.ArgumentParser, tasks: Sequence[str]) -> None:
    parser.add_argument(
        "--data", required=True, type=Path, metavar="DIR", help="a folder laid out as SentEval's"
    )
    parser.add_argument(
        "--tasks",
        nargs="+",
        metavar="T",
        help=f"some of {', '.join(tasks)}; else all whose files are there",
    )


def run_sts(arguments: argparse.Namespace) -> None:
    """Measures the tasks, and where the sentences of STS-B lie."""
    console, vectors = Console(), _vectors(arguments)
    scores = console.run(sts.evaluate_sts(vectors, arguments.data, arguments.tasks))
    result = {score.task: score.spearman for score in scores}
    result["avg"] = sts.average(scores)
    if arguments.json:
        put(result, True, "")
        return
    lines = [table(vectors.encoder.card, result, STS_COLUMNS)]
    for score in scores:
        if score.task == "STSB":
            lies = console.run(sts.pair_geometry(vectors, "STSB", score.pairs))
            aligned = "–" if lies.alignment is None else f"{lies.alignment:.3f}"
            lines.append(
                f"STS-B: alignment {aligned} ({lies.alike:,} pairs judged above 4), uniformity "
                f"{lies.uniformity:.3f} (all sentences of {lies.pairs:,} pairs), at length 1"
            )
    print("\n".join(lines))


def run_transfer(arguments: argparse.Namespace) -> None:
    """Measures the tasks."""
    console, vectors = Console(), _vectors(arguments)
    scores = console.run(transfer.evaluate_transfer(vectors, arguments.data, arguments.tasks))
    result = {score.task: score.accuracy for score in scores}
    result["avg"] = transfer.average(scores)
    text = table(vectors.encoder.card, result, TRANSFER_COLUMNS)
    put(result, arguments.json, text)
    for score in scores:
        if score.note:
            print(score.note, file=sys.stderr)


def run_triplets(arguments: argparse.Namespace) -> None:
    """Measures the triplets of one file."""
    console = Console()
    triplets = console.run(read_triplets(arguments.data))
    vectors = _vectors(arguments)
    score = console.run(score_triplets(vectors, triplets))
    result = {"triplets": len(triplets), "ordered": score.ordered, "margin": score.margin}
    text = (
        f"{len(triplets):,} triplets of {arguments.data.name}, {_named(vectors.encoder.card)}\n"
        f"in the right order  {score.ordered:.2f}%\n"
        f"mean margin         {score.margin:.4f}"
    )
    put(result, arguments.json, text)


def table(card: EncoderCard, result: Mapping[str, float], columns: Sequence[Column]) -> str:
    """The measured row above the published ones; "–" where there is no figure."""
    average = columns[-1].id
    tasks = AVERAGES[average]
    figures = {name: figure for name, figure in result.items() if name != "avg"}
    row = Row(card.name, pooling_of(card), False, {**figures, average: result["avg"]})
    printed = [row for row in published_rows() if average in row.figures]
    lines = [as_text([row, *printed], columns)]
    if len(figures) < len(tasks):
        lines.append(f"The average is of {len(figures)} of {len(tasks)} tasks.")
    return "\n".join(lines)


def _named(card: EncoderCard) -> str:
    return f"{card.name}, {pooling_of(card)}"


def _vectors(arguments: argparse.Namespace) -> SentenceVectors:
    from models.text_encoders import load_text

    encoder = load_text(arguments.encoder, **overrides(arguments))
    return SentenceVectors(encoder, None if arguments.no_cache else kept_vectors())
