"""``contrastive-models evaluate reader``: a reader's run on the articles held back from it."""

import argparse
from pathlib import Path
from typing import Any

from models.cli.console import Console, put
from models.evaluation.held_reader import HeldScores, evaluate_held, keep_held


def add(kinds: Any) -> None:
    """Declares the kind."""
    parser = kinds.add_parser("reader", help="a reader's run, given the right passages")
    parser.add_argument("folder", type=Path, metavar="RUN")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Evaluates, prints, and keeps the figures beside the run."""
    scores = Console().run(evaluate_held(arguments.folder))
    keep_held(arguments.folder, scores)
    said = {
        "exact_match": scores.exact_match,
        "f1": scores.f1,
        "before": {"exact_match": scores.before_exact, "f1": scores.before_f1},
        "accepted": scores.accepted,
        "questions": scores.questions,
        "rejected": scores.rejected,
        "unanswerable": scores.unanswerable,
        "near_rejected": scores.near_rejected,
        "near": scores.near,
        "trade": [list(pair) for pair in scores.trade],
        "articles": list(scores.articles),
    }
    put(said, arguments.json, _text(scores))


def _text(scores: HeldScores) -> str:
    text = (
        f"Given the right passage, exact match {scores.exact_match:.2f}%, F1 {scores.f1:.2f}% "
        f"(untrained {scores.before_exact:.2f}% and {scores.before_f1:.2f}%), over "
        f"{scores.questions:,} questions about {', '.join(scores.articles)}; "
        f"{scores.accepted:.1f}% of them are taken for answered"
    )
    if scores.rejected is not None:
        text += (
            f", and {scores.rejected:.1f}% of {scores.unanswerable:,} that have no answer are "
            "taken for that"
        )
    if scores.near_rejected is not None:
        text += f", and {scores.near_rejected:.1f}% of {scores.near:,} wrong passages by BM25"
    lines = [f"{text}."]
    if scores.trade:
        trade = "; ".join(f"{seen:.1f}% where {kept:.0f}% are" for kept, seen in scores.trade)
        lines.append(
            "With other thresholds, of all passages without an answer would be seen as such: "
            f"{trade} taken for answered."
        )
    return "\n".join(lines)
