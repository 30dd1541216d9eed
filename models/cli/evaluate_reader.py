"""``contrastive-models evaluate reader``: a reader's run on the articles held back from it."""

import argparse
from pathlib import Path
from typing import Any

from models.cli.console import Console, put
from models.evaluation.held_reader import evaluate_held


def add(kinds: Any) -> None:
    """Declares the kind."""
    parser = kinds.add_parser("reader", help="a reader's run, given the right passages")
    parser.add_argument("folder", type=Path, metavar="RUN")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Evaluates and prints."""
    scores = Console().run(evaluate_held(arguments.folder))
    said = {
        "exact_match": scores.exact_match,
        "f1": scores.f1,
        "accepted": scores.accepted,
        "questions": scores.questions,
        "rejected": scores.rejected,
        "unanswerable": scores.unanswerable,
        "articles": list(scores.articles),
    }
    text = (
        f"Given the right passage, exact match {scores.exact_match:.2f}%, F1 {scores.f1:.2f}%, "
        f"over {scores.questions:,} questions about {', '.join(scores.articles)}; "
        f"{scores.accepted:.1f}% of them are taken for answered"
    )
    if scores.rejected is not None:
        text += (
            f", and {scores.rejected:.1f}% of {scores.unanswerable:,} that have no answer are "
            "taken for that"
        )
    put(said, arguments.json, f"{text}.")
