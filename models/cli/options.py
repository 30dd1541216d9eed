"""Options that several commands share."""

import argparse
from typing import Any


def encoder_options(parser: argparse.ArgumentParser) -> None:
    """``--encoder`` and the conventions that may be set by hand."""
    parser.add_argument(
        "--encoder",
        default="bundled",
        metavar="E",
        help="'bundled', a model folder, two folders QUESTION,CONTEXT, a run, or a hub name",
    )
    parser.add_argument("--pooling", choices=["mean", "cls", "max", "lasttoken"])
    parser.add_argument("--similarity", choices=["cosine", "dot"])
    parser.add_argument("--max-length", type=positive, metavar="TOKENS")
    parser.add_argument("--normalize", action=argparse.BooleanOptionalAction, default=None)


def overrides(arguments: argparse.Namespace) -> dict[str, Any]:
    """The conventions that were set by hand, and only those."""
    names = ("pooling", "similarity", "max_length", "normalize")
    chosen = {name: getattr(arguments, name) for name in names}
    return {name: value for name, value in chosen.items() if value is not None}


def positive(text: str) -> int:
    """An argument that counts something: 1 or more."""
    value = whole(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive whole number")
    return value


def whole(text: str) -> int:
    """An argument that counts something: 0 or more."""
    try:
        value = int(text)
    except ValueError:
        value = -1
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number")
    return value
