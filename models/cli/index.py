"""``contrastive-models index``: a corpus on disk becomes a project folder."""

import argparse
import time
from pathlib import Path
from typing import Any

from models.cli.console import Console, put
from models.cli.options import encoder_options, overrides, whole
from models.data.cut import Cutting
from models.data.read import Reading
from models.indexing import build
from models.opening import encoder_of
from models.project import Recipe
from models.retrieval.dense import IndexSpec
from models.samples import SAMPLES


def add(commands: Any) -> None:
    """Declares the command."""
    parser = commands.add_parser("index", help="read, cut, embed and index a corpus")
    parser.add_argument(
        "corpus",
        nargs="+",
        metavar="CORPUS",
        help=f"files or folders, or a sample: {', '.join(SAMPLES)}",
    )
    parser.add_argument("--out", required=True, type=Path, metavar="DIR")
    parser.add_argument("--name", default="", help="what the window calls it")
    encoder_options(parser)
    parser.add_argument(
        "--passage-words",
        type=whole,
        default=100,
        metavar="N",
        help="words a passage (default 100); 0 keeps each record whole",
    )
    parser.add_argument("--overlap", type=whole, default=0, metavar="N", help="words shared")
    parser.add_argument("--text-column", metavar="NAME")
    parser.add_argument("--title-column", metavar="NAME")
    parser.add_argument(
        "--titles",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="embed the title with the text (default: where documents are cut)",
    )
    parser.add_argument(
        "--index", choices=["flat", "sq8", "hnsw", "ivf", "ivfpq"], default="flat", dest="kind"
    )
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Builds the project and prints what came of it."""
    started = time.monotonic()
    recipe = Recipe(
        sources=tuple(
            name if name in SAMPLES else str(Path(name).absolute()) for name in arguments.corpus
        ),
        encoder=arguments.encoder,
        overrides=overrides(arguments),
        reading=Reading(arguments.text_column, arguments.title_column),
        cutting=Cutting(arguments.passage_words, arguments.overlap),
        titles=arguments.titles,
        index=IndexSpec(kind=arguments.kind),
    )
    work = build(recipe, arguments.out, encoder_of(recipe), arguments.name)
    project = Console().run(work)
    manifest = project.manifest
    result = {
        "passages": manifest.passages,
        "skipped": manifest.skipped,
        "dimensions": manifest.encoder.dimensions,
        "index": manifest.recipe.index.kind,
        "seconds": round(time.monotonic() - started, 3),
    }
    put(
        result,
        arguments.json,
        (
            f"{manifest.passages:,} passages of {manifest.documents:,} documents in "
            f"{arguments.out} ({manifest.encoder.name}, {manifest.encoder.dimensions} dimensions, "
            f"{result['index']} index, {result['seconds']} s; {manifest.skipped} skipped)."
        ),
    )
