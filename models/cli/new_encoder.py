"""``contrastive-models new-encoder``: a small random BERT for one's own texts, to be trained."""

import argparse
from pathlib import Path
from typing import Any

from models.cli.console import Console, put
from models.cli.options import positive, whole
from models.encoders.fresh_text import FreshSpec, new_text_encoder

_PLAIN = FreshSpec()


def add(commands: Any) -> None:
    """Declares the command."""
    parser = commands.add_parser(
        "new-encoder", help="write a random BERT with a vocabulary of its own"
    )
    parser.add_argument(
        "--data", required=True, nargs="+", metavar="F", help="'bundled', or files of sentences"
    )
    parser.add_argument("--out", required=True, type=Path, metavar="DIR")
    parser.add_argument("--layers", type=positive, default=_PLAIN.layers, metavar="N")
    parser.add_argument("--hidden", type=positive, default=_PLAIN.hidden, metavar="D")
    parser.add_argument("--heads", type=positive, default=_PLAIN.heads, metavar="N")
    parser.add_argument("--vocabulary", type=positive, default=_PLAIN.vocabulary, metavar="N")
    parser.add_argument("--length", type=positive, default=_PLAIN.length, metavar="TOKENS")
    parser.add_argument("--seed", type=whole, default=_PLAIN.seed, metavar="S")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Writes the encoder and says how large it is."""
    spec = FreshSpec(
        layers=arguments.layers,
        hidden=arguments.hidden,
        heads=arguments.heads,
        vocabulary=arguments.vocabulary,
        length=arguments.length,
        seed=arguments.seed,
    )
    made = Console().run(new_text_encoder(arguments.data, arguments.out, spec))
    values = {
        "out": str(made.folder),
        "vocabulary": made.vocabulary,
        "parameters": made.parameters,
        "sentences": made.sentences,
    }
    text = (
        f"{made.folder}: {made.parameters:,} random parameters and {made.vocabulary:,} pieces of "
        f"words from {made.sentences:,} sentences. Train it next, as a masked language model: "
        f"contrastive-models train mlm --base {made.folder} --data F --epochs 10 --rate 1e-3 "
        "--dropout 0 --out RUN"
    )
    put(values, arguments.json, text)
